import { inflatedContours, contourAt, type PoseTable, type VehicleModel } from '@quaymaster/motion';
import { BlockFlag, type MapLocator, type MapRoute, speedLimitsAlong, type VirtualMap } from '@quaymaster/virtual-map';
import type { RouteOccupancy } from './model';

/** Visits of one block closer than this are one visit: the vehicle would not be out of it for long enough to let anybody through [m]. */
const MERGE_M = 1;
/** Spacing of the places where a vehicle may stand [m]. */
const WAIT_GRID_M = 1;

/**
 * Blocks that a vehicle touches along a route, by sweeping its inflated contours. A visit reaches one step of the pose table beyond the samples that touch on
 * either side, so that nothing between samples is missed as long as the margin covers what a corner moves sideways within a step.
 *
 * @param table poses up to where the guided point ends; the route may go on beyond it
 * @param marginM inflation of the contours, >= 0 [m]
 * @param stopsSM where the vehicle has to stand on the way [m]
 */
export function occupyRoute(
  map: VirtualMap, locator: MapLocator, route: MapRoute, table: PoseTable, model: VehicleModel, marginM: number, stopsSM: readonly number[],
): RouteOccupancy {
  const { lengthM } = table;
  const contours = inflatedContours(model, marginM);
  const scratch = contours.map((contour) => new Float64Array(contour.length));
  const found = new Int32Array(map.blocks.count);
  const openSince = new Map<number, { fromSM: number; toSM: number }>();
  const visits: { readonly block: number; readonly enterSM: number; readonly exitSM: number }[] = [];
  const close = (block: number, visit: { fromSM: number; toSM: number }): void => {
    visits.push({ block, enterSM: visit.fromSM - table.stepM, exitSM: Math.min(visit.toSM + table.stepM, lengthM) });
  };
  const clearSM: number[] = [];
  for (let i = 0; i < table.rows; i += 1) {
    const sM = Math.min(i * table.stepM, lengthM);
    let keepsClear = true;
    for (let part = 0; part < contours.length; part += 1) {
      const placed = scratch[part]!;
      contourAt(table, contours[part]!, part, sM, placed);
      const count = locator.touching(placed, found);
      for (let k = 0; k < count; k += 1) {
        const block = found[k]!;
        if ((map.blocks.flags[block]! & BlockFlag.keepClear) !== 0) keepsClear = false;
        const visit = openSince.get(block);
        if (visit !== undefined && sM - visit.toSM <= MERGE_M + 2 * table.stepM) visit.toSM = sM;
        else {
          if (visit !== undefined) close(block, visit);
          openSince.set(block, { fromSM: sM, toSM: sM });
        }
      }
    }
    if (keepsClear) clearSM.push(sM);
  }
  for (const [block, visit] of openSince) close(block, visit);
  visits.sort((a, b) => a.enterSM - b.enterSM || a.exitSM - b.exitSM || a.block - b.block);
  const limits = speedLimitsAlong(map, route);
  return {
    lengthM, visits: visits.length, block: Int32Array.from(visits, (v) => v.block), enterSM: Float64Array.from(visits, (v) => v.enterSM),
    exitSM: Float64Array.from(visits, (v) => v.exitSM), waitSM: waitPlaces(clearSM, table.stepM, lengthM, stopsSM),
    limitFromSM: limits.fromSM, limitMps: limits.limitMps,
  };
}

/** Samples that keep clear, thinned to a grid; the last before each keep-clear block and the first after it stay, as do stops and the end. */
function waitPlaces(clearSM: readonly number[], stepM: number, lengthM: number, stopsSM: readonly number[]): Float64Array {
  const places = new Set<number>([...stopsSM.filter((sM) => sM <= lengthM), lengthM]);
  let keptSM = -Infinity;
  clearSM.forEach((sM, i) => {
    const isFirst = i === 0 || sM - clearSM[i - 1]! > 1.5 * stepM;
    const isLast = i + 1 === clearSM.length || clearSM[i + 1]! - sM > 1.5 * stepM;
    if (!isFirst && !isLast && sM - keptSM < WAIT_GRID_M - 1e-9) return;
    places.add(sM);
    keptSM = sM;
  });
  return Float64Array.from(places).sort();
}
