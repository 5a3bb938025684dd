import type { Reservation, Reservations } from './reservations';
import { STANDING_TOLERANCE_M } from './route-claims';
import type { Leg, Way } from './way';

/** A way with its times. */
export interface Trip {
  readonly way: Way;
  readonly legs: readonly { readonly leg: Leg; readonly departS: number }[];
  readonly arrivalS: number;
  readonly reservations: readonly Reservation[];
}

/** Whom a search ran into that never gives way; filled by `earliestTrip`. */
export type Blockers = Set<number>;

/** What the search must know of the others beyond their reservations. */
export interface StartRules {
  /** Both are in the block at the start. */
  share(block: number, a: number, b: number): boolean;
  /** Of two vehicles that share a block at the start: `a` is ahead and moves first. */
  leads(a: number, b: number): boolean;
  /** The way keeps clear of the other's body as long as that stands where it stands at the start. */
  passes(way: Way, other: number): boolean;
  /** The same for the way on which the other is to drive as things are. */
  isPassedBy(vehicle: number, other: number): boolean;
}

/** How hard a search tries. */
export interface Effort {
  /** False: of the places to wait only the last few before each conflict are tried, which on a long way is far quicker and may miss the best. */
  readonly thorough: boolean;
  /** The vehicle stands still at first until all that pass it have done so, where else it would have to be gone before they come. */
  readonly letsPass: boolean;
}

/** Places to wait that a quick search looks at before each conflict of the way ahead. */
const WAITS_BEFORE_CONFLICT = 8;
/** States after which a quick and a thorough search give up: the way to the end is mostly straight, and searches that go on find little. */
const QUICK_STATES = 200;
const THOROUGH_STATES = 20_000;

/** Standing at a place, all blocks under the vehicle free until `untilS` (in the order of the visits held there). */
interface State {
  readonly place: number;
  readonly arrivalS: number;
  readonly untilS: Float64Array;
  readonly estimateS: number;
  readonly before: State | null;
  readonly leg: Leg | null;
  readonly departS: number;
}

/**
 * Earliest arrival on a way among reservations: safe-interval path planning where a state is (place, free intervals of all blocks held there) and an edge is
 * a drive from standstill to standstill. Among states of one place the one that arrives earlier is as good as any later one in the same intervals.
 *
 * Source: Phillips & Likhachev, SIPP: Safe interval path planning for dynamic environments (2011); holding several resources at once after the train
 * timetabling view in DESIGN section 9.
 *
 * @param beforeS trips that arrive at this time or later are of no use
 */
export function earliestTrip(
  way: Way, table: Reservations, rules: StartRules, headwayS: number, beforeS: number, blockers: Blockers, effort: Effort,
): Trip | null {
  return new TimedSearch(way, table, rules, headwayS, blockers, effort).run(beforeS);
}

class TimedSearch {
  private readonly heap: State[] = [];
  private readonly settled: State[][];
  /** Vehicles ahead in blocks shared at the start are gone from then on. */
  private readonly leadersGoneS: number;
  private readonly startUntilS: Float64Array;
  /**
   * Times at which others hold the block of each visit, apart from each other and rising: rows `busyOffset[v] … busyOffset[v + 1]`. Empty for blocks that are
   * held from the start, whose times are in `startUntilS`.
   */
  private readonly busyOffset: Int32Array;
  private readonly busyFromS: number[] = [];
  private readonly busyToS: number[] = [];
  /** Visits still to be claimed whose block somebody else holds at some time. */
  private readonly toClaim: number[] = [];
  /** Visits that were in conflict in the last leg tried. */
  private readonly conflicts: number[] = [];
  /** Places where a wait can be of use: before a contended block, at stops, at the end. */
  private readonly useful: Uint8Array;
  private beforeS = Infinity;

  constructor(
    private readonly way: Way, private readonly table: Reservations, private readonly rules: StartRules, private readonly headwayS: number,
    private readonly blockers: Blockers, private readonly effort: Effort,
  ) {
    this.settled = Array.from({ length: way.last + 1 }, () => []);
    this.startUntilS = new Float64Array(way.heldFromStart).fill(Infinity);
    let goneS = 0;
    for (let v = 0; v < way.heldFromStart; v += 1) goneS = Math.max(goneS, this.holdAtStart(v));
    this.leadersGoneS = goneS;
    this.useful = new Uint8Array(way.last + 1);
    this.useful[0] = 1;
    this.useful[way.last] = 1;
    for (let i = 0; i < way.last; i += 1) this.useful[way.nextStop[i]!] = 1;
    this.busyOffset = new Int32Array(way.block.length + 1);
    for (let v = way.heldFromStart; v < way.block.length; v += 1) {
      this.addBusy(v);
      this.busyOffset[v + 1] = this.busyFromS.length;
      if (this.busyOffset[v + 1] === this.busyOffset[v]) continue;
      this.useful[way.placeBefore[v]!] = 1;
      this.toClaim.push(v);
    }
  }

