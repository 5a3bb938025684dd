/** One vehicle's hold on one block, times since the plan's start [s]. */
export interface Reservation {
  readonly owner: number;
  readonly block: number;
  readonly fromS: number;
  /** Headway included; Infinity when it never leaves. */
  readonly toS: number;
  /**
   * The vehicle is in the block at the start. Others that are in it too cannot help that and only have to keep clear of its movement, which begins at
   * `movesFromS`; all others must keep clear of it from `fromS` on.
   */
  readonly fromStart: boolean;
  readonly movesFromS: number;
}

/** Who holds which block when. Rows of a block are few, so they are kept in lists and scanned. */
export class Reservations {
  private readonly rows: Reservation[][];

  constructor(blockCount: number) {
    this.rows = Array.from({ length: blockCount }, () => []);
  }

  of(block: number): readonly Reservation[] {
    return this.rows[block]!;
  }

  add(reservations: readonly Reservation[]): void {
    for (const reservation of reservations) {
      const rows = this.rows[reservation.block]!;
      let at = rows.length;
      while (at > 0 && comesBefore(reservation, rows[at - 1]!)) at -= 1;
      rows.splice(at, 0, reservation);
    }
  }

  remove(reservations: readonly Reservation[]): void {
    for (const reservation of reservations) {
      const rows = this.rows[reservation.block]!;
      const at = rows.indexOf(reservation);
      if (at >= 0) rows.splice(at, 1);
    }
  }
}

/** By begin; equal begins by end and owner, so that the order never depends on when a row was added. */
function comesBefore(a: Reservation, b: Reservation): boolean {
  if (a.fromS !== b.fromS) return a.fromS < b.fromS;
  if (a.toS !== b.toS) return a.toS < b.toS;
  return a.owner < b.owner;
}
