import { normalizeAngleRad, poseOnPolyline } from '@quaymaster/geometry';
import type { MapRoute, VirtualMap } from './virtual-map';

/** Sideways acceleration that a loaded vehicle is driven with [m/s²]. */
const LATERAL_MPS2 = 1.2;
/** No curve slows a vehicle below this [m/s]. */
const SLOWEST_CURVE_MPS = 1.5;
/** Stretch of path over which a curve is measured [m]: long enough that the corners between chords even out. */
const WINDOW_M = 4;

/**
 * Speed limits along a route by the arc length of its path: entry i holds from `fromSM[i]` to the next one, the first from 0. In each block the legal speed,
 * or less where the tightest curve in it asks for that.
 */
export function speedLimitsAlong(map: VirtualMap, route: MapRoute): { readonly fromSM: Float64Array; readonly limitMps: Float64Array } {
  const fromSM: number[] = [];
  const limitMps: number[] = [];
  for (let i = 0; i < route.blocks.length; i += 1) {
    const startSM = route.blockStartSM[i]!;
    const endSM = route.blockStartSM[i + 1]!;
    const tightestPerM = tightestCurvePerM(route, startSM, endSM);
    const curveMps = tightestPerM > 0 ? Math.max(SLOWEST_CURVE_MPS, Math.sqrt(LATERAL_MPS2 / tightestPerM)) : Infinity;
    const limit = Math.min(map.blocks.speedLimitMps[route.blocks[i]!]!, curveMps);
    if (limitMps.length > 0 && limitMps[limitMps.length - 1] === limit) continue;
    fromSM.push(startSM);
    limitMps.push(limit);
  }
  return { fromSM: Float64Array.from(fromSM), limitMps: Float64Array.from(limitMps) };
}

/** Greatest curvature over a window of path inside a stretch; windows do not reach into other blocks, which have limits of their own. */
function tightestCurvePerM({ path }: MapRoute, startSM: number, endSM: number): number {
  const windowM = Math.min(WINDOW_M, endSM - startSM);
  if (!(windowM > 0)) return 0;
  const pose = new Float64Array(3);
  const steps = Math.max(1, Math.ceil((endSM - startSM - windowM) / (WINDOW_M / 4)));
  let most = 0;
  for (let step = 0; step <= steps; step += 1) {
    const fromSM = startSM + (endSM - startSM - windowM) * step / steps;
    poseOnPolyline(path, fromSM, pose);
    const fromRad = pose[2]!;
    poseOnPolyline(path, fromSM + windowM, pose);
    most = Math.max(most, Math.abs(normalizeAngleRad(pose[2]! - fromRad)) / windowM);
  }
  return most;
}
