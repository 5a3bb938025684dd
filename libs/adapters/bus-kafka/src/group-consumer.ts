import { BusUnavailableError, type Cancel } from '@quaymaster/ports';
import type { Broker, EachBatchPayload, Offsets } from 'kafkajs';
import { ConsumerLink, type LinkEvents } from './consumer-link';
import type { GroupQueue } from './group-queue';
import type { KafkaSettings } from './kafka-bus.options';
import { withAdmin } from './kafka-client';
import { PartitionProgress } from './partition-progress';
import { recordOf } from './record';
import { commitStartingPoint } from './starting-point';
import { within } from './within';

const REBUILD_FIRST_MS = 200;
const REBUILD_CAP_MS = 3000;
const WATCH_PERIOD_MS = 1000;
const COMMIT_TIMEOUT_MS = 2000;
const BEGIN_PAUSE_MS = 250;
/** Positions of a group that begins anew with this process matter only until its consumer has been built anew. */
const OWN_COMMIT_MS = 1000;

export interface GroupPlan {
  /** Name at the broker. */
  readonly topic: string;
  readonly groupId: string;
  readonly isCompacted: boolean;
  /** The group belongs to this instance alone: it begins anew and is deleted when closed. */
  readonly isBroadcast: boolean;
  /** From one fetch to the next at least [ms]. */
  readonly gatherMs: number;
}

/** Partitions of one generation of the group. What was fetched under an earlier one moves nothing any more. */
interface Epoch {
  readonly assigned: ReadonlySet<number>;
  readonly progress: Map<number, PartitionProgress>;
  /** Partitions of which kafkajs was sent back to the committed offset once. */
  readonly corrected: Set<number>;
  starts: Promise<void> | null;
  isStarted: boolean;
  commit: ((offsets: Offsets) => Promise<void>) | null;
}

/** Feeds a group's queue from Kafka, commits what has been handled, and is built anew when it stalls or crashes. */
export class GroupConsumer {
  readonly counts = { rebuilt: 0, rebalanced: 0, unknownOffsets: 0, correctedOffsets: 0, fetched: 0 };
  private link: ConsumerLink | null = null;
  private epoch: Epoch | null = null;
  private hasBegun = false;
  private isClosed = false;
  private lastProgressMs = 0;
  private failuresInRow = 0;
  private lastError: unknown = null;
  private commitTimer: Cancel | null = null;
  private committing: Promise<void> = Promise.resolve();
  private stopWatching: Cancel = () => undefined;
  private cancelRebuild: Cancel | null = null;
  private readonly lags = new Map<number, number>();
  /** Where the read-in of a compacted topic ends, by partition. */
  private readonly readInUntil = new Map<number, number>();

  constructor(readonly plan: GroupPlan, private readonly queue: GroupQueue, private readonly settings: KafkaSettings) {
    queue.isPoisonWhenEmpty = !plan.isCompacted;
  }

  get isJoined(): boolean {
    return this.epoch !== null;
  }

  get partitions(): readonly number[] {
    return [...this.epoch?.assigned ?? []];
  }

  /** Records behind the newest in this process's partitions, as of the last fetches. */
  get lag(): number {
    let lag = this.queue.size;
    for (const [partition, behind] of this.lags) if (this.epoch?.assigned.has(partition) === true) lag += behind;
    return lag;
  }

  get silentForMs(): number {
    return this.settings.clock.monotonicMs() - this.lastProgressMs;
  }

  /** Resolves when this process is a member of the group. Rejects with BusUnavailableError when it is not within the publish time-out. */
  async start(): Promise<void> {
    this.lastProgressMs = this.settings.clock.monotonicMs();
    this.stopWatching = this.settings.clock.every(WATCH_PERIOD_MS, () => { this.watch(); });
    this.connect();
    const deadlineMs = this.settings.clock.monotonicMs() + Math.max(this.settings.publishTimeoutMs, this.settings.sessionTimeoutMs * 2);
    while (this.epoch === null && this.settings.clock.monotonicMs() < deadlineMs) await within(this.settings.clock, 1000, this.queue.change());
    if (this.isJoined) return;
    await this.close();
    throw new BusUnavailableError(`${this.plan.groupId}: not joined${this.lastError instanceof Error ? `: ${this.lastError.message}` : ''}`, { cause: this.lastError });
  }

  /** Waits for running handlers, commits, leaves the group. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.stopWatching();
    this.cancelRebuild?.();
    await this.queue.pause();
    this.commitTimer?.();
    if (this.epoch !== null) await this.commit(this.epoch);
    this.epoch = null;
    await this.link?.close();
    this.queue.changed();
    if (this.plan.isBroadcast) await this.forget();
  }

  /** Resolves when this process has handled the partition beyond the offset, or does not own it. */
  async handledThrough(partition: number, offset: number): Promise<void> {
    for (;;) {
      if (this.isClosed) return;
      const { epoch } = this;
      if (epoch?.isStarted === true) {
        if (!epoch.assigned.has(partition)) return;
        const progress = epoch.progress.get(partition);
        if (progress !== undefined && progress.position > offset) return;
      }
      await this.queue.change();
    }
  }

