import { BusUnavailableError, type Cancel } from '@quaymaster/ports';
import { Partitioners, type Message, type Producer } from 'kafkajs';
import type { KafkaSettings } from './kafka-bus.options';
import { KafkaClient, RETRY } from './kafka-client';
import { Pace } from './pace';
import type { TopicDirectory } from './topic-directory';
import { within } from './within';

/** kafkajs hands the partitioner the very object it was given: the partition is noted there, to know of each message where it went. */
interface Outgoing extends Message {
  partition?: number;
  readonly deadlineMs: number;
  readonly accept: () => void;
  readonly refuse: (error: BusUnavailableError) => void;
}

interface Outbox {
  readonly topic: string;
  /** Keeps requests of a topic with many messages apart. */
  readonly pace: Pace;
  waiting: Outgoing[];
  isSending: boolean;
}

interface Slot {
  readonly client: KafkaClient;
  readonly producer: Producer;
  readonly connected: Promise<void>;
  inFlight: number;
  isRetired: boolean;
}

/** Room for the record's own fields within the broker's limit of 1 MiB a batch. */
const MAX_MESSAGE_BYTES = 900_000;
const DISMISS_TIMEOUT_MS = 1000;

/**
 * Writes to topics through an idempotent producer, one request in flight, in the order of the calls: what is published while a request is on its way makes
 * up the next one. A topic waits only for requests of its own. After an error that a retry does not mend the producer is replaced.
 */
export class Publisher {
  /** Messages acknowledged by the broker and refused, requests made, and producers given up, since the start. */
  readonly counts = { acknowledged: 0, refused: 0, requests: 0, replaced: 0 };
  private readonly outboxes = new Map<string, Outbox>();
  /** Last acknowledged offset by topic and partition. */
  private readonly lastOffsets = new Map<string, Map<number, number>>();
  private slot: Slot | null = null;
  private waiting = 0;
  private isClosed = false;
  private readonly sending = new Set<Promise<void>>();
  isAvailable = true;

  constructor(private readonly settings: KafkaSettings, private readonly directory: TopicDirectory) {}

  /** Last offset of each partition that this publisher has written to. */
  writtenTo(topic: string): ReadonlyMap<number, number> {
    return this.lastOffsets.get(topic) ?? new Map<number, number>();
  }

  /**
   * Resolves when the broker has acknowledged the message. Rejects with BusUnavailableError within the publish time-out.
   * @throws RangeError when the message is too large for any topic.
   */
  publish(topic: string, key: string, value: Uint8Array, headers: Record<string, string>): Promise<void> {
    if (value.length > MAX_MESSAGE_BYTES) throw new RangeError(`${topic}: a message of ${value.length} bytes is above ${MAX_MESSAGE_BYTES}`);
    if (this.isClosed) return Promise.reject(new BusUnavailableError(`${topic}: the bus is closed`));
    if (this.waiting >= this.settings.maxWaitingToSend) {
      this.counts.refused += 1;
      return Promise.reject(new BusUnavailableError(`${topic}: ${this.waiting} messages wait to be sent already`));
    }
    let outbox = this.outboxes.get(topic);
    if (outbox === undefined) this.outboxes.set(topic, outbox = { topic, pace: this.paceOf(topic), waiting: [], isSending: false });
    const { waiting } = outbox;
    this.waiting += 1;
    const deadlineMs = this.settings.clock.monotonicMs() + this.settings.publishTimeoutMs;
    // A view, not a copy: the bytes were made for this message.
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const outcome = new Promise<void>((accept, refuse) => { waiting.push({ key, value: bytes, headers, deadlineMs, accept, refuse }); });
    this.pump(outbox);
    return outcome;
  }

  /** Refuses what has not been sent yet and waits for what has. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const outbox of this.outboxes.values()) this.refuse(outbox.waiting.splice(0), new BusUnavailableError(`${outbox.topic}: the bus is closed`));
    await Promise.all(this.sending);
    if (this.slot !== null) {
      this.slot.isRetired = true;
      await this.dismiss(this.slot);
    }
  }

  /** Breaks the connections, as a fault of the network would. */
  breakConnections(): void {
    this.slot?.client.sockets.break();
  }

  private pump(outbox: Outbox): void {
    if (outbox.isSending || outbox.waiting.length === 0) return;
    outbox.isSending = true;
    const sending: Promise<void> = this.sendAll(outbox).finally(() => {
      outbox.isSending = false;
      this.sending.delete(sending);
      this.pump(outbox);
    });
    this.sending.add(sending);
  }

