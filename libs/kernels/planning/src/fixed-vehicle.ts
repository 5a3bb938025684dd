import type { VisitHold } from './block-orders';
import type { Candidate, PlanVehicle, TimedPath } from './model';
import type { Reservation } from './reservations';
import { routeClaims, STANDING_TOLERANCE_M } from './route-claims';

/** What a vehicle that keeps its timetable holds, block by block. */
export function fixedReservations(vehicle: PlanVehicle, owner: number, candidate: Candidate, timed: TimedPath, headwayS: number): Reservation[] {
  return fixedVisits(vehicle, owner, candidate, timed, headwayS).map(({ hold }) => hold);
}

/** The same with the rows of its route. */
export function fixedVisits(vehicle: PlanVehicle, owner: number, candidate: Candidate, timed: TimedPath, headwayS: number): VisitHold[] {
  const { route, startSM } = candidate;
  const committedSM = Math.min(Math.max(candidate.committedSM, startSM), route.lengthM);
  const { claimSM, leaveSM } = routeClaims(route, committedSM, candidate.stops.map((stop) => stop.sM));
  const stands = new Set(vehicle.standsOn);
  const unexplained = new Set(vehicle.standsOn);
  const movesFromS = beyondS(timed, committedSM);
  const holds: VisitHold[] = [];
  let lastLeftS = 0;
  let lastLeft = -1;
  for (let v = 0; v < route.visits; v += 1) {
    if (leaveSM[v]! <= startSM) continue;
    const block = route.block[v]!;
    const fromStart = claimSM[v]! === -Infinity || (route.enterSM[v]! <= committedSM && stands.has(block));
    const fromS = fromStart ? 0 : beyondS(timed, claimSM[v]!);
    const leftS = beyondS(timed, leaveSM[v]! + STANDING_TOLERANCE_M);
    if (fromS === Infinity) continue;
    if (fromStart) {
      unexplained.delete(block);
      if (leftS >= lastLeftS) lastLeft = v;
      lastLeftS = Math.max(lastLeftS, leftS);
    }
    holds.push({ visit: v, hold: { owner, block, fromS, toS: leftS + headwayS, fromStart, movesFromS: fromStart ? movesFromS : fromS } });
  }
  if (lastLeft < 0) return holds;
  for (const block of unexplained) {
    holds.push({ visit: lastLeft, hold: { owner, block, fromS: 0, toS: lastLeftS + headwayS, fromStart: true, movesFromS } });
  }
  return holds;
}

/** Instant at which a timetable goes beyond a place: 0 when it begins beyond it, Infinity when it never gets there [s]. */
export function beyondS(timed: TimedPath, sM: number): number {
  const { timeS, sM: at } = timed;
  const last = at.length - 1;
  if (last < 0 || at[last]! <= sM) return Infinity;
  if (at[0]! > sM) return 0;
  let i = 0;
  while (at[i + 1]! <= sM) i += 1;
  const rise = at[i + 1]! - at[i]!;
  return timeS[i]! + (timeS[i + 1]! - timeS[i]!) * Math.max(0, (sM - at[i]!) / rise);
}