  breakConnections(): void {
    this.link?.breakConnections();
  }

  private connect(): void {
    const link: ConsumerLink = new ConsumerLink(this.settings, this.plan.topic, this.plan.groupId, this.plan.gatherMs, this.eventsOf(() => link));
    this.link = link;
    link.start().catch((error: unknown) => { this.rebuild(link, error); });
  }

  /** Events of a link that is no longer the present one do nothing. */
  private eventsOf(linkOf: () => ConsumerLink): LinkEvents {
    const isPresent = (): boolean => this.link === linkOf();
    return {
      beforeJoin: async (coordinator) => { if (isPresent()) await this.beforeJoin(coordinator); },
      joined: (partitions) => { if (isPresent()) this.joined(linkOf(), partitions); },
      fetched: async (payload) => { if (isPresent()) await this.take(linkOf(), payload); },
      progressed: () => {
        if (!isPresent()) return;
        this.lastProgressMs = this.settings.clock.monotonicMs();
        this.failuresInRow = 0;
      },
      unknownOffset: (partitions) => {
        if (!isPresent()) return;
        this.counts.unknownOffsets += partitions.length;
        // Offsets of a log that was cut or made anew need not mean what they did.
        this.queue.handledBefore.forget();
        for (const partition of partitions) this.epoch?.progress.delete(partition);
        this.log('warn', 'no usable offset: reading from the oldest record', { partitions });
      },
      crashed: (error) => { this.rebuild(linkOf(), error); },
    };
  }

  /** Drains first, fences second: handlers end and their work is committed under the old generation; then nothing of it counts any more. */
  private async beforeJoin(coordinator: () => Promise<Broker>): Promise<void> {
    const { epoch } = this;
    if (epoch !== null) {
      this.counts.rebalanced += 1;
      if (!await within(this.settings.clock, this.settings.drainTimeoutMs, this.queue.pause())) this.log('warn', 'rebalance while handlers were running', {});
      await this.commit(epoch);
      this.epoch = null;
    }
    if (!this.hasBegun) await this.begin(await coordinator());
  }

  private async begin(coordinator: Broker): Promise<void> {
    const { topic, groupId, isCompacted, isBroadcast } = this.plan;
    const log = await withAdmin(this.settings, (admin) => admin.fetchTopicOffsets(topic));
    const begun = await commitStartingPoint(
      coordinator, { groupId, topic, isFromOldest: isCompacted, isAnew: isBroadcast, log }, () => this.settings.clock.sleep(BEGIN_PAUSE_MS),
    );
    if (isCompacted) for (const [partition, end] of begun) this.readInUntil.set(partition, end);
    this.hasBegun = true;
  }

  private joined(link: ConsumerLink, partitions: readonly number[]): void {
    this.queue.reset();
    const epoch: Epoch = { assigned: new Set(partitions), progress: new Map(), corrected: new Set(), starts: null, isStarted: false, commit: null };
    this.epoch = epoch;
    this.startsOf(link, epoch).catch((error: unknown) => { this.log('warn', 'committed offsets not read, trying again', { because: String(error) }); });
    this.queue.changed();
    if (!this.isClosed) this.queue.resume();
  }

  /** Reads where the group stands in each partition, once a generation. */
  private startsOf(link: ConsumerLink, epoch: Epoch): Promise<void> {
    epoch.starts ??= (async () => {
      const committed = epoch.assigned.size === 0 ? new Map<number, number | null>() : await link.committed([...epoch.assigned]);
      for (const [partition, offset] of committed) {
        if (offset === null) continue;
        epoch.progress.set(partition, new PartitionProgress(partition, offset));
        this.queue.handledBefore.forgetBelow(partition, offset);
        if (offset >= (this.readInUntil.get(partition) ?? 0)) this.readInUntil.delete(partition);
      }
      epoch.isStarted = true;
      if (this.isReadingIn(epoch)) this.queue.hold();
      this.queue.changed();
    })().catch((error: unknown) => {
      epoch.starts = null;
      throw error;
    });
    return epoch.starts;
  }

  private isReadingIn(epoch: Epoch): boolean {
    return [...this.readInUntil.keys()].some((partition) => epoch.assigned.has(partition));
  }

