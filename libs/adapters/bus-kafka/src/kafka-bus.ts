import { randomUUID } from 'node:crypto';
import { deadLetters, type DeadLetter, type Topic } from '@quaymaster/messages';
import { BusUnavailableError, MessageBus, type Delivery, type MessageHeader, type SubscribeOptions, type Subscription } from '@quaymaster/ports';
import { GroupConsumer } from './group-consumer';
import { GroupQueue, type BatchHandler } from './group-queue';
import { settingsFrom, type KafkaBusOptions, type KafkaSettings } from './kafka-bus.options';
import type { KafkaBusHealth } from './kafka-bus.health';
import { Publisher } from './publisher';
import { headersOf } from './record';
import { deleteTopics, ensureTopics, type TopicShape } from './topic-admin';
import { TopicDirectory } from './topic-directory';

interface Group {
  readonly topic: string;
  readonly name: string;
  readonly queue: GroupQueue;
  readonly consumer: GroupConsumer;
  readonly started: Promise<void>;
}

/**
 * The message bus on Apache Kafka. A topic of the port is a topic of Kafka; a group of the port is the Kafka group `<group>.<topic>`, which all instances
 * that subscribe share, or `<group>.<instanceId>.<topic>` for broadcast groups. A new group begins on compacted topics with the newest message of each key,
 * else from now; one that is known goes on where it had committed. Topics must exist before they are used (`ensureTopics`), the dead letters included.
 *
 * A publish that rejects may have been written all the same when the connection broke between the broker's writing and its answer: no client can
 * tell. Whoever publishes again gives the same `messageId`, and handlers are idempotent.
 */
export class KafkaBus extends MessageBus {
  private readonly settings: KafkaSettings;
  private readonly directory: TopicDirectory;
  private readonly publisher: Publisher;
  /** Requests of priority topics have a producer and connections of their own. */
  private readonly priorityPublisher: Publisher;
  private readonly groups = new Map<string, Group>();
  private readonly idPrefix = randomUUID();
  private readonly counts = { published: 0, deadLettered: 0 };
  private serial = 0;
  private isClosed = false;
  private closing: Promise<void> | null = null;

  constructor(options: KafkaBusOptions) {
    super();
    this.settings = settingsFrom(options);
    this.directory = new TopicDirectory(this.settings);
    this.publisher = new Publisher(this.settings, this.directory);
    this.priorityPublisher = new Publisher(this.settings, this.directory);
  }

  /**
   * Makes topics that are missing, as compacted ones where they are named so at construction, and checks those that are there. Returns the names made.
   * @throws TopicMismatchError when a topic has another number of partitions or another clean-up policy
   * @throws BusUnavailableError when the broker cannot be asked
   */
  async ensureTopics(names: readonly string[], shape: TopicShape = {}): Promise<string[]> {
    return this.asking(() => ensureTopics(this.settings, names, shape));
  }

  /** Deletes topics and all that they hold. */
  async deleteTopics(names: readonly string[]): Promise<void> {
    await this.asking(() => deleteTopics(this.settings, names));
  }

  async publish<T>(topic: Topic<T>, key: string, message: T, header: Partial<MessageHeader> = {}): Promise<void> {
    if (this.isClosed) throw new BusUnavailableError(`${topic.name}: the bus is closed`);
    await this.write(topic, key, message, header);
  }

  async subscribe<T>(
    topic: Topic<T>, group: string, handle: (batch: readonly Delivery<T>[]) => Promise<void>, options: SubscribeOptions = {},
  ): Promise<Subscription> {
    if (this.isClosed) throw new BusUnavailableError(`${topic.name}: the bus is closed`);
    const id = `${group} ${topic.name}`;
    let joined = this.groups.get(id);
    if (joined === undefined) this.groups.set(id, joined = this.join(topic, group));
    const leave = joined.queue.join(handle as BatchHandler, options);
    const { consumer, queue, started } = joined;
    const close = async (): Promise<void> => {
      await leave();
      if (queue.memberCount > 0) return;
      if (this.groups.get(id)?.consumer === consumer) this.groups.delete(id);
      await consumer.close();
    };
    try {
      await started;
    } catch (error) {
      await close();
      throw error;
    }
    return { close };
  }

