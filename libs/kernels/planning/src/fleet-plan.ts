import type { Candidate, PlanningInstance } from './model';
import { fixedReservations } from './fixed-vehicle';
import { type Reservation, Reservations } from './reservations';
import { type Blockers, earliestTrip, type Effort, type StartRules, type Trip } from './timed-search';
import { Way } from './way';

export interface Score {
  readonly missing: number;
  readonly makespanS: number;
  readonly sumOfCostsS: number;
}

/** Tried in this order; only a vehicle that would else have no way is worth more than the first. */
const EFFORTS: readonly Effort[] = [{ thorough: false, letsPass: false }, { thorough: true, letsPass: false }, { thorough: true, letsPass: true }];

export function isBetterScore(a: Score, b: Score): boolean {
  if (a.missing !== b.missing) return a.missing < b.missing;
  if (Math.abs(a.makespanS - b.makespanS) > 1e-9) return a.makespanS < b.makespanS;
  return a.sumOfCostsS < b.sumOfCostsS - 1e-9;
}

/**
 * A plan being made: who drives when, who holds which block when, whose slot is whose. A vehicle without a trip stands where it is, for ever, so that
 * every state of this is a valid plan for those that have one.
 */
export class FleetPlan implements StartRules {
  readonly table: Reservations;
  readonly trips: (Trip | undefined)[];
  /** Candidates of each vehicle, those to plan only. */
  readonly ways: readonly (readonly Way[])[];
  private readonly fastestFirst: readonly (readonly Way[])[];
  /** Vehicles that a plan is wanted for, by index. */
  readonly wanted: readonly number[];
  readonly slotOwner: Int32Array;
  /** What each vehicle holds by standing where it is, and what is in the table for it while it has no trip. */
  private readonly standing: readonly (readonly Reservation[])[];
  private readonly inTable: (readonly Reservation[])[];
  private readonly standsOn: readonly ReadonlySet<number>[];
  private readonly leadership = new Map<number, boolean>();
  private readonly indexOf: ReadonlyMap<string, number>;
  private readonly passed = new Map<Candidate, ReadonlySet<number>>();

  constructor(readonly instance: PlanningInstance) {
    const { vehicles } = instance;
    this.table = new Reservations(instance.blockCount);
    this.trips = vehicles.map(() => undefined);
    this.indexOf = new Map(vehicles.map(({ id }, i) => [id, i]));
    this.standsOn = vehicles.map((vehicle) => new Set(vehicle.standsOn));
    this.slotOwner = new Int32Array(instance.slotCount).fill(-1);
    this.wanted = vehicles.flatMap((vehicle, i) => (vehicle.fixed === undefined && vehicle.candidates.length > 0 ? [i] : []));
    this.ways = vehicles.map((vehicle, i) => (vehicle.fixed === undefined ? vehicle.candidates.map((candidate, c) => new Way(vehicle, i, c, candidate)) : []));
    this.fastestFirst = this.ways.map((ways) => [...ways].sort((a, b) => a.freeFlowS - b.freeFlowS || a.index - b.index));
    this.standing = vehicles.map((vehicle, i) => {
      const candidate = vehicle.candidates[0];
      if (vehicle.fixed !== undefined && candidate !== undefined) {
        if (candidate.slot >= 0) this.slotOwner[candidate.slot] = i;
        return fixedReservations(vehicle, i, candidate, vehicle.fixed, instance.headwayS);
      }
      return Array.from(this.standsOn[i]!, (block): Reservation => ({ owner: i, block, fromS: 0, toS: Infinity, fromStart: true, movesFromS: Infinity }));
    });
    this.inTable = [...this.standing];
    for (const rows of this.standing) this.table.add(rows);
  }

  share(block: number, a: number, b: number): boolean {
    return this.standsOn[a]!.has(block) && this.standsOn[b]!.has(block);
  }

  /**
   * Of two vehicles in one block, one that can drive past the other as it stands is ahead, else the one that has less left to drive in it. One that cannot move
   * is behind everybody: those that are with it in a block may leave, and whether they can do so without touching it is for the verifier, which has the
   * contours.
   */
  leads(a: number, b: number): boolean {
    const key = a * this.instance.vehicles.length + b;
    let ahead = this.leadership.get(key);
    if (ahead === undefined) {
      const aM = this.leftInSharedM(a, b);
      const bM = this.leftInSharedM(b, a);
      const aPasses = this.alwaysPasses(a, b);
      const isAhead = aPasses === this.alwaysPasses(b, a) ? aM < bM || (aM === bM && a < b) : aPasses || bM === Infinity;
      this.leadership.set(key, ahead = aM < Infinity && isAhead);
    }
    return ahead;
  }

  passes(way: Way, other: number): boolean {
    return this.passedOn(way.candidate).has(other);
  }

  isPassedBy(vehicle: number, other: number): boolean {
    const { fixed, candidates } = this.instance.vehicles[other]!;
    const candidate = fixed === undefined ? this.trips[other]?.way.candidate : candidates[0];
    return candidate !== undefined && this.passedOn(candidate).has(vehicle);
  }

  private alwaysPasses(vehicle: number, other: number): boolean {
    const { candidates } = this.instance.vehicles[vehicle]!;
    return candidates.length > 0 && candidates.every((candidate) => this.passedOn(candidate).has(other));
  }

  private passedOn(candidate: Candidate): ReadonlySet<number> {
    let passed = this.passed.get(candidate);
    if (passed === undefined) this.passed.set(candidate, passed = new Set((candidate.passes ?? []).flatMap((id) => this.indexOf.get(id) ?? [])));
    return passed;
  }

