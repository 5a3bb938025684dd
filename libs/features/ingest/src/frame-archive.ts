import { Controller, Injectable, Logger } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type Frame, frames } from '@quaymaster/messages';
import { OnTopic } from '@quaymaster/nest-platform';
import { AnalyticsStore, type Cancel, Clock, type Delivery } from '@quaymaster/ports';
import { IngestCounters } from './ingest-counters';

const FLUSH_MS = 1000;
const BATCH_ROWS = 1000;
/** Rows that wait at most while the store is busy; beyond it history has a gap, control does not. */
const MAX_WAITING_ROWS = 50_000;

/** Writes accepted frames to the analytics store in batches, in its own consumer group: nothing else waits for it. */
@Injectable()
export class FrameArchive {
  private readonly log = new Logger(FrameArchive.name);
  private waiting: Frame[] = [];
  /** Rows that the store has not answered for: those that wait and those on their way to it. */
  private open = 0;
  private writing: Promise<void> = Promise.resolve();
  private serial = 0;
  private complained = false;
  private cancel: Cancel = () => undefined;

  constructor(private readonly store: AnalyticsStore, private readonly clock: Clock, private readonly counters: IngestCounters) {}

  start(): void {
    this.cancel = this.clock.every(FLUSH_MS, () => { this.flush(); });
  }

  async stop(): Promise<void> {
    this.cancel();
    this.flush();
    await this.writing;
  }

  add(rows: readonly Frame[]): void {
    const taken = rows.slice(0, MAX_WAITING_ROWS - this.open);
    if (taken.length < rows.length) this.counters.drop(rows.length - taken.length);
    this.open += taken.length;
    for (const row of taken) this.waiting.push(row);
    if (this.waiting.length >= BATCH_ROWS) this.flush();
  }

  private flush(): void {
    if (this.waiting.length === 0) return;
    const batch = this.waiting;
    this.waiting = [];
    this.serial += 1;
    const token = `frames-${batch[0]!.receivedAtMs}-${this.serial}`;
    this.writing = this.writing.then(async () => {
      try {
        await this.store.appendFrames(batch, token);
        this.counters.archive(batch.length);
        this.complained = false;
      } catch (error) {
        this.counters.drop(batch.length);
        if (!this.complained) this.log.warn(`history has a gap: ${error instanceof Error ? error.message : String(error)}`);
        this.complained = true;
      } finally {
        this.open -= batch.length;
      }
    });
  }
}

/** The archive's ear on the bus. */
@Controller()
export class FrameArchiveController {
  constructor(private readonly archive: FrameArchive) {}

  @OnTopic(frames, 'archive', { maxBatch: 256 })
  async onFrames(@Payload() batch: readonly Delivery<Frame>[]): Promise<void> {
    this.archive.add(batch.map((delivery) => delivery.message));
  }
}
