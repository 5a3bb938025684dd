import { Clock, type Cancel } from '@quaymaster/ports';

/** Node runs a timer that is set for longer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export class SystemClock extends Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, task: () => void): Cancel {
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      timer = leftMs > LONGEST_TIMER_MS ? setTimeout(() => { arm(leftMs - LONGEST_TIMER_MS); }, LONGEST_TIMER_MS) : setTimeout(task, leftMs);
    };
    arm(delayMs);
    return () => { clearTimeout(timer); };
  }

  every(periodMs: number, task: () => void): Cancel {
    if (!(periodMs > 0)) throw new RangeError(`a period must be positive, got ${periodMs} ms`);
    const timer = setInterval(task, periodMs);
    return () => { clearInterval(timer); };
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
}
