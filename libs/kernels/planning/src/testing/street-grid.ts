import { seededRandom } from '@quaymaster/geometry';
import type { Candidate, PlanningInstance, PlanVehicle, RouteOccupancy } from '../model';

/** Vehicle of the synthetic site: 12 m, guided 4 m behind its front. */
const FRONT_M = 4;
const REAR_M = 8;
const STREET_BLOCKS = 3;
const STREET_BLOCK_M = 15;
const JUNCTION_M = 14;
const SLOT_M = 20;
const SLOT_STOP_M = 14;

/**
 * A made-up site without geometry: one-way streets in a grid, alternating in direction, a keep-clear junction block wherever two cross, and in the middle of
 * every street a slot beside it that is driven through. Routes are lists of blocks, so that what a planner makes of them can be checked by hand.
 */
export class StreetGrid {
  readonly blockCount: number;
  readonly slotCount: number;
  private readonly streets: { readonly from: number; readonly to: number }[] = [];
  private readonly out: number[][];

  constructor(readonly rows: number, readonly columns: number) {
    this.out = Array.from({ length: rows * columns }, () => []);
    const add = (from: number, to: number): void => { this.out[from]!.push(this.streets.push({ from, to }) - 1); };
    for (let r = 0; r < rows; r += 1) {
      for (let c = 0; c < columns; c += 1) {
        const here = r * columns + c;
        const east = r * columns + ((c + (r % 2 === 0 ? 1 : columns - 1)) % columns);
        const south = ((r + (c % 2 === 0 ? 1 : rows - 1)) % rows) * columns + c;
        add(here, east);
        add(here, south);
      }
    }
    this.slotCount = this.streets.length;
    this.blockCount = rows * columns + this.streets.length * (STREET_BLOCKS + 1);
  }

  get streetCount(): number {
    return this.streets.length;
  }

  streetBlock(street: number, k: number): number {
    return this.rows * this.columns + street * (STREET_BLOCKS + 1) + k;
  }

  slotBlock(street: number): number {
    return this.streetBlock(street, STREET_BLOCKS);
  }

  /** Streets from the one that a vehicle is on to every other, over the fewest junctions. */
  private pathsFrom(street: number): ReadonlyMap<number, readonly number[]> {
    const paths = new Map<number, readonly number[]>([[street, [street]]]);
    const queue = [street];
    for (const at of queue) {
      for (const next of this.out[this.streets[at]!.to]!) {
        if (paths.has(next)) continue;
        paths.set(next, [...paths.get(at)!, next]);
        queue.push(next);
      }
    }
    return paths;
  }

  /** Candidates to the nearest free slots of a vehicle whose guided point is at an arc length of its street. */
  candidates(street: number, startSM: number, committedSM: number, slots: ReadonlySet<number>, choices: number): Candidate[] {
    const found: Candidate[] = [];
    for (const [target, path] of this.pathsFrom(street)) {
      if (found.length >= choices) break;
      if (!slots.has(target) || target === street) continue;
      found.push({ slot: target, route: this.route(path), startSM, committedSM, stops: [] });
    }
    return found;
  }

  /** Occupancy of a drive along streets into the slot of the last. */
  private route(path: readonly number[]): RouteOccupancy {
    const pieces: { readonly block: number; readonly lengthM: number; readonly keepClear: boolean }[] = [];
    path.forEach((street, i) => {
      if (i > 0) pieces.push({ block: this.streets[street]!.from, lengthM: JUNCTION_M, keepClear: true });
      const last = i === path.length - 1;
      for (let k = 0; k < (last ? 1 : STREET_BLOCKS); k += 1) pieces.push({ block: this.streetBlock(street, k), lengthM: STREET_BLOCK_M, keepClear: false });
      if (last) pieces.push({ block: this.slotBlock(street), lengthM: SLOT_M, keepClear: false });
    });
    return occupancyOf(pieces, pieces.slice(0, -1).reduce((sum, piece) => sum + piece.lengthM, 0) + SLOT_STOP_M);
  }

