import { deadLetters, type DeadLetter, type Topic } from '@quaymaster/messages';
import { deadLetterOf, type Clock, type Delivery, type SubscribeOptions } from '@quaymaster/ports';
import { HandledOffsets } from './handled-offsets';
import { KeyLane, type Parcel } from './key-lane';
import type { PartitionProgress } from './partition-progress';
import type { BusRecord } from './record';

const RETRY_FIRST_MS = 50;
const RETRY_CAP_MS = 2000;

export type BatchHandler = (batch: readonly Delivery<unknown>[]) => Promise<void>;

interface Member {
  readonly handle: BatchHandler;
  readonly options: SubscribeOptions;
  running: Promise<void> | null;
  isClosed: boolean;
}

interface Turn { readonly lane: KeyLane; readonly parcel: Parcel; readonly delivery: Delivery<unknown> }

/**
 * What this process has fetched of one topic for one group: lanes by key, one handler call at a time a member. A lane waits while its first record is
 * being handled, retried or buried; the others go on.
 */
export class GroupQueue {
  readonly counts = { handled: 0, retried: 0, buried: 0, superseded: 0 };
  readonly handledBefore = new HandledOffsets();
  private readonly lanes = new Map<string, KeyLane>();
  private readonly ready = new Set<KeyLane>();
  private readonly members: Member[] = [];
  private readonly attempts = new Map<string, { readonly attempt: number; readonly firstAttemptAtMs: number }>();
  private progresses = new Set<PartitionProgress>();
  private waiters: (() => void)[] = [];
  private count = 0;
  private isPaused = false;
  private isHeld = false;

  /** `bury` resolves when the dead letter is safe; `onHandled` is called when a record has been handled that its partition's position waits for. */
  constructor(
    private readonly topic: Topic<unknown>, private readonly group: string, private readonly capacity: number, private readonly clock: Clock,
    private readonly bury: (letter: DeadLetter) => Promise<void>, private readonly onHandled: () => void,
  ) {}

  get size(): number {
    return this.count;
  }

  get hasRoom(): boolean {
    return this.count < this.capacity;
  }

  get memberCount(): number {
    return this.members.length;
  }

  /** Resolves when anything has been handled, or the owner called `changed`. */
  change(): Promise<void> {
    return new Promise((resolve) => { this.waiters.push(resolve); });
  }

  changed(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  push(record: BusRecord, progress: PartitionProgress): void {
    const task = progress.add(record.offset);
    this.progresses.add(progress);
    // A tombstone says that there is nothing more to know of its key: this bus has no message for that.
    if (record.value === null && !this.isPoisonWhenEmpty) {
      progress.finish(task);
      return;
    }
    const known = this.attempts.get(`${record.partition}/${record.offset}`);
    const parcel: Parcel = { record, task, progress, attempt: known?.attempt ?? 1, firstAttemptAtMs: known?.firstAttemptAtMs ?? 0, isOrphan: false };
    let lane = this.lanes.get(record.key);
    if (lane === undefined) this.lanes.set(record.key, lane = new KeyLane(record.key));
    if (this.isHeld || this.wantsNewestOnly) this.supersede(lane);
    lane.waiting.push(parcel);
    this.count += 1;
    if (lane.current === null && lane.waiting.length === 1) this.ready.add(lane);
    this.wake();
  }

  /** Tombstones exist on compacted topics only; elsewhere a record without a value is one that its topic cannot read. */
  isPoisonWhenEmpty = true;

  join(handle: BatchHandler, options: SubscribeOptions): () => Promise<void> {
    const member: Member = { handle, options, running: null, isClosed: false };
    this.members.push(member);
    this.wake();
    return async () => {
      if (!member.isClosed) this.members.splice(this.members.indexOf(member), 1);
      member.isClosed = true;
      await member.running;
      this.wake();
    };
  }

  /** Hands out nothing until released, and keeps only the newest record of each key: for the read-in of a compacted topic. */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    this.wake();
  }

  /** Starts no handler until `resume`. Resolves when none is running. */
  async pause(): Promise<void> {
    this.isPaused = true;
    await Promise.all(this.members.map(async ({ running }) => running));
  }

  resume(): void {
    this.isPaused = false;
    this.wake();
  }

  /**
   * Forgets every record that waits: partitions are assigned anew, and what was not committed is fetched again by whoever has them now. Handlers that are
   * still running become orphans; their keys stay busy until they end, so that no key is with two handlers of this process at once.
   */
  reset(): void {
    for (const progress of this.progresses) for (const offset of progress.doneAhead()) this.handledBefore.add(progress.partition, offset);
    this.progresses = new Set();
    this.ready.clear();
    this.isHeld = false;
    this.count = 0;
    for (const lane of this.lanes.values()) {
      for (const parcel of lane.waiting.splice(0)) {
        parcel.isOrphan = true;
        const { attempt, firstAttemptAtMs, record } = parcel;
        if (attempt > 1) this.attempts.set(`${record.partition}/${record.offset}`, { attempt, firstAttemptAtMs });
      }
      if (lane.pause !== null) {
        lane.pause();
        lane.pause = lane.current = null;
      }
      if (lane.current === null) this.lanes.delete(lane.key);
    }
    this.changed();
  }

