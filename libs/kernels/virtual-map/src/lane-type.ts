import type { Road } from './road-network';

/** Lanes that traffic drives along. */
const TRAVELLED = new Set([
  'driving', 'bidirectional', 'entry', 'exit', 'onRamp', 'offRamp', 'connectingRamp', 'slipLane', 'mwyEntry', 'mwyExit',
]);
/** Paved, so a vehicle that swings over it has not left the surface, but no lane to be routed over. */
const PAVED = new Set(['shoulder', 'stop', 'restricted']);

/** True for lanes that traffic drives along: the drivable area of a map. Parking lanes, which are only driven onto to stand, are not among them. */
export function isTravelled(type: string): boolean {
  return TRAVELLED.has(type);
}

/** True for lanes that get blocks. */
export function isDrivable(type: string): boolean {
  return TRAVELLED.has(type) || type === 'parking';
}

/** True for lanes that a vehicle may be on without having left the surface. */
export function isSurface(type: string): boolean {
  return isDrivable(type) || PAVED.has(type);
}

/** True when traffic on the lane runs with the road's arc length: right lanes where traffic keeps right, left lanes where it keeps left. */
export function runsWithRoad(road: Road, laneId: number): boolean {
  return laneId < 0 !== road.leftHandTraffic;
}
