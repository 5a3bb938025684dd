export { compileMap } from './compile-map';
export type { CompiledMap, CompileOptions, MapReport, MapSources } from './compile-map';
export { createLocator } from './locator';
export type { MapLocator } from './locator';
export { surveyMesh } from './mesh-survey';
export type { MeshSurvey } from './mesh-survey';
export { deserializeMap, serializeMap } from './map-file';
export type { ReadMap } from './map-file';
export { surveyReach } from './reach-survey';
export type { ReachSurvey } from './reach-survey';
export { createRoadLocator } from './road-locator';
export type { RoadLocation, RoadLocator } from './road-locator';
export { routeAlong } from './route-along';
export { distancesTo, routeBetween } from './route-search';
export { speedLimitsAlong } from './speed-limits';
export { BlockFlag, OFF_SURFACE, SURFACE_ONLY } from './virtual-map';
export type {
  BlockTable, LaneTable, MapFault, MapLocation, MapRoute, Mesh, Slot, TransferPoint, VirtualMap, Zone,
} from './virtual-map';
export type {
  Cubic, Junction, JunctionConnection, OutlineCorner, PlanGeometry, Road, RoadLane, RoadLaneSection, RoadLink, RoadNetwork, RoadObject, RoadSignal,
} from './road-network';