  /** Blocks under a vehicle on a street between two arc lengths. */
  standsOn(street: number, fromSM: number, toSM: number): Int32Array {
    const blocks: number[] = [];
    for (let k = 0; k < STREET_BLOCKS; k += 1) {
      if (k * STREET_BLOCK_M - FRONT_M < toSM && (k + 1) * STREET_BLOCK_M + REAR_M > fromSM) blocks.push(this.streetBlock(street, k));
    }
    return Int32Array.from(blocks);
  }
}

/** Occupancy of a drive along blocks that lie one after the other; the body reaches 4 m ahead of and 8 m behind the guided point. */
export function occupancyOf(
  pieces: readonly { readonly block: number; readonly lengthM: number; readonly keepClear?: boolean; readonly limitMps?: number }[], endSM: number,
): RouteOccupancy {
  const visits: { readonly block: number; readonly enterSM: number; readonly exitSM: number }[] = [];
  const closed: { readonly fromSM: number; readonly toSM: number }[] = [];
  const limitFromSM: number[] = [];
  const limitMps: number[] = [];
  let sM = 0;
  for (const { block, lengthM, keepClear, limitMps: limit } of pieces) {
    const enterSM = sM - FRONT_M;
    const exitSM = Math.min(sM + lengthM + REAR_M, endSM);
    if (enterSM < endSM) visits.push({ block, enterSM, exitSM });
    if (keepClear === true) closed.push({ fromSM: enterSM, toSM: exitSM });
    limitFromSM.push(sM);
    limitMps.push(limit ?? 8.3);
    sM += lengthM;
  }
  const waits: number[] = [];
  for (let at = 0; at < endSM; at += 1) if (!closed.some(({ fromSM, toSM }) => fromSM < at && at < toSM)) waits.push(at);
  waits.push(endSM);
  return {
    lengthM: endSM, visits: visits.length, block: Int32Array.from(visits, (v) => v.block), enterSM: Float64Array.from(visits, (v) => v.enterSM),
    exitSM: Float64Array.from(visits, (v) => v.exitSM), waitSM: Float64Array.from(waits), limitFromSM: Float64Array.from(limitFromSM),
    limitMps: Float64Array.from(limitMps),
  };
}

/** A vehicle as all of this folder's are built: 8.3 m/s, 0.7 m/s², 1.5 m/s². */
export function vehicleOf(id: string, change: Partial<PlanVehicle>): PlanVehicle {
  return {
    id, candidates: [], standsOn: new Int32Array(0), speedMps: 0, maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5, priority: 0, ...change,
  };
}

/** Vehicles that stand about on a street grid, some of them unable to move, each offered a few slots. */
export function randomInstance(
  seed: number, size: { readonly rows: number; readonly columns: number; readonly vehicles: number; readonly choices: number; readonly immovable: number },
): PlanningInstance {
  const random = seededRandom(seed);
  const grid = new StreetGrid(size.rows, size.columns);
  const slots = new Set(Array.from({ length: grid.slotCount }, (_, i) => i));
  const vehicles: PlanVehicle[] = [];
  const free: { readonly street: number; readonly startSM: number }[] = [];
  for (let street = 0; street < grid.streetCount; street += 1) {
    // Two may queue in a street, close enough to be in one block.
    const first = 9 + Math.floor(random() * 3);
    free.push({ street, startSM: first }, { street, startSM: first + 14 + Math.floor(random() * 10) });
  }
  for (let i = 0; i < size.vehicles && free.length > 0; i += 1) {
    const { street, startSM } = free.splice(Math.floor(random() * free.length), 1)[0]!;
    const immovable = i < size.immovable;
    const id = `V${String(i).padStart(3, '0')}`;
    vehicles.push(vehicleOf(id, {
      candidates: immovable ? [] : grid.candidates(street, startSM, startSM, slots, size.choices), standsOn: grid.standsOn(street, startSM, startSM),
      ...(immovable ? { immovableBecause: 'waits for inspection' } : {}),
    }));
  }
  return { blockCount: grid.blockCount, slotCount: grid.slotCount, vehicles, headwayS: 2, seed };
}
