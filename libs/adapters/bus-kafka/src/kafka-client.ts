import { Kafka, logLevel, type Admin, type LogEntry, type SASLOptions } from 'kafkajs';
import type { KafkaSettings } from './kafka-bus.options';
import { quietRequestQueues } from './quiet-request-queue';
import { TrackedSockets } from './tracked-sockets';

const CONNECTION_TIMEOUT_MS = 3000;
const REQUEST_TIMEOUT_MS = 10_000;
/** Retries within one call of kafkajs, bounded so that a client that was given up ends by itself: about 4 s of waiting in all. */
export const RETRY = { initialRetryTime: 50, maxRetryTime: 1000, multiplier: 2, factor: 0.2, retries: 8 } as const;

const LEVELS: Readonly<Record<number, KafkaLogLine['level']>> = { [logLevel.ERROR]: 'error', [logLevel.WARN]: 'warn', [logLevel.INFO]: 'info', [logLevel.DEBUG]: 'debug' };

/** A line that the Kafka client or this adapter has to say. */
export interface KafkaLogLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** One kafkajs client with connections of its own. */
export class KafkaClient {
  readonly sockets = new TrackedSockets();
  readonly kafka: Kafka;

  constructor(settings: KafkaSettings) {
    quietRequestQueues();
    const { username, password, saslMechanism } = settings;
    this.kafka = new Kafka({
      clientId: `quaymaster-${settings.instanceId}`, brokers: [...settings.brokers], socketFactory: this.sockets.factory,
      connectionTimeout: CONNECTION_TIMEOUT_MS, authenticationTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, enforceRequestTimeout: true,
      retry: RETRY, ssl: settings.tls,
      ...username === undefined ? {} : { sasl: { mechanism: saslMechanism, username, password: password ?? '' } as SASLOptions },
      logLevel: logLevel.INFO,
      logCreator: () => ({ level, namespace, log: { message, ...details } }: LogEntry) => {
        settings.onLog({ level: LEVELS[level] ?? 'debug', message: `kafkajs ${namespace}: ${message}`, details });
      },
    });
  }
}

/** Calls with a connected admin client, which is closed whatever comes of it. */
export async function withAdmin<T>(settings: KafkaSettings, call: (admin: Admin) => Promise<T>): Promise<T> {
  const client = new KafkaClient(settings);
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    return await call(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
    client.sockets.cut();
  }
}
