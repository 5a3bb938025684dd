import { QueuedClock } from './queued-clock';

export interface PacedClockOptions {
  readonly startAtMs: number;
  /** Simulated time of one step [ms]. */
  readonly stepMs?: number;
  /** Simulated seconds a real second at most. */
  readonly maximumRate: number;
}

/**
 * Simulated time for runs faster than real time in one process. It moves by whole steps, one step a turn of the event loop, so that sockets and promises
 * are served between steps; when the machine is slow or stalls, simulated time slows down with it and never jumps.
 */
export class PacedClock extends QueuedClock {
  private readonly stepMs: number;
  private readonly stepRealMs: number;
  private holds: (() => boolean)[] = [];
  private running = false;
  private nextStepAtMs = 0;

  constructor(options: PacedClockOptions) {
    super(options.startAtMs);
    this.stepMs = options.stepMs ?? 20;
    this.stepRealMs = this.stepMs / options.maximumRate;
  }

  /** Time stands still while the predicate holds. Its owner sees to it that it does not hold for ever. */
  holdWhile(predicate: () => boolean): void {
    this.holds.push(predicate);
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.nextStepAtMs = performance.now();
    this.turn();
  }

  stop(): void {
    this.running = false;
    this.holds = [];
  }

  private turn(): void {
    if (!this.running) return;
    const realMs = performance.now();
    if (this.holds.some((holds) => holds())) {
      this.nextStepAtMs = realMs;
      // Not a timer: the shortest one is as long as a whole step.
      setImmediate(() => { this.turn(); });
      return;
    }
    if (realMs >= this.nextStepAtMs) {
      // A stall is not made up for: the next step is due one step after this one, whatever was missed.
      this.nextStepAtMs = Math.max(this.nextStepAtMs + this.stepRealMs, realMs - this.stepRealMs);
      this.pass(this.stepMs);
    }
    // Two turns of the event loop, so that what the step sent is read before the next step.
    if (this.nextStepAtMs - performance.now() > 1) setTimeout(() => { this.turn(); }, 1);
    else setImmediate(() => { setImmediate(() => { this.turn(); }); });
  }
}
