import type { BlockOrder, PlanningInstance } from './model';
import type { Reservation } from './reservations';

/** A hold with the row of the vehicle's route that it stands for. */
export interface VisitHold {
  readonly hold: Reservation;
  readonly visit: number;
}

/**
 * Order of vehicles through every block that at least two of them visit: first those that own it already, by when they go beyond what they are permitted, then
 * the others by when they claim it. An owner comes first whatever its timetable says: it drives into the block without asking. Since the order is read off
 * times that respect each other, following it can never lead in a circle.
 */
export function blockOrders(instance: PlanningInstance, holds: readonly VisitHold[]): BlockOrder[] {
  const byBlock = new Map<number, VisitHold[]>();
  for (const hold of holds) {
    const list = byBlock.get(hold.hold.block);
    if (list === undefined) byBlock.set(hold.hold.block, [hold]);
    else list.push(hold);
  }
  const orders: BlockOrder[] = [];
  for (const [block, list] of [...byBlock].sort((a, b) => a[0] - b[0])) {
    if (new Set(list.map(({ hold }) => hold.owner)).size < 2) continue;
    list.sort((a, b) => Number(b.hold.fromStart) - Number(a.hold.fromStart) || a.hold.movesFromS - b.hold.movesFromS || a.hold.toS - b.hold.toS
      || a.hold.owner - b.hold.owner || a.visit - b.visit);
    orders.push({ block, order: list.map(({ hold, visit }) => ({ vehicle: instance.vehicles[hold.owner]!.id, visit })) });
  }
  return orders;
}