  private addBusy(v: number): void {
    const { way, busyFromS, busyToS } = this;
    const first = busyFromS.length;
    for (const { fromS, toS } of this.busyTimes(way.block[v]!)) {
      const last = busyToS.length - 1;
      if (last >= first && fromS <= busyToS[last]!) busyToS[last] = Math.max(busyToS[last]!, toS);
      else {
        busyFromS.push(fromS);
        busyToS.push(toS);
      }
    }
  }

  /** When others hold a block, by begin. One that stands in it and is passed holds it from when it moves. */
  private busyTimes(block: number): readonly { readonly fromS: number; readonly toS: number }[] {
    const { way, rules } = this;
    const times: { fromS: number; toS: number }[] = [];
    let isPassing = false;
    for (const { owner, fromS, toS, fromStart, movesFromS } of this.table.of(block)) {
      if (owner === way.owner) continue;
      if (!fromStart || !rules.passes(way, owner)) times.push({ fromS, toS });
      else if (movesFromS < toS) {
        isPassing = true;
        times.push({ fromS: movesFromS, toS });
      }
    }
    return isPassing ? times.sort((a, b) => a.fromS - b.fromS) : times;
  }

  /** The first time from an instant on, or going on at it, at which the block of a visit is busy: a row, or the end of the visit's rows. */
  private busyAt(v: number, atS: number): number {
    const { busyToS } = this;
    let low = this.busyOffset[v]!;
    let high = this.busyOffset[v + 1]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (busyToS[middle]! > atS) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Somebody takes a block for good before this vehicle could have been through it. */
  private isHopeless(): boolean {
    const { way, table } = this;
    let hopeless = this.leadersGoneS === Infinity;
    for (const v of this.toClaim) {
      const last = this.busyOffset[v + 1]! - 1;
      if (this.busyToS[last]! < Infinity) continue;
      for (const row of table.of(way.block[v]!)) {
        const isPassed = row.movesFromS === Infinity && this.rules.passes(way, row.owner);
        if (row.toS === Infinity && row.owner !== way.owner && !isPassed) this.blockers.add(row.owner);
      }
      if (way.leastLeaveS[v]! + this.headwayS > this.busyFromS[last]!) hopeless = true;
    }
    return hopeless;
  }

  /**
   * Least arrival at the end from a place: every block ahead is claimed no sooner than driving freely from here and when it is free for as long as it takes
   * to drive through, and from there on driving freely again. Infinity when there is no such time.
   */
  private leastArrivalS(place: number, atS: number): number {
    const { way, toClaim, headwayS } = this;
    const fromSM = place < 0 ? -Infinity : way.placeSM[place]!;
    const earlierS = place < 0 ? 0 : way.leastPlaceS[place]!;
    let leastS = place < 0 ? way.freeFlowS : atS + way.dwellS[place]! + way.remainingS[place]!;
    for (let k = toClaim.length - 1; k >= 0; k -= 1) {
      const v = toClaim[k]!;
      if (way.claimSM[v]! < fromSM) break;
      let claimS = atS + way.leastClaimS[v]! - earlierS;
      const throughS = way.leastLeaveS[v]! + headwayS - way.leastClaimS[v]!;
      const end = this.busyOffset[v + 1]!;
      // Times of one block that come by different sums differ in the last digits.
      for (let i = this.busyAt(v, claimS); i < end && this.busyFromS[i]! < claimS + throughS - 1e-6; i += 1) claimS = this.busyToS[i]!;
      leastS = Math.max(leastS, claimS + way.freeFlowS - way.leastClaimS[v]! - 1e-6);
      if (leastS >= this.beforeS) return leastS;
    }
    return leastS;
  }

  run(beforeS: number): Trip | null {
    const { way } = this;
    this.beforeS = beforeS;
    if (way.freeFlowS >= beforeS || this.isHopeless()) return null;
    const place = way.moves ? -1 : 0;
    const estimateS = this.leastArrivalS(place, 0);
    if (estimateS >= beforeS) return null;
    const start: State = { place, arrivalS: 0, untilS: this.startUntilS, estimateS, before: null, leg: null, departS: 0 };
    if (way.last === 0 && !way.moves) return this.staysFree(start) ? this.trip(start) : null;
    this.push(start);
    let left = this.effort.thorough ? THOROUGH_STATES : QUICK_STATES;
    for (let state = this.pop(); state !== undefined; state = this.pop()) {
      if (state.estimateS >= beforeS) return null;
      if (state.place === way.last) return this.trip(state);
      if (state.place >= 0) {
        if (this.isDominated(state)) continue;
        this.settled[state.place]!.push(state);
      }
      left -= 1;
      if (left < 0) return null;
      this.expand(state);
    }
    return null;
  }

  /** Sets until when a block held at the start is free of others; returns when those ahead in it are gone. */
  private holdAtStart(v: number): number {
    const { way, table, rules } = this;
    let goneS = 0;
    for (const row of table.of(way.block[v]!)) {
      if (row.owner === way.owner) continue;
      const shares = row.fromStart && rules.share(row.block, row.owner, way.owner);
      if (shares && rules.leads(row.owner, way.owner)) {
        goneS = Math.max(goneS, row.toS);
        if (row.toS === Infinity) this.blockers.add(row.owner);
        continue;
      }
      if (this.effort.letsPass && !row.fromStart && row.toS < Infinity && rules.isPassedBy(way.owner, row.owner)) {
        goneS = Math.max(goneS, row.toS);
        continue;
      }
      this.startUntilS[v] = Math.min(this.startUntilS[v]!, shares ? row.movesFromS : row.fromS);
    }
    return goneS;
  }

  private expand(state: State): void {
    const { way, conflicts } = this;
    const from = state.place;
    const far = from < 0 && way.dwellS[0]! > 0 ? 0 : way.nextStop[Math.max(from, 0)]!;
    conflicts.length = 0;
    if (this.tryLeg(state, way.leg(from, far))) return;
    if (this.effort.thorough) {
      for (let to = far - 1; to > from; to -= 1) if (this.useful[to] === 1) this.tryLeg(state, way.leg(from, to));
      return;
    }
    const met = [...new Set(conflicts)].sort((x, y) => y - x);
    let below = far;
    for (const v of met) {
      let left = WAITS_BEFORE_CONFLICT;
      for (let to = Math.min(below - 1, way.placeBefore[v]!); to > from && left > 0; to -= 1) {
        below = to;
        if (this.useful[to] === 0) continue;
        left -= 1;
        this.tryLeg(state, way.leg(from, to));
      }
    }
    // Where it will be in any case it may always stay for a while.
    if (from < 0 && below > 0 && far > 0) this.tryLeg(state, way.leg(-1, 0));
  }

  /**
   * Adds the states that a leg leads to: one for each set of free intervals at its end, each at its earliest.
   *
   * @returns true when it leads to the end without any wait: nothing else can be better then
   */
  private tryLeg(state: State, leg: Leg): boolean {
    const { way, headwayS } = this;
    const { visit, claimS, leaveS, heldRows } = leg;
    const standS = leg.durationS + way.dwellS[leg.to]!;
    let latestS = Infinity;
    for (let k = 0; k < heldRows; k += 1) {
      const neededS = leaveS[k] === Infinity ? standS : leaveS[k]! + headwayS;
      const lastS = state.untilS[this.heldIndex(state, k, visit[k]!)]! - neededS;
      if (lastS < latestS) latestS = lastS;
    }
    let departS = state.place < 0 ? 0 : state.arrivalS + way.dwellS[state.place]!;
    if (state.place < 0) {
      latestS = Math.min(latestS, 0);
      if (leg.to > 0 && this.leadersGoneS > 0) return false;
    } else if (state.place === 0) departS = Math.max(departS, this.leadersGoneS);
    const earliestS = departS;
    while (departS <= latestS) {
      const clearS = this.clearOfConflicts(leg, departS, standS, latestS);
      if (clearS > latestS || clearS === Infinity) return false;
      departS = clearS;
      const untilS: number[] = [];
      let nextS = Infinity;
      for (let k = 0; k < visit.length; k += 1) {
        if (leaveS[k] !== Infinity) continue;
        if (k < heldRows) {
          untilS.push(state.untilS[this.heldIndex(state, k, visit[k]!)]!);
          continue;
        }
        const next = this.busyAt(visit[k]!, departS + claimS[k]!);
        if (next === this.busyOffset[visit[k]! + 1]!) {
          untilS.push(Infinity);
          continue;
        }
        this.conflicts.push(visit[k]!);
        untilS.push(this.busyFromS[next]!);
        nextS = Math.min(nextS, this.busyToS[next]! - claimS[k]!);
      }
      const arrivalS = departS + leg.durationS;
      const estimateS = this.leastArrivalS(leg.to, arrivalS);
      if (estimateS >= this.beforeS) {
        if (arrivalS + way.dwellS[leg.to]! + way.remainingS[leg.to]! >= this.beforeS || nextS <= departS) return false;
        departS = nextS;
        continue;
      }
      if (leg.to !== way.last || untilS.every((s) => s === Infinity)) {
        this.push({
          place: leg.to, arrivalS, untilS: Float64Array.from(untilS), estimateS,
          before: state, leg, departS,
        });
        if (leg.to === way.last && departS === earliestS) return true;
      }
      if (nextS <= departS) return false;
      departS = nextS;
    }
    return false;
  }

  /** Place of a held visit among those that the state holds: the same visits in the same order, but for the start, where all of them are listed. */
  private heldIndex(state: State, k: number, visit: number): number {
    return state.before === null ? visit : k;
  }

  /** Earliest departure at or after a given one at which every block claimed on the way is free; Infinity when there is none. */
  private clearOfConflicts(leg: Leg, fromS: number, standS: number, latestS: number): number {
    const { headwayS } = this;
    let departS = fromS;
    for (let clear = false; !clear;) {
      clear = true;
      for (let k = leg.heldRows; k < leg.visit.length; k += 1) {
        const v = leg.visit[k]!;
        const end = this.busyOffset[v + 1]!;
        if (end === this.busyOffset[v]) continue;
        const claimS = leg.claimS[k]!;
        const untilS = leg.leaveS[k] === Infinity ? standS : leg.leaveS[k]! + headwayS;
        for (let i = this.busyAt(v, departS + claimS); i < end && this.busyFromS[i]! < departS + untilS; i += 1) {
          if (this.busyToS[i]! <= departS + claimS) continue;
          clear = false;
          this.conflicts.push(v);
          // Rounding must not leave the same row in conflict for ever.
          departS = Math.max(this.busyToS[i]! - claimS, departS + 1e-9);
          if (departS > latestS || departS === Infinity) return Infinity;
        }
      }
    }
    return departS;
  }

  private staysFree(state: State): boolean {
    return state.untilS.every((untilS) => untilS === Infinity);
  }

  private isDominated(state: State): boolean {
    return this.settled[state.place]!.some((other) => other.arrivalS <= state.arrivalS && other.untilS.every((untilS, k) => untilS >= state.untilS[k]!));
  }

  private trip(end: State): Trip {
    const chain: State[] = [];
    for (let state: State | null = end; state?.leg != null; state = state.before) chain.unshift(state);
    const legs = chain.map(({ leg, departS }) => ({ leg: leg!, departS }));
    return { way: this.way, legs, arrivalS: end.arrivalS + this.way.dwellS[end.place]!, reservations: reservationsOf(this.way, legs, this.headwayS) };
  }

  private push(state: State): void {
    const { heap } = this;
    heap.push(state);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBetter(heap[at]!, heap[parent]!)) break;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  private pop(): State | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    heap[0] = last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) return top;
      const child = left + 1 < heap.length && isBetter(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (!isBetter(heap[child]!, heap[at]!)) return top;
      [heap[at], heap[child]] = [heap[child]!, heap[at]!];
      at = child;
    }
  }
}

