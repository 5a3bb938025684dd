import { blockOrders, type VisitHold } from './block-orders';
import { appendTimed } from './drive-profile';
import { FleetPlan } from './fleet-plan';
import { FleetSearch } from './fleet-search';
import { fixedVisits } from './fixed-vehicle';
import { makespanBound } from './lower-bound';
import type { NotPlanned, Plan, PlannedVehicle, PlanningInstance, SolveOptions, TimedPath } from './model';
import type { Trip } from './timed-search';

/**
 * Plans for every vehicle with candidates one of them and when to drive it, so that no two hold a block at the same time: prioritised planning in the order
 * in which they stand, repair where that fails, then large-neighbourhood search for the least makespan and under that the least sum of arrival times.
 *
 * The plan is always valid for the vehicles in it; those that found no way stand where they are and are in `notPlanned` with those in their way. The same
 * instance and options give the same plan, as long as `shouldStop` does not cut the search short.
 */
export function solve(instance: PlanningInstance, options: SolveOptions): Plan {
  const fleet = new FleetPlan(instance);
  const search = new FleetSearch(fleet);
  search.firstPlan();
  search.improve(options.iterations, options.shouldStop);
  return describe(fleet);
}

function describe(fleet: FleetPlan): Plan {
  const { instance } = fleet;
  const vehicles: PlannedVehicle[] = [];
  const notPlanned: NotPlanned[] = [];
  const holds: VisitHold[] = [];
  const blockers = new Map<number, readonly number[]>();
  for (const vehicle of fleet.wanted) if (fleet.trips[vehicle] === undefined) blockers.set(vehicle, whatBlocks(fleet, vehicle));
  instance.vehicles.forEach((vehicle, i) => {
    const trip = fleet.trips[i];
    const candidate = vehicle.candidates[0];
    if (trip !== undefined) {
      vehicles.push({ id: vehicle.id, candidate: trip.way.index, timed: timedPath(trip), arrivalS: trip.arrivalS });
      trip.reservations.forEach((hold, v) => { holds.push({ hold, visit: trip.way.row[v]! }); });
    } else if (candidate === undefined) {
      notPlanned.push({ id: vehicle.id, because: vehicle.immovableBecause ?? 'it has no route', blockedBy: [] });
    } else if (vehicle.fixed !== undefined) {
      vehicles.push({ id: vehicle.id, candidate: 0, timed: vehicle.fixed, arrivalS: arrivalS(vehicle.fixed) });
      holds.push(...fixedVisits(vehicle, i, candidate, vehicle.fixed, instance.headwayS));
    } else {
      notPlanned.push({ id: vehicle.id, because: reason(fleet, i, blockers), blockedBy: blockers.get(i)!.map((other) => instance.vehicles[other]!.id) });
    }
  });
  const { makespanS, sumOfCostsS } = fleet.score;
  const { boundS, source } = makespanBound(fleet, fleet.wanted.filter((vehicle) => fleet.trips[vehicle] !== undefined && fleet.counts(vehicle)));
  return {
    vehicles, notPlanned, orders: blockOrders(instance, holds), makespanS, sumOfCostsS, lowerBoundS: Math.min(boundS, makespanS), lbSource: source,
    gapRatio: makespanS <= boundS || boundS <= 0 ? 0 : (makespanS - boundS) / boundS,
  };
}

/** When the vehicle comes to rest for the last time. */
function arrivalS(timed: TimedPath): number {
  const { sM, timeS } = timed;
  let i = sM.length - 1;
  while (i > 0 && sM[i - 1] === sM[i]) i -= 1;
  return timeS[i] ?? 0;
}

function timedPath(trip: Trip): TimedPath {
  const timeS = [0];
  const sM = [trip.way.startSM];
  for (const { leg, departS } of trip.legs) {
    if (departS > timeS[timeS.length - 1]!) {
      timeS.push(departS);
      sM.push(sM[sM.length - 1]!);
    }
    appendTimed(leg.profile, departS, timeS, sM);
  }
  if (trip.arrivalS > timeS[timeS.length - 1]!) {
    timeS.push(trip.arrivalS);
    sM.push(sM[sM.length - 1]!);
  }
  return { timeS: Float64Array.from(timeS), sM: Float64Array.from(sM) };
}

/** Vehicles that hold something for ever that this one needs. */
function whatBlocks(fleet: FleetPlan, vehicle: number): readonly number[] {
  const found = new Set<number>();
  for (const way of fleet.ways[vehicle]!) {
    const { slot } = way.candidate;
    if (slot >= 0 && fleet.slotOwner[slot]! >= 0) found.add(fleet.slotOwner[slot]!);
    way.block.forEach((block, v) => {
      for (const row of fleet.table.of(block)) {
        if (row.owner === vehicle || row.toS < Infinity || (row.movesFromS === Infinity && fleet.passes(way, row.owner))) continue;
        const together = v < way.heldFromStart && row.fromStart && fleet.share(block, row.owner, vehicle);
        if (!together || fleet.leads(row.owner, vehicle)) found.add(row.owner);
      }
    });
  }
  // Nobody holds anything for ever: then it is those whose drives leave no gap.
  if (found.size === 0) {
    for (const way of fleet.ways[vehicle]!) for (const block of way.block) for (const row of fleet.table.of(block)) if (row.owner !== vehicle) found.add(row.owner);
  }
  return [...found].sort((a, b) => a - b);
}

function reason(fleet: FleetPlan, vehicle: number, blockers: ReadonlyMap<number, readonly number[]>): string {
  const { vehicles } = fleet.instance;
  const circle = circleOf(vehicle, blockers);
  if (circle !== null) return `it waits for ${circle.slice(1).map((i) => vehicles[i]!.id).join(', which waits for ')}: a circle in which none can go first`;
  const parts = blockers.get(vehicle)!.map((other) => {
    const { id, immovableBecause, candidates } = vehicles[other]!;
    if (fleet.trips[other] !== undefined || vehicles[other]!.fixed !== undefined) {
      const { slot } = fleet.trips[other]?.way.candidate ?? candidates[0]!;
      return fleet.ways[vehicle]!.some((way) => way.candidate.slot === slot && slot >= 0) ? `${id} has a slot that it could use` : `${id} stays in its way`;
    }
    return candidates.length > 0 ? `${id} stands in its way and finds none itself` : `${id} stands in its way (${immovableBecause ?? 'it has no route'})`;
  });
  return parts.length > 0 ? parts.join('; ') : 'no order of the vehicles leaves it a way';
}

/** Shortest chain of vehicles without a way, each blocked by the next, that leads back to the first; null if there is none. */
function circleOf(start: number, blockers: ReadonlyMap<number, readonly number[]>): readonly number[] | null {
  const before = new Map<number, number>();
  const queue = [start];
  for (const vehicle of queue) {
    for (const next of blockers.get(vehicle) ?? []) {
      if (next === start) {
        const chain = [start];
        for (let at = vehicle; at !== start; at = before.get(at)!) chain.push(at);
        return [...chain.reverse().slice(-1), ...chain.slice(0, -1), start];
      }
      if (before.has(next) || !blockers.has(next)) continue;
      before.set(next, vehicle);
      queue.push(next);
    }
  }
  return null;
}