  private get wantsNewestOnly(): boolean {
    return this.members.length > 0 && this.members.every(({ options }) => options.newestOnly === true);
  }

  /** A newer record of the key has come: the one before it need not be handled, unless a handler has it or is to have it again. */
  private supersede(lane: KeyLane): void {
    const isFirstBusy = lane.current !== null && lane.waiting[0] === lane.current;
    if (lane.waiting.length === 0 || (isFirstBusy && lane.waiting.length === 1)) return;
    const older = lane.waiting.pop()!;
    older.progress.finish(older.task);
    this.count -= 1;
    this.counts.superseded += 1;
    this.ready.delete(lane);
  }

  private wake(): void {
    if (this.isPaused || this.isHeld) return;
    for (const member of this.members) {
      if (member.running !== null || this.ready.size === 0) continue;
      member.running = this.serve(member).finally(() => {
        member.running = null;
        // A record that came between the last look and here.
        if (this.ready.size > 0 && !member.isClosed) this.wake();
      });
    }
  }

  private async serve(member: Member): Promise<void> {
    // A turn of the microtask queue, so that a fetch never runs a handler inside itself.
    await Promise.resolve();
    while (!member.isClosed && !this.isPaused && !this.isHeld && this.ready.size > 0) {
      const turns = this.take(member);
      if (turns.length === 0) continue;
      let failure: { readonly error: unknown } | null = null;
      try {
        await member.handle(turns.map(({ delivery }) => delivery));
      } catch (error) {
        failure = { error };
      }
      for (const { lane, parcel } of turns) {
        if (failure === null) this.finish(lane, parcel);
        else this.retryOrBury(lane, parcel, failure.error, member.options);
      }
    }
  }

  /** Deliveries for one call. What failed before comes alone: nobody knows which of a batch was at fault, and one must not bury the others. */
  private take(member: Member): Turn[] {
    const turns: Turn[] = [];
    for (const lane of this.ready) {
      const parcel = lane.waiting[0]!;
      if (parcel.attempt > 1 && turns.length > 0) break;
      this.ready.delete(lane);
      lane.current = parcel;
      const { record } = parcel;
      if (this.handledBefore.take(record.partition, record.offset)) {
        this.finish(lane, parcel);
        continue;
      }
      if (parcel.attempt === 1) parcel.firstAttemptAtMs = this.clock.nowMs();
      try {
        const message = this.topic.decode(record.value ?? new Uint8Array());
        turns.push({ lane, parcel, delivery: { key: record.key, message, header: record.header, attempt: parcel.attempt } });
      } catch (error) {
        void this.toDeadLetters(lane, parcel, error);
      }
      if (turns.length >= (member.options.maxBatch ?? 1) || (turns.length > 0 && parcel.attempt > 1)) break;
    }
    return turns;
  }

  private finish(lane: KeyLane, parcel: Parcel): void {
    const { partition, offset } = parcel.record;
    if (parcel.attempt > 1) this.attempts.delete(`${partition}/${offset}`);
    this.counts.handled += 1;
    if (parcel.isOrphan) {
      this.handledBefore.add(partition, offset);
    } else {
      lane.waiting.shift();
      this.count -= 1;
      parcel.progress.finish(parcel.task);
      this.onHandled();
    }
    this.freed(lane);
    this.changed();
  }

  private retryOrBury(lane: KeyLane, parcel: Parcel, error: unknown, options: SubscribeOptions): void {
    if (parcel.attempt >= (options.maxAttempts ?? 3)) {
      void this.toDeadLetters(lane, parcel, error);
      return;
    }
    const delayMs = Math.min(RETRY_FIRST_MS * 2 ** (parcel.attempt - 1), RETRY_CAP_MS);
    parcel.attempt += 1;
    this.counts.retried += 1;
    this.afterPause(lane, parcel, delayMs, () => { this.freed(lane); });
  }

  /** Passes the record only when its letter is safe; as long as it is not, only this key waits. */
  private async toDeadLetters(lane: KeyLane, parcel: Parcel, error: unknown): Promise<void> {
    try {
      if (this.topic.name !== deadLetters.name) await this.bury(this.letter(parcel, error));
    } catch {
      this.afterPause(lane, parcel, RETRY_CAP_MS, () => { void this.toDeadLetters(lane, parcel, error); });
      return;
    }
    this.counts.buried += 1;
    this.finish(lane, parcel);
  }

  private afterPause(lane: KeyLane, parcel: Parcel, delayMs: number, then: () => void): void {
    // Whoever has the partition now tries it again.
    if (parcel.isOrphan) {
      this.freed(lane);
      return;
    }
    lane.pause = this.clock.after(delayMs, () => {
      lane.pause = null;
      then();
    });
  }

  private freed(lane: KeyLane): void {
    lane.current = null;
    if (lane.waiting.length === 0) this.lanes.delete(lane.key);
    else this.ready.add(lane);
    this.wake();
  }

  private letter({ record, attempt, firstAttemptAtMs }: Parcel, error: unknown): DeadLetter {
    const { key, value, header } = record;
    const failed = { topic: this.topic.name, group: this.group, key, bytes: value ?? new Uint8Array(), header, attempts: attempt, firstAttemptAtMs };
    return deadLetterOf(failed, error, this.clock.nowMs());
  }
}