  /** Least way that a vehicle has left in any of the blocks that it shares with another; Infinity if it cannot move or never leaves them [m]. */
  private leftInSharedM(vehicle: number, other: number): number {
    const candidate = this.instance.vehicles[vehicle]!.candidates[0];
    if (candidate === undefined) return Infinity;
    const { route, startSM } = candidate;
    let leastM = Infinity;
    for (let v = 0; v < route.visits; v += 1) {
      const exitSM = route.exitSM[v]!;
      if (route.enterSM[v]! > Math.max(candidate.committedSM, startSM) || exitSM <= startSM || exitSM >= route.lengthM) continue;
      if (this.share(route.block[v]!, vehicle, other)) leastM = Math.min(leastM, exitSM - startSM);
    }
    return leastM;
  }

  blocksUnder(vehicle: number): ReadonlySet<number> {
    return this.standsOn[vehicle]!;
  }

  /**
   * Plans a vehicle that has no trip, on the candidate on which it arrives first.
   *
   * @param mayUse whether a slot is on offer to it
   * @param beforeS a later arrival is of no use
   */
  place(vehicle: number, mayUse: (slot: number) => boolean, blockers: Blockers, beforeS = Infinity): boolean {
    this.table.remove(this.inTable[vehicle]!);
    let best: Trip | null = null;
    for (const effort of beforeS === Infinity ? EFFORTS : EFFORTS.slice(0, 1)) best ??= this.firstToArrive(vehicle, mayUse, blockers, beforeS, effort);
    if (best === null) this.table.add(this.inTable[vehicle]!);
    else this.put(vehicle, best);
    return best !== null;
  }

  private firstToArrive(vehicle: number, mayUse: (slot: number) => boolean, blockers: Blockers, beforeS: number, effort: Effort): Trip | null {
    let best: Trip | null = null;
    for (const way of this.byFreeFlow(vehicle)) {
      const { slot } = way.candidate;
      if (slot >= 0 && this.slotOwner[slot]! >= 0) {
        blockers.add(this.slotOwner[slot]!);
        continue;
      }
      if (slot >= 0 && !mayUse(slot)) continue;
      const trip = earliestTrip(way, this.table, this, this.instance.headwayS, best?.arrivalS ?? beforeS, blockers, effort);
      if (trip !== null) best = trip;
    }
    return best;
  }

  /** Takes a vehicle's trip away: it stands again. */
  take(vehicle: number): Trip | undefined {
    const trip = this.trips[vehicle];
    if (trip === undefined) return undefined;
    this.table.remove(trip.reservations);
    this.inTable[vehicle] = this.standing[vehicle]!;
    this.table.add(this.inTable[vehicle]);
    const { slot } = trip.way.candidate;
    if (slot >= 0) this.slotOwner[slot] = -1;
    this.trips[vehicle] = undefined;
    return trip;
  }

  /** Gives a trip back that was taken. */
  restore(vehicle: number, trip: Trip): void {
    this.table.remove(this.inTable[vehicle]!);
    this.put(vehicle, trip);
  }

  /**
   * Lets others take the blocks on which a vehicle without a trip stands from given times on. Trips made under that are only valid once it has got a
   * trip itself: `settle` sees to that.
   */
  expectToLeave(vehicle: number, leaveS: (block: number) => number): void {
    this.stand(vehicle, this.standing[vehicle]!.map((row): Reservation => ({ ...row, toS: leaveS(row.block) })));
  }

  /** Vehicles without a trip stand fast again; those that would have driven through them lose their trips. @returns who lost */
  settle(): readonly number[] {
    const lost: number[] = [];
    for (let waiting = this.wanted.filter((vehicle) => this.trips[vehicle] === undefined); waiting.length > 0;) {
      const next: number[] = [];
      for (const vehicle of waiting) {
        this.stand(vehicle, this.standing[vehicle]!);
        for (const other of this.wanted) {
          const trip = this.trips[other];
          if (trip?.reservations.some((row) => this.isBarredFrom(row, vehicle, trip.way)) !== true) continue;
          this.take(other);
          lost.push(other);
          next.push(other);
        }
      }
      waiting = next;
    }
    return lost;
  }

  /** The hold is on a block on which a vehicle stands for ever, and neither by being there with it from the start nor by driving past it. */
  private isBarredFrom(row: Reservation, by: number, way: Way): boolean {
    if (!this.standsOn[by]!.has(row.block) || (!row.fromStart && this.passes(way, by))) return false;
    return !(row.fromStart && this.share(row.block, row.owner, by)) || (row.movesFromS < Infinity && this.leads(by, row.owner));
  }

  private stand(vehicle: number, rows: readonly Reservation[]): void {
    this.table.remove(this.inTable[vehicle]!);
    this.inTable[vehicle] = rows;
    this.table.add(rows);
  }

  get score(): Score {
    let missing = 0;
    let makespanS = 0;
    let sumOfCostsS = 0;
    for (const vehicle of this.wanted) {
      const trip = this.trips[vehicle];
      if (trip === undefined) {
        missing += 1;
        continue;
      }
      if (this.counts(vehicle)) makespanS = Math.max(makespanS, trip.arrivalS);
      sumOfCostsS += trip.arrivalS;
    }
    return { missing, makespanS, sumOfCostsS };
  }

  /** Its arrival is part of the makespan. */
  counts(vehicle: number): boolean {
    return this.instance.vehicles[vehicle]!.isBackground !== true;
  }

  byFreeFlow(vehicle: number): readonly Way[] {
    return this.fastestFirst[vehicle]!;
  }

  private put(vehicle: number, trip: Trip): void {
    this.table.add(trip.reservations);
    this.trips[vehicle] = trip;
    const { slot } = trip.way.candidate;
    if (slot >= 0) this.slotOwner[slot] = vehicle;
  }
}
