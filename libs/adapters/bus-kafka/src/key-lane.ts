import type { Cancel } from '@quaymaster/ports';
import type { PartitionProgress, Task } from './partition-progress';
import type { BusRecord } from './record';

/** A record on its way to a handler. */
export interface Parcel {
  readonly record: BusRecord;
  readonly task: Task;
  readonly progress: PartitionProgress;
  attempt: number;
  firstAttemptAtMs: number;
  /** Its partition has changed hands since it was fetched: what becomes of it moves no position any more. */
  isOrphan: boolean;
}

/** Records of one key in order. While the first is with a handler, on its way to the dead letters or waiting to be tried again, those behind it wait. */
export class KeyLane {
  readonly waiting: Parcel[] = [];
  /** The parcel that keeps the lane busy; it is still the first of those waiting unless it is an orphan. */
  current: Parcel | null = null;
  /** Set while `current` waits for its next try. */
  pause: Cancel | null = null;

  constructor(readonly key: string) {}
}
