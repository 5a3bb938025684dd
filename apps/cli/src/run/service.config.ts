import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { collisionConfigSchema } from '@quaymaster/feature-collision';
import { dispatchConfigSchema } from '@quaymaster/feature-dispatch';
import { fleetApiConfigSchema } from '@quaymaster/feature-fleet-api';
import { ingestConfigSchema } from '@quaymaster/feature-ingest';
import { schedulingConfigSchema } from '@quaymaster/feature-scheduling';
import { checkEnvironment, ConfigError } from '@quaymaster/nest-platform';
import { scenarioNames } from '@quaymaster/simulator';
import { z } from 'zod';
import type { Environment } from '../command';
import { type Role, roleNeeds } from './roles';

/** No message repeats the value: a password may stand in an address. */
const address = (example: string, ...schemes: readonly string[]) => z.string().refine(
  (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), { error: `must be an address like ${example}` },
);
const port = z.coerce.number().int().min(0).max(65_535);
const secret = z.string().min(1);
const kafkaName = (longest: number) => z.string().regex(/^[a-zA-Z0-9._-]+$/, { error: 'must have letters, digits, ., _ and - alone' }).max(longest);

/** Environment keys of the services that run as separate processes; those of their features come beside them. */
export const serviceConfigSchema = z.object({
  QM_KAFKA_BROKERS: z.string().regex(/^[^\s,:/]+:\d+(,[^\s,:/]+:\d+)*$/, { error: 'must be host:port,host:port' }).optional(),
  QM_KAFKA_TLS: z.enum(['on', 'off']).default('off'),
  QM_KAFKA_USERNAME: z.string().min(1).optional(),
  QM_KAFKA_PASSWORD: secret.optional(),
  /** Put before the names of topics and groups, so that several sites can share a cluster. */
  QM_KAFKA_PREFIX: kafkaName(60).default(''),
  /** Copies of each topic that the migrations make. */
  QM_KAFKA_REPLICATION: z.coerce.number().int().min(1).max(9).default(1),
  QM_POSTGRES_URL: address('postgres://user@host:5432/database', 'postgres:', 'postgresql:').optional(),
  QM_POSTGRES_PASSWORD: secret.optional(),
  QM_CLICKHOUSE_URL: address('http://host:8123/database', 'http:', 'https:').optional(),
  QM_CLICKHOUSE_USERNAME: z.string().min(1).optional(),
  QM_CLICKHOUSE_PASSWORD: secret.optional(),
  QM_REDIS_URL: address('redis://host:6379/0', 'redis:', 'rediss:').optional(),
  QM_REDIS_PASSWORD: secret.optional(),
  QM_MQTT_URL: address('mqtt://host:1883', 'mqtt:', 'mqtts:').optional(),
  QM_MQTT_USERNAME: z.string().min(1).optional(),
  QM_MQTT_PASSWORD: secret.optional(),
  QM_HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  QM_HTTP_PORT: port.default(8080),
  QM_STORE_DIR: z.string().min(1).default('.quaymaster'),
  QM_MAP_FILE: z.string().min(1).optional(),
  QM_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('warn'),
  /** Names this process among the instances of its service; no two of them may have the same. */
  QM_INSTANCE_ID: kafkaName(100).optional(),
  QM_FIRST_START_TOKEN: z.string().min(16).optional(),
  QM_GATEWAY_URL: address('http://host:8080', 'http:', 'https:').optional(),
  QM_GATEWAY_TOKEN: secret.optional(),
  QM_SIMULATOR_VEHICLES: z.coerce.number().int().min(1).max(1000).default(30),
  /** Before the ids of simulated vehicles: several simulators can then work on one site, or on one broker. */
  QM_SIMULATOR_PREFIX: z.string().regex(/^[A-Za-z0-9_.-]{0,40}$/, { error: 'must have letters, digits, _, . and - alone' }).default(''),
  QM_SIMULATOR_SEED: z.coerce.number().int().min(0).max(2 ** 31 - 1).default(1),
  /** What the simulator lets go wrong, after a time in which traffic fills the site. */
  QM_SIMULATOR_SCENARIO: z.enum(scenarioNames).optional(),
  QM_SIMULATOR_WARM_UP_MS: z.coerce.number().int().min(0).max(3_600_000).default(60_000),
  /** File that every command's effect at a vehicle is written to. */
  QM_SIMULATOR_HISTORY_FILE: z.string().min(1).optional(),
  /** Negative controls: `no-stop` (the scenario is over after the contact), `no-deduplication`, `no-epoch` (simulated vehicles do without these protections). */
  QM_SIMULATOR_UNSAFE: z.string().default('').transform((text) => text.split(',').filter((word) => word !== '')).pipe(z.array(z.enum(['no-stop', 'no-deduplication', 'no-epoch']))),
});

