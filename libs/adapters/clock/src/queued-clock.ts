import { Clock, type Cancel } from '@quaymaster/ports';
import { TimerQueue } from './timer-queue';

/** A clock whose time is moved by its owner; timers run as time passes them, in order of their due times. */
export abstract class QueuedClock extends Clock {
  private readonly queue = new TimerQueue();
  private elapsedMs = 0;

  protected constructor(private readonly startAtMs: number) {
    super();
  }

  nowMs(): number {
    return this.startAtMs + Math.floor(this.elapsedMs);
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  after(delayMs: number, task: () => void): Cancel {
    return this.queue.add(this.elapsedMs + Math.max(0, delayMs), task);
  }

  every(periodMs: number, task: () => void): Cancel {
    if (!(periodMs > 0)) throw new RangeError(`a period must be positive, got ${periodMs} ms`);
    let cancelled = false;
    let cancel: Cancel = () => undefined;
    const arm = (): void => {
      cancel = this.after(periodMs, () => {
        if (!cancelled) arm();
        task();
      });
    };
    arm();
    return () => {
      cancelled = true;
      cancel();
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.after(delayMs, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Lets time pass. Tasks see the time at which they were due. */
  protected pass(durationMs: number): void {
    const untilMs = this.elapsedMs + durationMs;
    for (let due = this.queue.take(untilMs); due !== undefined; due = this.queue.take(untilMs)) {
      this.elapsedMs = Math.max(this.elapsedMs, due.dueMs);
      due.task();
    }
    this.elapsedMs = untilMs;
  }
}
