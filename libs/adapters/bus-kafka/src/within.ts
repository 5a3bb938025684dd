import type { Cancel, Clock } from '@quaymaster/ports';

/** Resolves with true when the promise has settled, however it did, and with false when it has not within the time. */
export async function within(clock: Clock, timeoutMs: number, promise: Promise<unknown>): Promise<boolean> {
  let cancel: Cancel = () => undefined;
  const isOver = new Promise<boolean>((resolve) => { cancel = clock.after(timeoutMs, () => { resolve(false); }); });
  try {
    return await Promise.race([promise.then(() => true, () => true), isOver]);
  } finally {
    cancel();
  }
}