/** Keys that belong to the tests and to the tool that starts servers for them; a shell that has them set can start a service all the same. */
const testKeysSchema = z.object(Object.fromEntries(
  ['QM_DATA_DIR', 'QM_REQUIRE_DATA', 'QM_REQUIRE_SERVICES', 'QM_JUDGES_DIR', 'QM_NGINX_URL', 'QM_GATEWAY_PORTS'].map((key) => [key, z.string().optional()]),
));

export type ServiceConfig = Omit<z.infer<typeof serviceConfigSchema>, 'QM_INSTANCE_ID'> & { readonly QM_INSTANCE_ID: string };
export type ServiceKey = keyof ServiceConfig;

/** What a service is started with: its own keys, and the environment that its features read theirs from. */
export interface ServiceSettings {
  readonly config: ServiceConfig;
  readonly env: Environment;
}

const SECRET_KEYS = Object.keys(serviceConfigSchema.shape).filter((key) => /_(PASSWORD|TOKEN)$/.test(key));
/** A user without a password, or the other way round, is a set that was forgotten halfway. */
const PAIRS: readonly (readonly [ServiceKey, ServiceKey])[] = [
  ['QM_KAFKA_USERNAME', 'QM_KAFKA_PASSWORD'], ['QM_MQTT_USERNAME', 'QM_MQTT_PASSWORD'],
];

/** @throws ConfigError naming the first key that is unknown, out of range, given twice, or needed by the role and not given */
export function readServiceSettings(role: Role, given: Environment): ServiceSettings {
  const env = withSecretFiles(given);
  checkEnvironment(env, [
    serviceConfigSchema, testKeysSchema, ingestConfigSchema, collisionConfigSchema, schedulingConfigSchema, dispatchConfigSchema, fleetApiConfigSchema,
  ]);
  const parsed = serviceConfigSchema.parse(env);
  const config: ServiceConfig = { ...parsed, QM_INSTANCE_ID: parsed.QM_INSTANCE_ID ?? `${hostname().replace(/[^a-zA-Z0-9.-]/g, '-').slice(0, 80)}-${process.pid}` };
  for (const [first, second] of PAIRS) {
    for (const [has, lacks] of [[first, second], [second, first]] as const) {
      if (config[has] !== undefined && config[lacks] === undefined) throw new ConfigError(`${has} needs ${lacks}`);
    }
  }
  for (const alternatives of roleNeeds(role)) {
    if (alternatives.every((key) => config[key] === undefined)) throw new ConfigError(`run ${role} needs ${alternatives.join(' or ')}`);
  }
  return { config, env };
}

/** The environment with the contents of `<KEY>_FILE` under each secret's own key. */
function withSecretFiles(given: Environment): Environment {
  const env: Record<string, string | undefined> = { ...given };
  for (const key of SECRET_KEYS) {
    const fileKey = `${key}_FILE`;
    const file = env[fileKey];
    if (file === undefined) continue;
    if (env[key] !== undefined) throw new ConfigError(`${key} and ${fileKey} are both given: one of them must go`);
    env[key] = readSecret(fileKey, file);
    Reflect.deleteProperty(env, fileKey);
  }
  return env;
}

function readSecret(fileKey: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${fileKey}: the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  }
  // Editors and `echo` end a file with a line break that is no part of the secret.
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new ConfigError(`${fileKey}: the file is empty`);
  return value;
}
