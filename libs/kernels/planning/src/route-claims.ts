import type { RouteOccupancy } from './model';

/** A vehicle that stands at a place may stand this much short of it; it is not counted on to have left what it leaves within that distance [m]. */
export const STANDING_TOLERANCE_M = 1;

/** Where along its route a vehicle may be told to stand, and from where on it claims each block: the rules that planning and execution share. */
export interface RouteClaims {
  /** From where it has permission to, on to the end, rising [m]. */
  readonly standSM: Float64Array;
  /** Per visit: the last place to stand before it [m]; once the vehicle may pass that, it owns the block. -Infinity: it owns it already. */
  readonly claimSM: Float64Array;
  /** Per visit: where it is over, Infinity when it never is [m]. */
  readonly leaveSM: Float64Array;
}

/** @param committedSM how far the vehicle goes in any case; it may stand there whatever is there [m] */
export function routeClaims(route: RouteOccupancy, committedSM: number, stopsSM: readonly number[]): RouteClaims {
  const { lengthM } = route;
  const places = [Math.min(committedSM, lengthM), lengthM, ...stopsSM.map((sM) => Math.min(Math.max(sM, committedSM), lengthM))];
  for (const sM of route.waitSM) if (sM > committedSM && sM < lengthM) places.push(sM);
  places.sort((a, b) => a - b);
  const standSM = Float64Array.from(places.filter((sM, i) => i === 0 || sM > places[i - 1]!));
  const claimSM = new Float64Array(route.visits);
  const leaveSM = new Float64Array(route.visits);
  let place = 0;
  for (let v = 0; v < route.visits; v += 1) {
    const enterSM = route.enterSM[v]!;
    while (place + 1 < standSM.length && standSM[place + 1]! <= enterSM) place += 1;
    claimSM[v] = enterSM < committedSM ? -Infinity : standSM[place]!;
    leaveSM[v] = neverLeaves(route, v) ? Infinity : route.exitSM[v]!;
  }
  return { standSM, claimSM, leaveSM };
}

export function neverLeaves(route: RouteOccupancy, visit: number): boolean {
  return route.exitSM[visit]! >= route.lengthM - 1e-6;
}
