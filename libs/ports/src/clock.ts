/** Cancels what it was returned for. Cancelling twice does nothing. */
export type Cancel = () => void;

/**
 * Time as the product knows it. Every duration, deadline and timestamp of the control path goes through it, so that a simulation can run
 * the same code on its own time.
 */
export abstract class Clock {
  /** Milliseconds since the Unix epoch, integer. May step; use for timestamps. */
  abstract nowMs(): number;
  /** Milliseconds since an arbitrary start, never steps back; use for durations. */
  abstract monotonicMs(): number;
  /** Calls `task` once after the delay. A task that throws is a bug and surfaces as an uncaught exception. */
  abstract after(delayMs: number, task: () => void): Cancel;
  /** Calls `task` each period until cancelled, first after one period. Periods that were missed are not made up for. */
  abstract every(periodMs: number, task: () => void): Cancel;
  /** Resolves after the delay; rejects with the signal's reason when aborted. */
  abstract sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