  /** Takes a fetched batch record by record, as there is room. Resolving an offset here only moves the fetch; committing is ours. */
  private async take(link: ConsumerLink, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { epoch } = this;
    if (epoch?.assigned.has(batch.partition) !== true) return;
    await this.startsOf(link, epoch);
    const isOver = (): boolean => this.isClosed || this.epoch !== epoch || !payload.isRunning() || payload.isStale();
    if (isOver()) return;
    epoch.commit ??= (offsets) => payload.commitOffsetsIfNecessary(offsets);
    const progress = this.progressFor(link, epoch, batch);
    if (progress === null) return;
    this.counts.fetched += batch.messages.length;
    this.lags.set(batch.partition, 0);
    for (const message of batch.messages) {
      while (!this.queue.hasRoom && !isOver()) {
        this.queue.release();
        await within(this.settings.clock, WATCH_PERIOD_MS, this.queue.change());
        await payload.heartbeat();
      }
      if (isOver()) return;
      if (Number(message.offset) >= progress.expected) this.queue.push(recordOf(this.plan.topic, batch.partition, message), progress);
      payload.resolveOffset(message.offset);
    }
    progress.skipTo(Number(batch.lastOffset()) + 1);
    this.lags.set(batch.partition, Math.max(0, Number(batch.highWatermark) - progress.expected));
    this.readIn(epoch, progress);
    this.scheduleCommit();
  }

  /**
   * A batch that was on its way when the group changed may lie beyond what the group has committed; taking it would skip what is between. kafkajs is sent
   * back, once: beyond a gap that is still there then, there is nothing.
   */
  private progressFor(link: ConsumerLink, epoch: Epoch, batch: EachBatchPayload['batch']): PartitionProgress | null {
    const { partition } = batch;
    const first = Number(batch.messages[0]?.offset ?? batch.lastOffset());
    const known = epoch.progress.get(partition);
    if (known === undefined) {
      const fresh = new PartitionProgress(partition, first);
      epoch.progress.set(partition, fresh);
      return fresh;
    }
    if (first > known.expected && !epoch.corrected.has(partition)) {
      epoch.corrected.add(partition);
      this.counts.correctedOffsets += 1;
      link.seek(partition, known.expected);
      return null;
    }
    epoch.corrected.add(partition);
    return known;
  }

  private readIn(epoch: Epoch, progress: PartitionProgress): void {
    if (progress.expected < (this.readInUntil.get(progress.partition) ?? Infinity)) return;
    this.readInUntil.delete(progress.partition);
    if (!this.isReadingIn(epoch)) this.queue.release();
  }

  /** Called when something has been handled. */
  scheduleCommit(): void {
    if (this.commitTimer !== null || this.isClosed) return;
    const { commitIntervalMs } = this.settings;
    this.commitTimer = this.settings.clock.after(this.plan.isBroadcast ? Math.max(commitIntervalMs, OWN_COMMIT_MS) : commitIntervalMs, () => {
      this.commitTimer = null;
      if (this.epoch !== null) void this.commit(this.epoch);
    });
  }

  /** Commits the positions of an epoch, if it is still the present one. Not retried under another generation: its partitions may be somebody else's. */
  private commit(epoch: Epoch): Promise<void> {
    this.committing = this.committing.then(async () => {
      if (this.epoch !== epoch || epoch.commit === null) return;
      const moved = [...epoch.progress.values()].filter(({ position, committed }) => position > committed).map((progress) => ({ progress, position: progress.position }));
      if (moved.length === 0) return;
      const partitions = moved.map(({ progress, position }) => ({ partition: progress.partition, offset: String(position) }));
      const done = epoch.commit({ topics: [{ topic: this.plan.topic, partitions }] }).then(
        () => { for (const { progress, position } of moved) progress.committed = position; },
        (error: unknown) => {
          this.log('warn', 'offsets not committed', { because: error instanceof Error ? error.message : String(error) });
          this.scheduleCommit();
        },
      );
      await within(this.settings.clock, COMMIT_TIMEOUT_MS, done);
    });
    return this.committing;
  }

  private watch(): void {
    if (this.link !== null && this.silentForMs > this.settings.stallTimeoutMs) {
      this.rebuild(this.link, new Error(`neither fetched nor heard from its group for ${Math.round(this.silentForMs)} ms`));
    }
  }

  private rebuild(link: ConsumerLink, error: unknown): void {
    if (this.link !== link || this.isClosed) return;
    this.link = null;
    this.lastError = error;
    this.epoch = null;
    link.destroy();
    void this.queue.pause();
    this.counts.rebuilt += 1;
    this.failuresInRow += 1;
    const delayMs = Math.min(REBUILD_FIRST_MS * 2 ** (this.failuresInRow - 1), REBUILD_CAP_MS);
    this.log('error', 'Kafka consumer is built anew', { delayMs, because: error instanceof Error ? error.message : String(error) });
    this.cancelRebuild = this.settings.clock.after(delayMs, () => {
      this.lastProgressMs = this.settings.clock.monotonicMs();
      this.connect();
    });
  }

  private async forget(): Promise<void> {
    await withAdmin(this.settings, (admin) => admin.deleteGroups([this.plan.groupId])).catch((error: unknown) => {
      this.log('warn', 'group not deleted: the broker forgets it in its own time', { because: error instanceof Error ? error.message : String(error) });
    });
  }

  private log(level: 'warn' | 'error', message: string, details: Readonly<Record<string, unknown>>): void {
    this.settings.onLog({ level, message, details: { groupId: this.plan.groupId, ...details } });
  }
}
