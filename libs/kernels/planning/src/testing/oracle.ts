import type { Plan, PlanningInstance, TimedPath } from '../model';

/** Written for tests only and without the planner's code: what a plan must be, straight from its definition. */

/** First instant at which the vehicle is at or beyond a place; Infinity when it never is [s]. */
function reachedS({ timeS, sM }: TimedPath, placeSM: number): number {
  for (let i = 0; i < sM.length; i += 1) {
    if (sM[i]! < placeSM) continue;
    if (i === 0) return 0;
    return timeS[i - 1]! + ((placeSM - sM[i - 1]!) / (sM[i]! - sM[i - 1]!)) * (timeS[i]! - timeS[i - 1]!);
  }
  return Infinity;
}

/** Last instant at which the vehicle is not yet beyond a place [s]. */
function passedS(timed: TimedPath, placeSM: number): number {
  return reachedS(timed, placeSM + 1e-6);
}

/** Pairs of vehicles that are in one block at the same time without having been there together at the start. */
export function blocksHeldTwice(instance: PlanningInstance, plan: Plan): string[] {
  const stays = new Map<number, { readonly id: string; readonly fromS: number; readonly toS: number }[]>();
  const add = (block: number, id: string, fromS: number, toS: number): void => {
    stays.set(block, [...(stays.get(block) ?? []), { id, fromS, toS }]);
  };
  for (const vehicle of instance.vehicles) {
    const planned = plan.vehicles.find(({ id }) => id === vehicle.id);
    if (planned === undefined) {
      for (const block of vehicle.standsOn) add(block, vehicle.id, -1, Infinity);
      continue;
    }
    const { route, startSM, committedSM } = vehicle.candidates[planned.candidate]!;
    for (let v = 0; v < route.visits; v += 1) {
      if (route.exitSM[v]! <= startSM) continue;
      const fromS = route.enterSM[v]! < Math.max(startSM, committedSM) ? -1 : passedS(planned.timed, route.enterSM[v]!);
      if (fromS < Infinity) add(route.block[v]!, vehicle.id, fromS, route.exitSM[v]! >= route.lengthM ? Infinity : reachedS(planned.timed, route.exitSM[v]!));
    }
  }
  const twice: string[] = [];
  for (const [block, list] of stays) {
    list.forEach((a, i) => {
      for (const b of list.slice(i + 1)) {
        if (a.id === b.id || (a.fromS < 0 && b.fromS < 0)) continue;
        if (a.fromS < b.toS && b.fromS < a.toS) twice.push(`${a.id} and ${b.id} in ${block}`);
      }
    });
  }
  return twice;
}
