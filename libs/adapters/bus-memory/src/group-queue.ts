import { deadLetters, type DeadLetter, type Topic } from '@quaymaster/messages';
import { deadLetterOf, type Clock, type Delivery, type SubscribeOptions } from '@quaymaster/ports';
import { KeyLane, type Parcel } from './key-lane';

const RETRY_FIRST_MS = 50;
const RETRY_CAP_MS = 2000;

export type BatchHandler = (batch: readonly Delivery<unknown>[]) => Promise<void>;

/** A group's view of one topic: ordered lanes by key, one handler call at a time a member. */
export class GroupQueue {
  private readonly lanes = new Map<string, KeyLane>();
  private readonly members: { readonly handle: BatchHandler; readonly options: SubscribeOptions; running: Promise<void> | null; closed: boolean }[] = [];
  private readyKeys: string[] = [];
  private roomWaiters: (() => void)[] = [];
  private idleWaiters: (() => void)[] = [];
  private count = 0;
  private isEnded = false;

  constructor(
    private readonly topic: Topic<unknown>, private readonly group: string, private readonly capacity: number, private readonly clock: Clock,
    private readonly bury: (letter: DeadLetter) => void,
  ) {}

  get size(): number {
    return this.count;
  }

  get hasRoom(): boolean {
    return this.count < this.capacity;
  }

  /** Resolves when there is room for one more, or nobody will make any. */
  async room(): Promise<void> {
    while (!this.hasRoom && !this.isEnded) await new Promise<void>((resolve) => { this.roomWaiters.push(resolve); });
  }

  /** Nothing will be handled any more: who waits for room need not. */
  end(): void {
    this.isEnded = true;
    for (const resolve of this.roomWaiters.splice(0)) resolve();
  }

  push(parcel: Omit<Parcel, 'attempt' | 'firstAttemptAtMs'>): void {
    let lane = this.lanes.get(parcel.key);
    if (lane === undefined) this.lanes.set(parcel.key, lane = new KeyLane(parcel.key));
    const arrived: Parcel = { ...parcel, attempt: 1, firstAttemptAtMs: 0 };
    // The first of a busy lane is with the handler, or waits to be tried again.
    const replaceable = lane.busy ? 1 : 0;
    if (lane.waiting.length > replaceable && this.wantsNewestOnly) {
      lane.waiting[lane.waiting.length - 1] = arrived;
      return;
    }
    lane.waiting.push(arrived);
    this.count += 1;
    if (!lane.busy && lane.waiting.length === 1) this.readyKeys.push(lane.key);
    this.wake();
  }

  join(handle: BatchHandler, options: SubscribeOptions): () => Promise<void> {
    const member = { handle, options, running: null as Promise<void> | null, closed: false };
    this.members.push(member);
    this.wake();
    return async () => {
      if (!member.closed) this.members.splice(this.members.indexOf(member), 1);
      member.closed = true;
      await member.running;
      this.wake();
    };
  }

  idle(): Promise<void> {
    return this.count === 0 ? Promise.resolve() : new Promise((resolve) => { this.idleWaiters.push(resolve); });
  }

  private get wantsNewestOnly(): boolean {
    return this.members.length > 0 && this.members.every(({ options }) => options.newestOnly === true);
  }

  private wake(): void {
    for (const member of this.members) {
      if (member.running !== null || this.readyKeys.length === 0) continue;
      member.running = this.serve(member).finally(() => {
        member.running = null;
        // A message that came between the last look and here.
        if (this.readyKeys.length > 0 && !member.closed) this.wake();
      });
    }
  }

  private async serve(member: (typeof this.members)[number]): Promise<void> {
    // A turn of the microtask queue, so that a publisher never runs a handler inside its own call.
    await Promise.resolve();
    while (!member.closed && this.readyKeys.length > 0) {
      const lanes = this.takeLanes(member.options.maxBatch ?? 1);
      const batch: { lane: KeyLane; parcel: Parcel; delivery: Delivery<unknown> }[] = [];
      for (const lane of lanes) {
        const parcel = lane.waiting[0]!;
        if (parcel.attempt === 1) parcel.firstAttemptAtMs = this.clock.nowMs();
        try {
          batch.push({ lane, parcel, delivery: { key: parcel.key, message: parcel.letter.read(), header: parcel.header, attempt: parcel.attempt } });
        } catch (error) {
          this.settle(lane, error, true, member.options);
        }
      }
      if (batch.length === 0) continue;
      let failure: unknown = null;
      let failed = false;
      try {
        await member.handle(batch.map(({ delivery }) => delivery));
      } catch (error) {
        failed = true;
        failure = error;
      }
      for (const { lane } of batch) {
        if (failed) this.settle(lane, failure, false, member.options);
        else this.finish(lane);
      }
    }
  }

  /** Lanes for one call. What failed before comes alone: nobody knows which of a batch was at fault, and one must not bury the others. */
  private takeLanes(limit: number): KeyLane[] {
    const lanes: KeyLane[] = [];
    while (lanes.length < limit && this.readyKeys.length > 0) {
      const lane = this.lanes.get(this.readyKeys[0]!)!;
      const isRetry = lane.waiting[0]!.attempt > 1;
      if (isRetry && lanes.length > 0) break;
      this.readyKeys.shift();
      lane.busy = true;
      lanes.push(lane);
      if (isRetry) break;
    }
    return lanes;
  }

  private finish(lane: KeyLane): void {
    lane.waiting.shift();
    lane.busy = false;
    this.count -= 1;
    if (lane.waiting.length > 0) this.readyKeys.push(lane.key);
    else this.lanes.delete(lane.key);
    this.roomWaiters.shift()?.();
    if (this.count === 0) for (const resolve of this.idleWaiters.splice(0)) resolve();
  }

  private settle(lane: KeyLane, error: unknown, poison: boolean, options: SubscribeOptions): void {
    const parcel = lane.waiting[0]!;
    if (!poison && parcel.attempt < (options.maxAttempts ?? 3)) {
      const delayMs = Math.min(RETRY_FIRST_MS * 2 ** (parcel.attempt - 1), RETRY_CAP_MS);
      parcel.attempt += 1;
      this.clock.after(delayMs, () => {
        lane.busy = false;
        this.readyKeys.push(lane.key);
        this.wake();
      });
      return;
    }
    if (this.topic.name !== deadLetters.name) this.bury(this.letter(parcel, error));
    this.finish(lane);
  }

  private letter(parcel: Parcel, error: unknown): DeadLetter {
    const { key, letter: { bytes }, header, attempt, firstAttemptAtMs } = parcel;
    return deadLetterOf({ topic: this.topic.name, group: this.group, key, bytes, header, attempts: attempt, firstAttemptAtMs }, error, this.clock.nowMs());
  }
}