  private async sendAll(outbox: Outbox): Promise<void> {
    // A turn of the microtask queue: what is published together is sent together.
    await Promise.resolve();
    while (outbox.waiting.length > 0) {
      await outbox.pace.rest();
      const nowMs = this.settings.clock.monotonicMs();
      const late = outbox.waiting.findIndex(({ deadlineMs }) => deadlineMs > nowMs);
      if (late !== 0) {
        const expired = outbox.waiting.splice(0, late === -1 ? outbox.waiting.length : late);
        this.refuse(expired, new BusUnavailableError(`${outbox.topic}: not sent within ${this.settings.publishTimeoutMs} ms`));
        continue;
      }
      outbox.pace.begin();
      await this.send(outbox.topic, outbox.waiting.splice(0, this.settings.maxMessagesPerRequest));
    }
  }

  private paceOf(topic: string): Pace {
    const { prefix, streamTopics, gatherMs, clock } = this.settings;
    return new Pace(clock, streamTopics.has(topic.slice(prefix.length)) ? gatherMs : 0);
  }

  private async send(topic: string, messages: Outgoing[]): Promise<void> {
    const slot = this.slot ?? this.open();
    slot.inFlight += 1;
    this.counts.requests += 1;
    let cancel: Cancel = () => undefined;
    let isSent = false;
    try {
      const isOver = new Promise<never>((_, reject) => {
        const leftMs = Math.max(1, messages[0]!.deadlineMs - this.settings.clock.monotonicMs());
        cancel = this.settings.clock.after(leftMs, () => {
          // kafkajs would go on trying: what is reported as not published must not be written after all.
          if (isSent) slot.client.sockets.cut();
          reject(new Error(`not acknowledged within ${this.settings.publishTimeoutMs} ms`));
        });
      });
      isOver.catch(() => undefined);
      await Promise.race([this.directory.see(topic), isOver]);
      isSent = true;
      const sent = slot.connected.then(() => slot.producer.send({ topic, acks: -1, timeout: this.settings.publishTimeoutMs, messages }));
      sent.catch(() => undefined);
      this.note(topic, messages, await Promise.race([sent, isOver]));
    } catch (cause) {
      this.isAvailable = false;
      if (isSent) this.retire(slot, cause);
      this.refuse(messages, new BusUnavailableError(`${topic}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }));
    } finally {
      cancel();
      slot.inFlight -= 1;
      if (slot.isRetired && slot.inFlight === 0) void this.dismiss(slot);
    }
  }

  private note(topic: string, messages: readonly Outgoing[], acknowledgements: readonly { readonly partition: number; readonly baseOffset?: string }[]): void {
    const counts = new Map<number, number>();
    for (const { partition } of messages) if (partition !== undefined) counts.set(partition, (counts.get(partition) ?? 0) + 1);
    let offsets = this.lastOffsets.get(topic);
    if (offsets === undefined) this.lastOffsets.set(topic, offsets = new Map<number, number>());
    for (const { partition, baseOffset } of acknowledgements) {
      const last = Number(baseOffset ?? NaN) + (counts.get(partition) ?? 0) - 1;
      if (last > (offsets.get(partition) ?? -1)) offsets.set(partition, last);
    }
    this.isAvailable = true;
    this.counts.acknowledged += messages.length;
    this.waiting -= messages.length;
    for (const { accept } of messages) accept();
  }

  private refuse(messages: readonly Outgoing[], error: BusUnavailableError): void {
    this.waiting -= messages.length;
    this.counts.refused += messages.length;
    for (const { refuse } of messages) refuse(error);
  }

  private open(): Slot {
    const client = new KafkaClient(this.settings);
    const producer = client.kafka.producer({
      idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, retry: RETRY,
      createPartitioner: () => {
        const choose = Partitioners.DefaultPartitioner();
        return (choice) => (choice.message as Outgoing).partition = choose(choice);
      },
    });
    const connected = producer.connect();
    connected.catch(() => undefined);
    return this.slot = { client, producer, connected, inFlight: 0, isRetired: false };
  }

  /** The next request gets another producer; requests of other topics that are on their way end on the old one. */
  private retire(slot: Slot, cause: unknown): void {
    if (slot.isRetired) return;
    slot.isRetired = true;
    if (this.slot === slot) this.slot = null;
    this.counts.replaced += 1;
    this.settings.onLog({ level: 'warn', message: 'Kafka producer replaced', details: { because: cause instanceof Error ? cause.message : String(cause) } });
  }

  private async dismiss({ client, producer }: Slot): Promise<void> {
    await within(this.settings.clock, DISMISS_TIMEOUT_MS, producer.disconnect());
    client.sockets.cut();
  }
}
