import type { WireCommand } from '@quaymaster/telemetry';
import { GuidePath, turn } from './guide-path';
import type { PartPose } from './vehicle-body';

/** A route may start beside the vehicle by this much, and turned against it by this much. */
const TOLERANCE_M = 1;
const TOLERANCE_RAD = 0.5;

export type RouteStart =
  | { readonly kind: 'fits'; readonly path: GuidePath; readonly sM: number }
  | { readonly kind: 'misfit'; readonly because: string };

/**
 * Where on a route a vehicle would begin. The route must pass under the vehicle where it says that it starts, or further on by no more than the vehicle has
 * driven since the route was planned.
 *
 * @param recentM distance driven lately [m]
 */
export function routeStart(
  params: Extract<WireCommand['params'], { kind: 'route' }>, own: PartPose, recentM: number,
): RouteStart {
  const { routeId, pathXyM, limitFromSM, limitMps, startSM } = params;
  const shape = shapeFault(pathXyM, limitFromSM, limitMps);
  if (shape !== null) return { kind: 'misfit', because: shape };
  const path = new GuidePath(routeId, pathXyM, limitFromSM, limitMps);
  if (!(startSM >= -TOLERANCE_M && startSM <= path.lengthM + TOLERANCE_M)) {
    return { kind: 'misfit', because: `starts at ${startSM.toFixed(2)} m of a path of ${path.lengthM.toFixed(2)} m` };
  }
  const place = path.project(own.xM, own.yM, startSM - TOLERANCE_M, Math.min(startSM + TOLERANCE_M + recentM, path.lengthM));
  if (place.distanceM > TOLERANCE_M) return { kind: 'misfit', because: `starts ${place.distanceM.toFixed(2)} m from where the vehicle is` };
  const turnedRad = turn(path.pose(place.sM).headingRad, own.headingRad);
  if (Math.abs(turnedRad) > TOLERANCE_RAD) return { kind: 'misfit', because: `starts turned by ${turnedRad.toFixed(2)} rad against the vehicle` };
  return { kind: 'fits', path, sM: place.sM };
}

function shapeFault(pathXyM: readonly number[], limitFromSM: readonly number[], limitMps: readonly number[]): string | null {
  if (pathXyM.length % 2 !== 0) return `a path of ${pathXyM.length} numbers is no list of points`;
  if (limitFromSM.length !== limitMps.length) return `${limitFromSM.length} places for ${limitMps.length} limits`;
  if (!limitFromSM.every((fromSM, i) => i === 0 || fromSM > limitFromSM[i - 1]!)) return 'the places of the limits do not rise';
  const moves = pathXyM.some((value, i) => Math.abs(value - pathXyM[i % 2]!) > 1e-6);
  return moves ? null : 'all points of the path are the same';
}
