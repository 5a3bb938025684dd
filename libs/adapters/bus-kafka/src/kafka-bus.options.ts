import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '@quaymaster/ports';
import type { KafkaLogLine } from './kafka-client';

export interface KafkaBusOptions {
  /** `host:port` of brokers to ask first; the others of the cluster are found through them. */
  readonly brokers: readonly string[];
  readonly clock: Clock;
  /** Names this process among the instances of its service, e.g. host name and process id. Part of the names of broadcast groups. */
  readonly instanceId: string;
  readonly tls?: boolean | ConnectionOptions;
  readonly username?: string;
  readonly password?: string;
  readonly saslMechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  /** Put before the names of topics and groups at the broker, so that several systems can share a cluster. Default none. */
  readonly prefix?: string;
  /** Names of topics of which the broker keeps the newest message of each key. */
  readonly compactedTopics?: readonly string[];
  /**
   * Names of groups whose subscriptions every instance must see whole: each instance has the Kafka group `<group>.<instanceId>.<topic>` to itself. It begins
   * anew at each subscription, on compacted topics from the oldest retained message, else from now, and is deleted when closed.
   */
  readonly broadcastGroups?: readonly string[];
  /**
   * Names of topics with so many messages that `gatherMs` of them may go together: a request that follows another within that time waits for the rest of it, to
   * the broker and from it. Messages that come less often are not held up.
   */
  readonly streamTopics?: readonly string[];
  readonly gatherMs?: number;
  /** Messages that may wait in this process for one group of one topic; beyond it nothing more is fetched. */
  readonly capacityPerGroup?: number;
  /** Messages that one request to the broker carries at most. */
  readonly maxMessagesPerRequest?: number;
  /** Messages that may wait to be sent; publishing more is refused at once. */
  readonly maxWaitingToSend?: number;
  /** A publish is acknowledged or has rejected within this time. */
  readonly publishTimeoutMs?: number;
  /** Silence of a member after which the broker gives its partitions to others. Brokers take 6 s to 30 min unless configured. */
  readonly sessionTimeoutMs?: number;
  /** How long a member of a group finishes running handlers before it lets a rebalance have its partitions. At most half of the session time-out. */
  readonly drainTimeoutMs?: number;
  /** A consumer that has neither fetched nor heard from its group for this long is built anew. */
  readonly stallTimeoutMs?: number;
  /** Handled messages are committed at most this often; once a second where the group is one instance's own, and begins anew with it. */
  readonly commitIntervalMs?: number;
  readonly onLog?: (line: KafkaLogLine) => void;
}

/** Options with their defaults. */
export interface KafkaSettings extends Required<Omit<KafkaBusOptions, 'username' | 'password' | 'compactedTopics' | 'broadcastGroups' | 'streamTopics'>> {
  readonly username?: string;
  readonly password?: string;
  readonly compactedTopics: ReadonlySet<string>;
  readonly broadcastGroups: ReadonlySet<string>;
  readonly streamTopics: ReadonlySet<string>;
}

const SAFE_NAME = /^[a-zA-Z0-9._-]+$/;

/** @throws RangeError for options that Kafka would refuse later and less clearly. */
export function settingsFrom(options: KafkaBusOptions): KafkaSettings {
  const sessionTimeoutMs = options.sessionTimeoutMs ?? 10_000;
  const settings: KafkaSettings = {
    tls: false, saslMechanism: 'scram-sha-512', prefix: '', capacityPerGroup: 10_000, maxMessagesPerRequest: 2000, maxWaitingToSend: 100_000,
    publishTimeoutMs: 10_000, drainTimeoutMs: Math.floor(sessionTimeoutMs * 0.4), stallTimeoutMs: 30_000, commitIntervalMs: 100, gatherMs: 5, onLog: () => undefined,
    ...options, sessionTimeoutMs, compactedTopics: new Set(options.compactedTopics), broadcastGroups: new Set(options.broadcastGroups), streamTopics: new Set(options.streamTopics),
  };
  if (settings.brokers.length === 0) throw new RangeError('brokers: none is given');
  if (!SAFE_NAME.test(settings.instanceId)) throw new RangeError(`instanceId: '${settings.instanceId}' has characters other than letters, digits, '.', '_' and '-'`);
  if (settings.prefix !== '' && !SAFE_NAME.test(settings.prefix)) throw new RangeError(`prefix: '${settings.prefix}' has characters other than letters, digits, '.', '_' and '-'`);
  if (settings.drainTimeoutMs > sessionTimeoutMs / 2) {
    throw new RangeError(`drainTimeoutMs: ${settings.drainTimeoutMs} is more than half of sessionTimeoutMs ${sessionTimeoutMs}: the broker would take the member for dead`);
  }
  return settings;
}
