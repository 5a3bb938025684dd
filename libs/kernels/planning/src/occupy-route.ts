import { inflatedContours, contourAt, type PoseTable, type VehicleModel } from '@quaymaster/motion';
import { BlockFlag, type MapLocator, type MapRoute, speedLimitsAlong, type VirtualMap } from '@quaymaster/virtual-map';
import type { RouteOccupancy } from './model';

/** Visits of one block closer than this are one visit: the vehicle would not be out of it for long enough to let anybody through [m]. */
const MERGE_M = 1;
/** Spacing of the places where a vehicle may stand, and of samples where nothing changes and where something does, in rows of 0.25 m. */
const WAIT_ROWS = 4;
const COARSE_ROWS = 16;
const FINE_ROWS = 2;
/** A part that turns less than this within a coarse step goes straight ahead [rad]. */
const STRAIGHT_RAD = 0.002;

/** Blocks under the vehicle with its guided point at one row of the table. */
interface Sample {
  readonly row: number;
  readonly sM: number;
  /** Ascending. */
  readonly blocks: readonly number[];
  readonly keepsClear: boolean;
}

/**
 * Blocks that a vehicle touches along a route, by sweeping its inflated contours. A visit reaches from the last sample before that does not touch the block to
 * the first one after it, so it is never too short by more than what a corner strays from its chord within half a metre, which the margin has to cover.
 * Straight on, samples are 4 m apart where nothing changes: what a body touches in between it touches at one of them, being longer than that.
 *
 * @param table poses up to where the guided point ends; the route may go on beyond it
 * @param marginM inflation of the contours, >= 0 [m]
 * @param stopsSM where the vehicle has to stand on the way [m]
 */
export function occupyRoute(
  map: VirtualMap, locator: MapLocator, route: MapRoute, table: PoseTable, model: VehicleModel, marginM: number, stopsSM: readonly number[],
): RouteOccupancy {
  const { lengthM } = table;
  const samples = sampleBlocks(table, new BlockFinder(map, locator, table, inflatedContours(model, marginM)));
  const visits = visitsOf(samples, table.stepM, lengthM);
  const limits = speedLimitsAlong(map, route);
  return {
    lengthM, visits: visits.length, block: Int32Array.from(visits, (v) => v.block), enterSM: Float64Array.from(visits, (v) => v.enterSM),
    exitSM: Float64Array.from(visits, (v) => v.exitSM), waitSM: waitPlaces(samples, table.stepM, lengthM, stopsSM),
    limitFromSM: limits.fromSM, limitMps: limits.limitMps,
  };
}

class BlockFinder {
  private readonly placed: readonly Float64Array[];
  private readonly found: Int32Array;

  constructor(
    private readonly map: VirtualMap, private readonly locator: MapLocator, private readonly table: PoseTable, private readonly contours: readonly Float64Array[],
  ) {
    this.placed = contours.map((contour) => new Float64Array(contour.length));
    this.found = new Int32Array(map.blocks.count);
  }

  at(row: number): Sample {
    const sM = Math.min(row * this.table.stepM, this.table.lengthM);
    const blocks = new Set<number>();
    let keepsClear = true;
    this.contours.forEach((contour, part) => {
      const placed = this.placed[part]!;
      contourAt(this.table, contour, part, sM, placed);
      const count = this.locator.touching(placed, this.found);
      for (let k = 0; k < count; k += 1) {
        const block = this.found[k]!;
        blocks.add(block);
        if ((this.map.blocks.flags[block]! & BlockFlag.keepClear) !== 0) keepsClear = false;
      }
    });
    return { row, sM, blocks: [...blocks].sort((a, b) => a - b), keepsClear };
  }
}

function sampleBlocks(table: PoseTable, finder: BlockFinder): readonly Sample[] {
  const last = table.rows - 1;
  const samples = [finder.at(0)];
  const refine = (from: Sample, to: Sample): void => {
    const same = from.blocks.length === to.blocks.length && from.blocks.every((block, k) => block === to.blocks[k]);
    if (to.row - from.row > FINE_ROWS && !(same && isStraight(table, from.row, to.row))) {
      const middle = finder.at((from.row + to.row) >> 1);
      refine(from, middle);
      refine(middle, to);
    } else samples.push(to);
  };
  for (let row = 0; row < last; row += COARSE_ROWS) refine(samples[samples.length - 1]!, finder.at(Math.min(row + COARSE_ROWS, last)));
  return samples;
}

function isStraight({ headingRad, rows, parts }: PoseTable, from: number, to: number): boolean {
  for (let part = 0; part < parts; part += 1) if (Math.abs(headingRad[part * rows + to]! - headingRad[part * rows + from]!) > STRAIGHT_RAD) return false;
  return true;
}

function visitsOf(samples: readonly Sample[], stepM: number, lengthM: number): { readonly block: number; readonly enterSM: number; readonly exitSM: number }[] {
  const visits: { block: number; enterSM: number; exitSM: number }[] = [];
  const latest = new Map<number, { block: number; enterSM: number; exitSM: number }>();
  samples.forEach(({ blocks }, i) => {
    const beforeSM = samples[i - 1]?.sM ?? -stepM;
    const afterSM = samples[i + 1]?.sM ?? lengthM;
    for (const block of blocks) {
      const visit = latest.get(block);
      if (visit !== undefined && beforeSM - visit.exitSM < MERGE_M) visit.exitSM = afterSM;
      else {
        const begun = { block, enterSM: beforeSM, exitSM: afterSM };
        visits.push(begun);
        latest.set(block, begun);
      }
    }
  });
  return visits.sort((a, b) => a.enterSM - b.enterSM || a.exitSM - b.exitSM || a.block - b.block);
}

/** Where the vehicle keeps clear, on a grid; the last place before each keep-clear block and the first after it are there, as are stops and the end. */
function waitPlaces(samples: readonly Sample[], stepM: number, lengthM: number, stopsSM: readonly number[]): Float64Array {
  const places = new Set<number>([...stopsSM.filter((sM) => sM <= lengthM), lengthM]);
  samples.forEach(({ row, sM, keepsClear }, i) => {
    if (!keepsClear) return;
    places.add(sM);
    const next = samples[i + 1];
    if (next?.keepsClear === true) for (let between = row + WAIT_ROWS; between < next.row; between += WAIT_ROWS) places.add(between * stepM);
  });
  return Float64Array.from(places).sort();
}
