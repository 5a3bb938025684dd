import { seededRandom } from '@quaymaster/geometry';
import { type AssignmentProblem, bottleneckAssignment, cheapestAssignment } from './assignment';
import { planningOrder } from './fleet-order';
import { type FleetPlan, isBetterScore, type Score } from './fleet-plan';
import type { Trip } from './timed-search';
import type { Way } from './way';

/** Orders that are tried when some vehicle finds no way. */
const PASSES = 6;
/** If standing vehicles block each other in a circle: they are trusted to be gone after so many times their fastest. */
const TRUST = [1.2, 2, 4];
const REPAIRS_PER_VEHICLE = 12;
const NEIGHBOURS = 5;

/** Prioritised planning with repair, then large-neighbourhood search. Deterministic from the seed. */
export class FleetSearch {
  private readonly random: () => number;
  /** The slot that a matching of all gives to a vehicle; others leave it to it while it is not planned. */
  private readonly promised = new Map<number, number>();
  private readonly likely = new Map<number, Way>();

  constructor(private readonly plan: FleetPlan) {
    this.random = seededRandom(plan.instance.seed);
    this.promiseSlots();
  }

  firstPlan(): void {
    const { plan } = this;
    let order = planningOrder(plan, this.likely);
    let best = this.snapshot();
    const keepBest = (): void => {
      if (isBetterScore(plan.score, best.score)) best = this.snapshot();
    };
    for (let pass = 0; pass < PASSES && best.score.missing > 0; pass += 1) {
      this.clear();
      const first = this.insert(order);
      keepBest();
      const moved = new Set([...first].flatMap(([vehicle, before]) => [...before, vehicle]));
      const next = [...moved, ...order.filter((vehicle) => !moved.has(vehicle))];
      if (next.every((vehicle, i) => vehicle === order[i])) break;
      order = next;
    }
    for (let i = 0; i < TRUST.length && best.score.missing > 0; i += 1) {
      this.clear();
      this.insertTrusting(order, TRUST[i]!);
      keepBest();
    }
    this.reset(best.trips);
    this.repair();
  }

  /** Rounds of destroy and repair; a round that does not make the plan better is undone. */
  improve(iterations: number, shouldStop: () => boolean): void {
    if (this.plan.wanted.length < 1) return;
    for (let i = 0; i < iterations && !shouldStop(); i += 1) {
      const chosen = this.neighbourhood();
      this.replan(chosen, this.random() < 0.25 ? TRUST[0]! : 0);
    }
  }

  /** Vehicles that found no way, each with those that blocked it and were not planned at that moment. */
  private insert(order: readonly number[]): Map<number, readonly number[]> {
    const { plan } = this;
    const failed = new Map<number, readonly number[]>();
    for (const vehicle of order) {
      const blockers = new Set<number>();
      if (plan.place(vehicle, (slot) => this.mayUse(slot, vehicle), blockers)) continue;
      failed.set(vehicle, [...blockers].filter((other) => plan.trips[other] === undefined && plan.ways[other]!.length > 0));
    }
    // Others have made way since, and what slots are left may be used by anybody.
    for (let again = true; again;) {
      again = false;
      for (const vehicle of failed.keys()) {
        if (plan.trips[vehicle] === undefined && plan.place(vehicle, () => true, new Set())) again = true;
      }
    }
    return failed;
  }

  private insertTrusting(order: readonly number[], trust: number): void {
    const { plan } = this;
    for (const vehicle of order) this.trust(vehicle, trust);
    this.insert(order);
    const lost = plan.settle();
    const missing = order.filter((vehicle) => plan.trips[vehicle] === undefined);
    this.insert([...missing, ...lost.filter((vehicle) => !missing.includes(vehicle))]);
  }

  private trust(vehicle: number, trust: number): void {
    const way = this.likely.get(vehicle);
    if (way === undefined) return;
    const { headwayS } = this.plan.instance;
    const free = freeFlowLeaveS(way);
    this.plan.expectToLeave(vehicle, (block) => {
      const leaveS = free.get(block) ?? Infinity;
      return leaveS * trust + headwayS;
    });
  }

