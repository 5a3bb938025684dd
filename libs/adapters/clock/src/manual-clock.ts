import { QueuedClock } from './queued-clock';

/** Time that passes when a test says so. */
export class ManualClock extends QueuedClock {
  constructor(startAtMs = 1_760_000_000_000) {
    super(startAtMs);
  }

  advance(durationMs: number): void {
    this.pass(durationMs);
  }
}
