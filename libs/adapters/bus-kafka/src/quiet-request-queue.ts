/** What is used here of kafkajs 2.2.4's `src/network/requestQueue`, which its types do not declare. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const isQuiet = Symbol('quaymaster: no timer without work');

/**
 * Keeps kafkajs from waking each connection every millisecond for ever. Its request queue schedules the next look at waiting requests even when none waits, by
 * a delay that is minus the time of day; Node makes that 1 ms, and warns of it from version 24 on. With nothing waiting there is nothing to look for: the queue
 * schedules anew when a request is added or answered. Applied once a process.
 * @throws Error when kafkajs is not of the shape that this was written for.
 */
export function quietRequestQueues(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the class is not exported, and its prototype is the only place to mend it
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue & { [isQuiet]?: true } };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with the queue as its `this`
  const schedule = prototype.scheduleCheckPendingRequests as ((this: RequestQueue) => void) | undefined;
  if (typeof schedule !== 'function') throw new Error('kafkajs is not the version whose request queue is mended here (2.2.4)');
  if (prototype[isQuiet] === true) return;
  prototype[isQuiet] = true;
  prototype.scheduleCheckPendingRequests = function scheduleIfSomethingWaits(this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