  /** Vehicles without a trip take those that block them along and try again, they first. */
  private repair(): void {
    const { plan } = this;
    for (let round = 0; round < REPAIRS_PER_VEHICLE; round += 1) {
      const missing = plan.wanted.filter((vehicle) => plan.trips[vehicle] === undefined);
      if (missing.length === 0) return;
      for (const vehicle of missing) {
        if (plan.trips[vehicle] !== undefined) continue;
        const chosen = this.blockersOf(vehicle);
        this.replan([vehicle, ...chosen], round % 3 === 2 ? TRUST[round % TRUST.length]! : 0, round === 0);
      }
    }
  }

  private blockersOf(vehicle: number): number[] {
    const { plan } = this;
    const chosen: number[] = [];
    const queue = [vehicle];
    for (let i = 0; i < queue.length && chosen.length < NEIGHBOURS; i += 1) {
      const blockers = new Set<number>();
      if (plan.trips[queue[i]!] === undefined) plan.place(queue[i]!, () => true, blockers);
      for (const other of this.shuffled([...blockers])) {
        if (queue.includes(other) || plan.ways[other]!.length === 0 || chosen.length >= NEIGHBOURS) continue;
        queue.push(other);
        chosen.push(other);
      }
      if (plan.trips[vehicle] !== undefined) return [];
    }
    return chosen;
  }

  /** Takes the trips of some vehicles away and plans them anew, in the given or in a random order; undone if that is no better. */
  private replan(chosen: readonly number[], trust: number, inOrder = false): void {
    const { plan } = this;
    const before = this.snapshot();
    for (const vehicle of chosen) plan.take(vehicle);
    const order = inOrder ? chosen : this.shuffled(chosen);
    if (trust > 0) for (const vehicle of order) this.trust(vehicle, trust);
    const openTo = (slot: number): boolean => slot >= 0;
    // With everybody planned, only arrivals before the present last one make it better; or as late ones, if their sum is less.
    const beforeS = (vehicle: number): number => (before.score.missing > 0 || !plan.counts(vehicle) ? Infinity : before.score.makespanS + 1e-6);
    const failed = order.filter((vehicle) => !plan.place(vehicle, openTo, new Set(), beforeS(vehicle)));
    // One that found no way stands where it was counted on to be gone, by those planned in trust and by those planned when it had a trip.
    if (failed.length > 0) failed.push(...plan.settle());
    for (const vehicle of failed) if (plan.trips[vehicle] === undefined) plan.place(vehicle, openTo, new Set(), beforeS(vehicle));
    if (!isBetterScore(plan.score, before.score)) this.reset(before.trips);
  }

  private neighbourhood(): number[] {
    const { plan } = this;
    const missing = plan.wanted.filter((vehicle) => plan.trips[vehicle] === undefined);
    const planned = plan.wanted.filter((vehicle) => plan.trips[vehicle] !== undefined);
    const size = 2 + Math.floor(this.random() * NEIGHBOURS);
    const kind = this.random();
    const seed = missing.length > 0 && kind < 0.5 ? this.pick(missing) : kind < 0.75 ? this.mostDelayed(planned, kind < 0.35) : this.pick(plan.wanted);
    const chosen = new Set([seed]);
    const near = this.random() < 0.7 ? this.holdersOfItsBlocks(seed) : this.sameSlots(seed);
    for (const other of near) if (chosen.size < size) chosen.add(other);
    for (let tries = 0; tries < size && chosen.size < size; tries += 1) chosen.add(this.pick(plan.wanted));
    return [...chosen];
  }

  /** The last to arrive, or one of those that wait longest. */
  private mostDelayed(planned: readonly number[], last: boolean): number {
    const { trips } = this.plan;
    if (planned.length === 0) return this.pick(this.plan.wanted);
    const measure = (vehicle: number): number => (last ? trips[vehicle]!.arrivalS : trips[vehicle]!.arrivalS - this.likely.get(vehicle)!.freeFlowS);
    const counted = last ? planned.filter((vehicle) => this.plan.counts(vehicle)) : planned;
    const ranked = (counted.length > 0 ? [...counted] : [...planned]).sort((a, b) => measure(b) - measure(a) || a - b);
    return last ? ranked[0]! : ranked[Math.floor(this.random() * this.random() * ranked.length)]!;
  }

