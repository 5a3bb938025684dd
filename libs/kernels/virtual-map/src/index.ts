export { BlockFlag } from './virtual-map';
export type {
  BlockTable, LaneTable, MapFault, MapLocation, MapRoute, Mesh, Slot, TransferPoint, VirtualMap, Zone,
} from './virtual-map';
