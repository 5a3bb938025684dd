import { Clock, type Cancel } from '@quaymaster/ports';

/** The machine's clock. */
export class SystemClock extends Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, task: () => void): Cancel {
    const timer = setTimeout(task, delayMs);
    return () => { clearTimeout(timer); };
  }

  every(periodMs: number, task: () => void): Cancel {
    const timer = setInterval(task, periodMs);
    return () => { clearInterval(timer); };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const timer = setTimeout(resolve, delayMs);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      }, { once: true });
    });
  }
}