  /** Those that hold a block before it on its trip, in random order. */
  private holdersOfItsBlocks(vehicle: number): number[] {
    const { plan } = this;
    const holders = new Set<number>();
    const trip = plan.trips[vehicle];
    const blocks = trip?.reservations ?? [];
    for (const { block, fromS } of blocks) {
      for (const row of plan.table.of(block)) if (row.owner !== vehicle && row.fromS <= fromS + 1 && plan.ways[row.owner]!.length > 0) holders.add(row.owner);
    }
    if (trip === undefined) {
      const likely = this.likely.get(vehicle);
      likely?.block.forEach((block) => {
        for (const row of plan.table.of(block)) if (row.owner !== vehicle && plan.ways[row.owner]!.length > 0) holders.add(row.owner);
      });
    }
    return this.shuffled([...holders].sort((a, b) => a - b));
  }

  private sameSlots(vehicle: number): number[] {
    const { plan } = this;
    const slots = new Set(plan.ways[vehicle]!.map((way) => way.candidate.slot));
    return this.shuffled(plan.wanted.filter((other) => other !== vehicle && slots.has(plan.trips[other]?.way.candidate.slot ?? -2)));
  }

  private mayUse(slot: number, vehicle: number): boolean {
    const owner = this.promised.get(slot);
    return owner === undefined || owner === vehicle || this.plan.trips[owner] !== undefined;
  }

  /** Matches vehicles and slots so that the last arrives as early as possible, and the sum is least under that. */
  private promiseSlots(): void {
    const { plan } = this;
    const competing = plan.wanted.filter((vehicle) => plan.ways[vehicle]!.every((way) => way.candidate.slot >= 0));
    const problem = slotProblem(plan, competing);
    const { column, bottleneck } = bottleneckAssignment(problem);
    const all = column.every((c) => c >= 0);
    const under: AssignmentProblem = { ...problem, costs: problem.costs.map((costs) => costs.map((cost) => (cost <= bottleneck ? cost : Infinity))) };
    const chosen = (all ? cheapestAssignment(under) : null) ?? column;
    competing.forEach((vehicle, i) => {
      const slot = chosen[i]!;
      const way = plan.byFreeFlow(vehicle).find((w) => w.candidate.slot === slot);
      if (way === undefined) return;
      this.promised.set(slot, vehicle);
      this.likely.set(vehicle, way);
    });
    for (const vehicle of plan.wanted) if (!this.likely.has(vehicle)) this.likely.set(vehicle, plan.byFreeFlow(vehicle)[0]!);
  }

  private snapshot(): { readonly score: Score; readonly trips: readonly (Trip | undefined)[] } {
    return { score: this.plan.score, trips: [...this.plan.trips] };
  }

  private clear(): void {
    for (const vehicle of this.plan.wanted) this.plan.take(vehicle);
  }

  private reset(trips: readonly (Trip | undefined)[]): void {
    const changed = this.plan.wanted.filter((vehicle) => this.plan.trips[vehicle] !== trips[vehicle]);
    for (const vehicle of changed) this.plan.take(vehicle);
    for (const vehicle of changed) {
      const trip = trips[vehicle];
      if (trip !== undefined) this.plan.restore(vehicle, trip);
    }
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }

  private shuffled<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i -= 1) {
      const k = Math.floor(this.random() * (i + 1));
      [out[i], out[k]] = [out[k]!, out[i]!];
    }
    return out;
  }
}

/** Free-flow times of some vehicles to the slots that nobody keeps, as an assignment problem; column = slot. */
export function slotProblem(plan: FleetPlan, vehicles: readonly number[]): AssignmentProblem {
  const { instance } = plan;
  const kept = new Set(instance.vehicles.flatMap((vehicle) => (vehicle.fixed === undefined ? [] : [vehicle.candidates[0]?.slot ?? -1])));
  const open = vehicles.map((vehicle) => plan.byFreeFlow(vehicle).filter((way) => !kept.has(way.candidate.slot)));
  return {
    columnCount: instance.slotCount, columns: open.map((ways) => ways.map((way) => way.candidate.slot)), costs: open.map((ways) => ways.map((way) => way.freeFlowS)),
  };
}

/** When a vehicle that nothing holds up has left each block that it is in at the start [s]. */
function freeFlowLeaveS(way: Way): Map<number, number> {
  const leaves = new Map<number, number>();
  const leg = way.leg(way.moves ? -1 : 0, way.nextStop[0]!);
  leg.visit.forEach((v, k) => { if (k < leg.heldRows) leaves.set(way.block[v]!, leg.leaveS[k]!); });
  return leaves;
}
