import { openAnalytics } from '@quaymaster/analytics-clickhouse';
import { KafkaBus } from '@quaymaster/bus-kafka';
import { SystemClock } from '@quaymaster/clock';
import { openDatabase } from '@quaymaster/database';
import { collisionGroup } from '@quaymaster/feature-collision';
import { dispatchEntities, dispatchMigrations, dispatchStateGroup } from '@quaymaster/feature-dispatch';
import { fleetApiEntities, fleetApiMigrations, fleetViewGroup } from '@quaymaster/feature-fleet-api';
import { schedulingEntities, schedulingMigrations, schedulingStateGroup } from '@quaymaster/feature-scheduling';
import { compactedTopics, frames } from '@quaymaster/messages';
import { connectMqtt } from '@quaymaster/mqtt';
import type { JsonLogger } from '@quaymaster/nest-platform';
import type { AnalyticsStore, Clock, StateStore } from '@quaymaster/ports';
import { RedisStateStore } from '@quaymaster/state-redis';
import type { MqttClient } from 'mqtt';
import type { DataSource } from 'typeorm';
import { HISTORY_GROUP } from '../history';
import { KNOWN_VEHICLES } from './known-vehicles';
import type { Openings } from './openings';
import type { ServiceConfig } from './service.config';

/**
 * Groups of which every instance hears everything: what they build up is in memory alone. The others (`scheduling`, `dispatch`, `archive`) are work that the
 * instances share.
 */
export const broadcastGroups: readonly string[] = [collisionGroup, schedulingStateGroup, dispatchStateGroup, fleetViewGroup, KNOWN_VEHICLES, HISTORY_GROUP];

/** The least that Kafka grants: a service that was killed is missed for no longer. */
const SESSION_TIMEOUT_MS = 6000;
/** Shorter than a drain may take. */
const PUBLISH_TIMEOUT_MS = 5000;

export const entities = [...dispatchEntities, ...schedulingEntities, ...fleetApiEntities];
export const migrations = [...dispatchMigrations, ...schedulingMigrations, ...fleetApiMigrations];

/** On the way from a vehicle to a predictor, whose answer may be a stop. */
const PROMPT_MS = 5;

/** Opens the back ends that a role asks for, at the addresses of its configuration; `roleNeeds` has made sure that they are there. */
export class ServiceBackends {
  readonly clock: Clock = new SystemClock();

  constructor(private readonly config: ServiceConfig, private readonly openings: Openings, private readonly logger: JsonLogger) {}

  /** Connects when it is first used. @param framesTogetherMs how long frames may wait for each other on their way to and from the brokers */
  bus(framesTogetherMs = PROMPT_MS): Promise<KafkaBus> {
    return this.openings.open(openBus(this.config, this.clock, this.logger, framesTogetherMs), (bus) => bus.close());
  }

  /** @throws when it cannot be reached, or when its schema is not the one of this release */
  async database(): Promise<DataSource> {
    const { QM_POSTGRES_URL: url, QM_POSTGRES_PASSWORD: password } = this.config;
    const database = await this.openings.open(openDatabase({ url: url!, password, entities, migrations, schema: 'expect' }), (opened) => opened.close());
    return database.dataSource;
  }

  /** Does not reject when the server is away: history is missing then, and nothing else. */
  analytics(): Promise<AnalyticsStore> {
    const { QM_CLICKHOUSE_URL: url, QM_CLICKHOUSE_USERNAME: username, QM_CLICKHOUSE_PASSWORD: password } = this.config;
    return this.openings.open<AnalyticsStore>(openAnalytics({ url: url!, username, password }), (opened) => opened.close());
  }

  /** Does not reject when the server is away: it is a cache. */
  state(): Promise<StateStore> {
    const { QM_REDIS_URL: url, QM_REDIS_PASSWORD: password, QM_KAFKA_PREFIX: prefix } = this.config;
    return this.openings.open<StateStore>(RedisStateStore.open({ url: url!, password, keyPrefix: `${prefix}quaymaster` }), (opened) => opened.close());
  }

  /** @throws when the broker refuses or cannot be reached the first time */
  mqtt(role: string): Promise<MqttClient> {
    const { QM_MQTT_URL: url, QM_MQTT_USERNAME: username, QM_MQTT_PASSWORD: password } = this.config;
    // Two clients of one id cut each other off, over and over; sites that share a broker may have instances of one name.
    const clientId = `${this.config.QM_KAFKA_PREFIX}${role}-${this.config.QM_INSTANCE_ID}`;
    const connecting = connectMqtt({
      url: url!, username: username!, password: password!, clientId, protocolVersion: 5, onFault: (error) => { this.logger.warn(error.message, 'Mqtt'); },
    });
    return this.openings.open(connecting, (client) => client.endAsync(!client.connected));
  }
}

export function openBus(config: ServiceConfig, clock: Clock, logger: JsonLogger, framesTogetherMs = PROMPT_MS): KafkaBus {
  const { QM_KAFKA_BROKERS: brokers, QM_KAFKA_USERNAME: username, QM_KAFKA_PASSWORD: password } = config;
  return new KafkaBus({
    brokers: brokers!.split(','), clock, instanceId: config.QM_INSTANCE_ID, tls: config.QM_KAFKA_TLS === 'on', prefix: config.QM_KAFKA_PREFIX, compactedTopics, broadcastGroups,
    streamTopics: [frames.name], gatherMs: framesTogetherMs,
    ...(username === undefined || password === undefined ? {} : { username, password }), sessionTimeoutMs: SESSION_TIMEOUT_MS, publishTimeoutMs: PUBLISH_TIMEOUT_MS,
    // The client calls an error what it repairs the next moment; what stays broken is said by the adapter, by who publishes, and by readiness.
    onLog: ({ level, message, details }) => { logger[level === 'info' || message.startsWith('kafkajs ') ? 'debug' : level](`${message} ${JSON.stringify(details)}`, 'Kafka'); },
  });
}
