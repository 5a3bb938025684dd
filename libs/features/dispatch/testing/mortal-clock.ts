import { type Cancel, Clock } from '@quaymaster/ports';

/** The time of one process: what it has planned never happens once the process is dead. */
export class MortalClock extends Clock {
  private isDead = false;

  constructor(private readonly time: Clock) {
    super();
  }

  die(): void {
    this.isDead = true;
  }

  nowMs(): number {
    return this.time.nowMs();
  }

  monotonicMs(): number {
    return this.time.monotonicMs();
  }

  after(delayMs: number, task: () => void): Cancel {
    return this.time.after(delayMs, this.whileAlive(task));
  }

  every(periodMs: number, task: () => void): Cancel {
    return this.time.every(periodMs, this.whileAlive(task));
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return this.time.sleep(delayMs, signal);
  }

  private whileAlive(task: () => void): () => void {
    return () => { if (!this.isDead) task(); };
  }
}