  /**
   * Resolves when every message that this process has published so far, and what its handlers publish meanwhile, has been handled by the groups of this
   * process, or sent to the dead letters. Partitions that other instances of a group own are theirs to handle, and are not waited for.
   */
  async idle(): Promise<void> {
    for (let before = -1; before !== this.counts.published;) {
      before = this.counts.published;
      for (const { topic, consumer } of [...this.groups.values()]) {
        for (const publisher of [this.publisher, this.priorityPublisher]) {
          for (const [partition, offset] of [...publisher.writtenTo(this.settings.prefix + topic)]) await consumer.handledThrough(partition, offset);
        }
      }
    }
  }

  close(): Promise<void> {
    this.isClosed = true;
    return this.closing ??= this.end();
  }

  health(): KafkaBusHealth {
    const publishers = [this.publisher, this.priorityPublisher];
    const sum = (of: (publisher: Publisher) => number): number => publishers.reduce((total, publisher) => total + of(publisher), 0);
    return {
      isPublishing: publishers.every(({ isAvailable }) => isAvailable),
      published: sum(({ counts }) => counts.acknowledged), refused: sum(({ counts }) => counts.refused),
      requests: sum(({ counts }) => counts.requests), producersReplaced: sum(({ counts }) => counts.replaced),
      deadLettered: this.counts.deadLettered,
      groups: [...this.groups.values()].map(({ topic, name, queue, consumer }) => ({
        topic, group: name, groupId: consumer.plan.groupId, isJoined: consumer.isJoined, partitions: consumer.partitions, waiting: queue.size, lag: consumer.lag,
        silentForMs: consumer.silentForMs, ...consumer.counts, ...queue.counts,
      })),
    };
  }

  /** Breaks every connection to the brokers, as a fault of the network would; they are made again. For fault injection. */
  breakConnections(): void {
    for (const { consumer } of this.groups.values()) consumer.breakConnections();
    this.publisher.breakConnections();
    this.priorityPublisher.breakConnections();
  }

  private async write<T>(topic: Topic<T>, key: string, message: T, header: Partial<MessageHeader>): Promise<void> {
    this.serial += 1;
    const headers = headersOf({
      messageId: header.messageId ?? `${this.idPrefix}-${this.serial}`, source: header.source ?? '',
      publishedAtMs: header.publishedAtMs ?? this.settings.clock.nowMs(), traceparent: header.traceparent ?? '',
    });
    const publisher = topic.priority ? this.priorityPublisher : this.publisher;
    await publisher.publish(this.settings.prefix + topic.name, key, topic.encode(message), headers);
    this.counts.published += 1;
  }

  private join(topic: Topic<unknown>, group: string): Group {
    const { prefix, instanceId, compactedTopics, broadcastGroups, streamTopics, gatherMs, capacityPerGroup, clock } = this.settings;
    const isBroadcast = broadcastGroups.has(group);
    const queue = new GroupQueue(topic, group, capacityPerGroup, clock, (letter) => this.bury(letter), () => { consumer.scheduleCommit(); });
    const groupId = `${prefix}${group}.${isBroadcast ? `${instanceId}.` : ''}${topic.name}`;
    const consumer: GroupConsumer = new GroupConsumer(
      { topic: prefix + topic.name, groupId, isCompacted: compactedTopics.has(topic.name), isBroadcast, gatherMs: streamTopics.has(topic.name) ? gatherMs : 0 }, queue, this.settings,
    );
    return { topic: topic.name, name: group, queue, consumer, started: this.start(topic.name, consumer) };
  }

  private async start(topic: string, consumer: GroupConsumer): Promise<void> {
    await Promise.all([topic, deadLetters.name].map((name) => this.directory.see(this.settings.prefix + name)));
    await consumer.start();
  }

  /** The record counts as handled only when its letter is written; where it cannot be, the record stays with the group. */
  private async bury(letter: DeadLetter): Promise<void> {
    await this.write(deadLetters, letter.sourceTopic, letter, {});
    this.counts.deadLettered += 1;
  }

  private async end(): Promise<void> {
    const publishersClosed = Promise.all([this.publisher.close(), this.priorityPublisher.close()]);
    await Promise.all([...this.groups.values()].map(({ consumer }) => consumer.close()));
    this.groups.clear();
    await publishersClosed;
  }

  private async asking<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      if (cause instanceof Error && cause.name.startsWith('KafkaJS')) throw new BusUnavailableError(cause.message, { cause });
      throw cause;
    }
  }
}
