const WINDOW_MS = 10_000;
const SLOT_MS = 1000;

/** Distance driven lately. */
export class Odometer {
  private readonly slots: { readonly slot: number; metres: number }[] = [];

  note(nowMs: number, drivenM: number): void {
    if (drivenM === 0) return;
    const slot = Math.floor(nowMs / SLOT_MS);
    const last = this.slots[this.slots.length - 1];
    if (last?.slot === slot) last.metres += drivenM;
    else this.slots.push({ slot, metres: drivenM });
    if (this.slots.length > WINDOW_MS / SLOT_MS + 1) this.slots.shift();
  }

  /** Driven during the last ten seconds, to a second [m]. */
  recentM(nowMs: number): number {
    const from = Math.floor((nowMs - WINDOW_MS) / SLOT_MS);
    return this.slots.reduce((sum, { slot, metres }) => (slot >= from ? sum + metres : sum), 0);
  }
}
