import type { BlockOrder, PlanningInstance } from './model';
import type { Reservation } from './reservations';

/** A hold with the row of the vehicle's route that it stands for. */
export interface VisitHold {
  readonly hold: Reservation;
  readonly visit: number;
}

/**
 * Order of vehicles through every block that at least two of them visit, by when each begins to need it for itself: a vehicle that is in the block at the start
 * when it goes beyond what it is permitted, or when it has left if that is sooner; the others when they claim it. Since the order is read off times that
 * respect each other, following it can never lead in a circle.
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
    list.sort((a, b) => needsFromS(a.hold) - needsFromS(b.hold) || Number(b.hold.fromStart) - Number(a.hold.fromStart) || a.hold.toS - b.hold.toS
      || a.hold.owner - b.hold.owner || a.visit - b.visit);
    orders.push({ block, order: list.map(({ hold, visit }) => ({ vehicle: instance.vehicles[hold.owner]!.id, visit })) });
  }
  return orders;
}

function needsFromS({ fromStart, movesFromS, fromS, toS }: Reservation): number {
  return fromStart ? Math.min(movesFromS, toS) : fromS;
}
