export { BlockFlag } from './virtual-map';
export type {
  BlockTable, LaneTable, MapFault, MapLocation, MapRoute, Mesh, Slot, TransferPoint, VirtualMap, Zone,
} from './virtual-map';
export type {
  Cubic, Junction, JunctionConnection, OutlineCorner, PlanGeometry, Road, RoadLane, RoadLaneSection, RoadLink, RoadNetwork, RoadObject, RoadSignal,
} from './road-network';
