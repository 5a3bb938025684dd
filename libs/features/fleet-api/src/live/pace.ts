/** Lets through at most one thing a period on average; one that comes a little early after a late one is let through too. */
export class Pace {
  private nextAtMs = -Infinity;

  constructor(private readonly periodMs: number) {}

  /** Whether it may go now; counts it if so. */
  take(nowMs: number): boolean {
    if (nowMs + this.periodMs / 4 < this.nextAtMs) return false;
    this.nextAtMs = Math.max(this.nextAtMs, nowMs - this.periodMs / 2) + this.periodMs;
    return true;
  }
}
