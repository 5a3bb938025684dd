import { convexGapM } from '@quaymaster/geometry';
import { contourAt, type PoseTable, type VehicleModel } from '@quaymaster/motion';
import type { RouteOccupancy } from './model';

/** No point of a body moves further than this many times the way of its guided point. */
const SWING = 2.5;
/** Least step of the walk [m]. */
const STEP_M = 0.05;

/**
 * Whether a vehicle that drives along a route keeps a distance from a body that stands, wherever it drives through blocks under that body. Both stand in the
 * same block and yet need not meet: a tail that hangs over the edge of a junction, a vehicle beside a wide turn.
 *
 * @param table poses along the route
 * @param fromSM where the vehicle is now [m]
 * @param standsOn blocks under the standing body
 * @param polygons the standing body, convex, site frame, `[x, y, …]` [m]
 */
export function passesClear(
  route: RouteOccupancy, table: PoseTable, model: VehicleModel, fromSM: number, standsOn: ReadonlySet<number>, polygons: readonly ArrayLike<number>[], clearanceM: number,
): boolean {
  const contours = model.parts.map((part) => new Float64Array(part.contourM.length));
  for (let v = 0; v < route.visits; v += 1) {
    if (!standsOn.has(route.block[v]!) || route.exitSM[v]! <= fromSM) continue;
    const untilSM = Math.min(route.exitSM[v]!, route.lengthM);
    for (let sM = Math.max(route.enterSM[v]!, fromSM); ;) {
      const gapM = gapAtM(table, model, sM, contours, polygons);
      if (gapM < clearanceM) return false;
      if (sM >= untilSM) break;
      sM = Math.min(untilSM, sM + Math.max(STEP_M, (gapM - clearanceM) / SWING));
    }
  }
  return true;
}

function gapAtM(table: PoseTable, model: VehicleModel, sM: number, contours: readonly Float64Array[], polygons: readonly ArrayLike<number>[]): number {
  let leastM = Infinity;
  contours.forEach((contour, k) => {
    contourAt(table, model.parts[k]!.contourM, k, sM, contour);
    for (const polygon of polygons) leastM = Math.min(leastM, convexGapM(contour, contour.length, polygon, polygon.length));
  });
  return leastM;
}