/** Sooner at the end first; of equals the one further on, which needs less search. */
function isBetter(a: State, b: State): boolean {
  return a.estimateS < b.estimateS || (a.estimateS === b.estimateS && a.place > b.place);
}

function reservationsOf(way: Way, legs: Trip['legs'], headwayS: number): Reservation[] {
  const claimedS = new Float64Array(way.block.length);
  const leftS = new Float64Array(way.block.length).fill(Infinity);
  for (const { leg, departS } of legs) {
    for (let k = 0; k < leg.visit.length; k += 1) {
      const v = leg.visit[k]!;
      if (k >= leg.heldRows) claimedS[v] = departS + leg.claimS[k]!;
      leftS[v] = leg.leaveS[k] === Infinity ? Infinity : departS + leg.leaveS[k]!;
    }
  }
  const movesFromS = leavesFirstPlaceS(way, legs);
  return Array.from(way.block, (block, v): Reservation => {
    const fromStart = v < way.heldFromStart;
    // What it leaves by moving on to where it goes in any case is in movement from now on.
    const inAnyCase = fromStart && way.leaveSM[v]! <= way.placeSM[0]! - STANDING_TOLERANCE_M;
    return {
      owner: way.owner, block, fromS: fromStart ? 0 : claimedS[v]!, toS: leftS[v]! + headwayS, fromStart,
      movesFromS: inAnyCase ? 0 : fromStart ? movesFromS : claimedS[v]!,
    };
  });
}

/** When it goes on from the place that it reaches in any case; Infinity if it stays there. */
function leavesFirstPlaceS(way: Way, legs: Trip['legs']): number {
  for (const { leg, departS } of legs) if (leg.to > 0) return departS;
  return Infinity;
}
