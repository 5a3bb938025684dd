import type { Road } from './road-network';

const DRIVABLE = new Set(['driving', 'parking', 'bidirectional', 'entry', 'exit', 'onRamp', 'offRamp', 'connectingRamp', 'slipLane']);
/** Paved, so a vehicle that swings over it has not left the surface, but no lane to be routed over. */
const PAVED = new Set(['shoulder', 'stop', 'restricted']);

/** True for lanes that get blocks. */
export function isDrivable(type: string): boolean {
  return DRIVABLE.has(type);
}

/** True for lanes that are part of the mesh. */
export function isSurface(type: string): boolean {
  return DRIVABLE.has(type) || PAVED.has(type);
}

/** True when traffic on the lane runs with the road's arc length: right lanes where traffic keeps right, left lanes where it keeps left. */
export function runsWithRoad(road: Road, laneId: number): boolean {
  return laneId < 0 !== road.leftHandTraffic;
}
