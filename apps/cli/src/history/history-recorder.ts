import { commandEvents, commands, stopRequests } from '@quaymaster/messages';
import type { Delivery, MessageBus, Subscription } from '@quaymaster/ports';
import type { HistoryFile } from './history-file';
import type { Unplaced } from './history-record';

/** A broadcast group: whoever records hears everything. */
export const HISTORY_GROUP = 'history';

const BATCH = 256;

/** Takes down what is asked for on the bus and what is said to have become of it. Idempotent: a message that comes again is taken down once. */
export class HistoryRecorder {
  private readonly recorded = new Set<string>();
  private subscriptions: Subscription[] = [];

  constructor(private readonly file: HistoryFile) {}

  /** Resolves when it hears. What is published before may be missed: vehicles and services start afterwards. */
  async listen(bus: MessageBus): Promise<void> {
    this.subscriptions = await Promise.all([
      bus.subscribe(commands, HISTORY_GROUP, async (batch) => {
        for (const one of batch) this.record(commands.name, one, { ...origin(one), kind: 'issued', at: one.header.publishedAtMs, command: one.message });
      }, { maxBatch: BATCH }),
      bus.subscribe(stopRequests, HISTORY_GROUP, async (batch) => {
        for (const one of batch) this.record(stopRequests.name, one, { ...origin(one), kind: 'stop-requested', at: one.header.publishedAtMs, request: one.message });
      }, { maxBatch: BATCH }),
      bus.subscribe(commandEvents, HISTORY_GROUP, async (batch) => {
        for (const one of batch) this.record(commandEvents.name, one, { ...origin(one), kind: 'event', at: one.message.atMs, event: one.message });
      }, { maxBatch: BATCH }),
    ]);
  }

  /** Resolves when it hears no more. The file stays open. */
  async close(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
    this.subscriptions = [];
  }

  private record(topic: string, { header }: Delivery<unknown>, record: Unplaced): void {
    const key = `${topic} ${header.messageId}`;
    if (this.recorded.has(key)) return;
    this.file.append(record);
    this.recorded.add(key);
  }
}

function origin({ header: { messageId, source } }: Delivery<unknown>): { messageId: string; source: string } {
  return { messageId, source };
}
