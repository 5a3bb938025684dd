import type { FleetPlan } from './fleet-plan';
import type { Way } from './way';

/**
 * Order in which to plan: who stands in another's way goes before it, then who has to pass the place where another will end goes before that one, then
 * by priority, then who arrives first. Where that leads in circles, the vehicle with the fewest before it comes next.
 *
 * @param ways the way that each vehicle is likely to take
 */
export function planningOrder(plan: FleetPlan, ways: ReadonlyMap<number, Way>): number[] {
  const { vehicles } = plan.instance;
  const standers = new Map<number, number[]>();
  const enders = new Map<number, number[]>();
  for (const [vehicle, way] of ways) {
    for (const block of plan.blocksUnder(vehicle)) append(standers, block, vehicle);
    way.block.forEach((block, v) => { if (way.leaveSM[v] === Infinity) append(enders, block, vehicle); });
  }
  const hard = new Map<number, Set<number>>();
  const soft = new Map<number, Set<number>>();
  for (const vehicle of ways.keys()) {
    hard.set(vehicle, new Set());
    soft.set(vehicle, new Set());
  }
  for (const [vehicle, way] of ways) {
    way.block.forEach((block, v) => {
      for (const other of standers.get(block) ?? []) {
        if (other !== vehicle && (v >= way.heldFromStart || plan.leads(other, vehicle))) hard.get(vehicle)!.add(other);
      }
      if (way.leaveSM[v] === Infinity) return;
      for (const other of enders.get(block) ?? []) if (other !== vehicle) soft.get(other)!.add(vehicle);
    });
  }
  const left = new Set(ways.keys());
  const order: number[] = [];
  const compare = (a: number, b: number): number => hard.get(a)!.size - hard.get(b)!.size || soft.get(a)!.size - soft.get(b)!.size
    || vehicles[a]!.priority - vehicles[b]!.priority || ways.get(a)!.freeFlowS - ways.get(b)!.freeFlowS || a - b;
  while (left.size > 0) {
    let next = -1;
    for (const vehicle of left) if (next < 0 || compare(vehicle, next) < 0) next = vehicle;
    left.delete(next);
    order.push(next);
    for (const vehicle of left) {
      hard.get(vehicle)!.delete(next);
      soft.get(vehicle)!.delete(next);
    }
  }
  return order;
}

function append(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
