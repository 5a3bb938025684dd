import { PartitionAssigners, type Broker, type Consumer, type EachBatchPayload, type PartitionAssigner } from 'kafkajs';
import type { KafkaSettings } from './kafka-bus.options';
import { KafkaClient, RETRY } from './kafka-client';
import { Pace } from './pace';
import { within } from './within';

/** Fetches wait this long for something to come; a group that is to rebalance is noticed within it. */
const FETCH_WAIT_MS = 500;
const HEARTBEAT_MS = 1000;
const CLOSE_TIMEOUT_MS = 5000;
const DESTROY_TIMEOUT_MS = 1500;

export interface LinkEvents {
  /** Called before each join of the group, the first included. What it awaits delays the join. */
  beforeJoin(coordinator: () => Promise<Broker>): Promise<void>;
  joined(partitions: readonly number[]): void;
  fetched(payload: EachBatchPayload): Promise<void>;
  /** The broker has heard from this member, or has answered it. */
  progressed(): void;
  /** The group has no offset for these partitions, or one that the log no longer holds: they are read from the oldest record that there is. */
  unknownOffset(partitions: readonly number[]): void;
  crashed(error: Error): void;
}

/** One life of a kafkajs consumer of one topic. It commits nothing by itself, and is not restarted: a crash ends it. */
export class ConsumerLink {
  private readonly client: KafkaClient;
  private readonly consumer: Consumer;
  private coordinator: (() => Promise<Broker>) | null = null;
  private readonly pace: Pace;
  private isEnded = false;

  /** @param gatherMs from one fetch to the next at least [ms] */
  constructor(private readonly settings: KafkaSettings, readonly topic: string, readonly groupId: string, gatherMs: number, private readonly events: LinkEvents) {
    this.pace = new Pace(settings.clock, gatherMs);
    this.client = new KafkaClient(settings);
    this.consumer = this.client.kafka.consumer({
      groupId, sessionTimeout: settings.sessionTimeoutMs, rebalanceTimeout: settings.sessionTimeoutMs * 2, heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS, allowAutoTopicCreation: false, partitionAssigners: [this.hookedAssigner],
      retry: { ...RETRY, restartOnFailure: async () => false },
    });
    const { events: names } = this.consumer;
    const alive = (): void => { if (!this.isEnded) events.progressed(); };
    this.consumer.on(names.FETCH_START, () => { this.pace.begin(); });
    this.consumer.on(names.FETCH, alive);
    this.consumer.on(names.HEARTBEAT, alive);
    this.consumer.on(names.GROUP_JOIN, ({ payload }) => {
      alive();
      if (!this.isEnded) events.joined(payload.memberAssignment[topic] ?? []);
    });
    this.consumer.on(names.CRASH, ({ payload }) => { if (!this.isEnded) events.crashed(payload.error); });
  }

  /** Resolves when the consumer runs or has crashed. */
  async start(): Promise<void> {
    await this.consumer.connect();
    // Where no offset is committed, or the committed one is gone, the oldest record is the only choice that skips nothing.
    await this.consumer.subscribe({ topics: [this.topic], fromBeginning: true });
    await this.consumer.run({
      autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 1,
      eachBatch: async (payload) => {
        if (this.isEnded) return;
        await this.events.fetched(payload);
        // Its records are on their way to their handlers; only the next fetch waits.
        await this.pace.rest();
      },
    });
  }

  /** Offset that the group has committed for each of the partitions; null where it has none. */
  async committed(partitions: readonly number[]): Promise<ReadonlyMap<number, number | null>> {
    if (this.coordinator === null) throw new Error(`${this.groupId}: not connected`);
    return committedOffsets(await this.coordinator(), this.groupId, this.topic, partitions);
  }

  seek(partition: number, offset: number): void {
    this.consumer.seek({ topic: this.topic, partition, offset: String(offset) });
  }

  /** Leaves the group, if the broker can be reached in time, and disconnects. */
  async close(): Promise<void> {
    this.isEnded = true;
    await within(this.settings.clock, CLOSE_TIMEOUT_MS, this.consumer.disconnect());
    this.client.sockets.cut();
  }

  /** Ends at once for its owner. It may still say so to the broker, which otherwise takes the member for dead when its session times out. */
  destroy(): void {
    this.isEnded = true;
    void within(this.settings.clock, DESTROY_TIMEOUT_MS, this.consumer.disconnect()).then(() => { this.client.sockets.cut(); });
  }

  breakConnections(): void {
    this.client.sockets.break();
  }

  /**
   * kafkajs tells nobody before it gives partitions up. The assigner, which is ours to choose, is handed the client's own view of the cluster; looking up
   * the coordinator is the first step of every join and of nothing else here, so that is where the owner is asked to drain.
   */
  private readonly hookedAssigner: PartitionAssigner = (config) => {
    const { cluster } = config;
    const find = cluster.findGroupCoordinator.bind(cluster);
    this.coordinator = () => find({ groupId: this.groupId });
    cluster.findGroupCoordinator = async (group) => {
      if (!this.isEnded) await this.events.beforeJoin(() => find(group));
      return find(group);
    };
    const fetchTopicsOffset = cluster.fetchTopicsOffset.bind(cluster);
    // Asked for exactly where no committed offset can be used: there is none, or the log has lost it.
    cluster.fetchTopicsOffset = (topics) => {
      if (!this.isEnded) this.events.unknownOffset(topics.flatMap(({ partitions }) => partitions.map(({ partition }) => partition)));
      return fetchTopicsOffset(topics);
    };
    return PartitionAssigners.roundRobin(config);
  };
}

/** Offset that a group has committed for each of the partitions; null where it has none. */
export async function committedOffsets(
  coordinator: Broker, groupId: string, topic: string, partitions: readonly number[],
): Promise<ReadonlyMap<number, number | null>> {
  // The types ask for an offset, which the request has no room for.
  const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions: partitions.map((partition) => ({ partition, offset: '' })) }] });
  const offsets = new Map<number, number | null>();
  for (const { partition, offset } of responses[0]?.partitions ?? []) offsets.set(partition, Number(offset) < 0 ? null : Number(offset));
  return offsets;
}
