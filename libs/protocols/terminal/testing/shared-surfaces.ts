import type { Place, WalkedMap, WalkedRoad } from './walked-map';
import { laneAt, ordinaryRoads } from './walked-map';

interface Sample extends Place {
  readonly lane: string;
  readonly road: string;
  readonly widthM: number;
}

/** At least half the widest lane, so that whatever covers a point has a sample in the point's cell or one beside it [m]. */
const CELL_M = 3.1;
/** Distance of samples along a lane, and how far within its own edges a lane is tested [m]. */
const STEP_M = 0.5;
const INSIDE_M = 0.02;

/** Arc lengths from the start to the end of a road, both included, evenly and at most `stepM` apart. */
export function steps(road: WalkedRoad, stepM: number): number[] {
  const count = Math.ceil(road.lengthM / stepM);
  return Array.from({ length: count + 1 }, (_, i) => road.lengthM * i / count);
}

/**
 * Ordinary lanes that share surface with any other lane, in words. Tested are points just inside both edges, each metre, by projection onto the centre lines of
 * the lanes around; the first and last 0.3 m of a lane, where its successors begin, are left out.
 */
export function sharedSurfaces(map: WalkedMap): string[] {
  const samples = sampleLanes(map);
  const shared = new Set<string>();
  for (const road of ordinaryRoads(map)) {
    road.lanes.forEach((lane, i) => {
      for (const sM of steps(road, 1)) {
        const at = laneAt(road, i, Math.min(Math.max(sM, 0.3), road.lengthM - 0.3));
        for (const tM of [INSIDE_M - at.widthM / 2, at.widthM / 2 - INSIDE_M]) {
          const xM = at.xM - tM * Math.sin(at.headingRad);
          const yM = at.yM + tM * Math.cos(at.headingRad);
          for (const other of samplesAround(samples, xM, yM)) {
            if (other.lane !== `${road.id}/${lane.id}` && covers(other, xM, yM)) shared.add(`${road.name} and ${other.road}`);
          }
        }
      }
    });
  }
  return [...shared];
}

function covers(sample: Sample, xM: number, yM: number): boolean {
  const cos = Math.cos(sample.headingRad);
  const sin = Math.sin(sample.headingRad);
  const aheadM = (xM - sample.xM) * cos + (yM - sample.yM) * sin;
  const leftM = (yM - sample.yM) * cos - (xM - sample.xM) * sin;
  return Math.abs(aheadM) <= STEP_M / 2 + 0.01 && Math.abs(leftM) < sample.widthM / 2;
}

function sampleLanes(map: WalkedMap): Map<string, Sample[]> {
  const samples = new Map<string, Sample[]>();
  for (const road of map.roads.values()) {
    road.lanes.forEach((lane, i) => {
      for (const sM of steps(road, STEP_M)) {
        const place = laneAt(road, i, sM);
        const key = cellOf(place.xM, place.yM);
        const list = samples.get(key) ?? [];
        samples.set(key, list);
        list.push({ ...place, road: road.name, lane: `${road.id}/${lane.id}` });
      }
    });
  }
  return samples;
}

function cellOf(xM: number, yM: number): string {
  return `${Math.floor(xM / CELL_M)}/${Math.floor(yM / CELL_M)}`;
}

function samplesAround(samples: ReadonlyMap<string, Sample[]>, xM: number, yM: number): Sample[] {
  return [-1, 0, 1].flatMap((dx) => [-1, 0, 1].flatMap((dy) => samples.get(cellOf(xM + dx * CELL_M, yM + dy * CELL_M)) ?? []));
}
