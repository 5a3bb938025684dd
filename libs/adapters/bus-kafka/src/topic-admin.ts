import { ConfigResourceTypes, type Admin, type ITopicMetadata } from 'kafkajs';
import type { KafkaSettings } from './kafka-bus.options';
import { withAdmin } from './kafka-client';

export interface TopicShape {
  /** Keys of a topic are spread over as many partitions; that many instances at most share its work. Default 6. */
  readonly partitions?: number;
  /** Brokers that hold a copy. Default 1, which survives no broker: production needs 3. */
  readonly replicationFactor?: number;
  /** Copies that must be written before a message counts as published. Default 1; 2 with three copies. */
  readonly minInSyncReplicas?: number;
  /** How long messages are kept; of compacted topics the newest of each key is kept for ever. Default 7 days. */
  readonly retentionMs?: number;
}

const METADATA_PAUSE_MS = 100;
const DAY_MS = 86_400_000;
/** Compacted topics are read from the oldest record by everybody who joins: their old records are cleaned soon. */
const COMPACTION = { 'min.cleanable.dirty.ratio': '0.1', 'segment.ms': '3600000', 'max.compaction.lag.ms': '7200000' } as const;

/** A topic is there already, of another shape; changing it would break the order of its keys or lose what it keeps. */
export class TopicMismatchError extends Error {
  readonly code = 'QM_TOPIC_MISMATCH';
  readonly retryable = false;
  override readonly name = 'TopicMismatchError';
}

function configOf(isCompacted: boolean, shape: TopicShape): { name: string; value: string }[] {
  const config: Record<string, string> = {
    'cleanup.policy': isCompacted ? 'compact' : 'delete', 'min.insync.replicas': String(shape.minInSyncReplicas ?? 1),
    ...isCompacted ? COMPACTION : { 'retention.ms': String(shape.retentionMs ?? 7 * DAY_MS) },
  };
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}

/** What a topic that was just made answers until all brokers know it. */
const NOT_YET: readonly unknown[] = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'];

/** Waits for topics that were just made: the broker that is asked may hear of them after the one that made them. */
async function metadataOf({ clock, publishTimeoutMs }: KafkaSettings, admin: Admin, topics: string[]): Promise<ITopicMetadata[]> {
  const deadlineMs = clock.monotonicMs() + publishTimeoutMs;
  for (;;) {
    try {
      return (await admin.fetchTopicMetadata({ topics })).topics;
    } catch (error) {
      if (clock.monotonicMs() > deadlineMs || !(error instanceof Error && 'type' in error && NOT_YET.includes(error.type))) throw error;
      await clock.sleep(METADATA_PAUSE_MS);
    }
  }
}

/**
 * Makes the topics that are missing and checks those that are there. `names` and the answer, which are the names that were made, are without prefix.
 * @throws TopicMismatchError when a topic has another number of partitions or another clean-up policy
 */
export async function ensureTopics(settings: KafkaSettings, names: readonly string[], shape: TopicShape): Promise<string[]> {
  const { prefix, compactedTopics, publishTimeoutMs } = settings;
  const partitions = shape.partitions ?? 6;
  return withAdmin(settings, async (admin) => {
    const present = new Set(await admin.listTopics());
    const missing = names.filter((name) => !present.has(prefix + name));
    if (missing.length > 0) {
      const topics = missing.map((name) => ({
        topic: prefix + name, numPartitions: partitions, replicationFactor: shape.replicationFactor ?? 1, configEntries: configOf(compactedTopics.has(name), shape),
      }));
      // False when another process has made them in between: the check below holds for those too.
      await admin.createTopics({ topics, waitForLeaders: false, timeout: publishTimeoutMs });
    }
    if (names.length === 0) return missing;
    const topics = await metadataOf(settings, admin, names.map((name) => prefix + name));
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false, resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name: prefix + name, configNames: ['cleanup.policy'] })),
    });
    for (const name of names) {
      const count = topics.find(({ name: topic }) => topic === prefix + name)?.partitions.length;
      if (count !== partitions) throw new TopicMismatchError(`${prefix}${name}: ${count ?? 0} partitions instead of ${partitions}`);
      const policy = resources.find(({ resourceName }) => resourceName === prefix + name)?.configEntries.find(({ configName }) => configName === 'cleanup.policy')?.configValue;
      const wanted = compactedTopics.has(name) ? 'compact' : 'delete';
      if (policy !== wanted) throw new TopicMismatchError(`${prefix}${name}: clean-up policy '${policy ?? ''}' instead of '${wanted}'`);
    }
    return missing;
  });
}

/** Deletes topics and what they hold; names without prefix. Those that are not there are passed over. */
export async function deleteTopics(settings: KafkaSettings, names: readonly string[]): Promise<void> {
  await withAdmin(settings, async (admin) => {
    const present = new Set(await admin.listTopics());
    const topics = names.map((name) => settings.prefix + name).filter((name) => present.has(name));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  });
}
