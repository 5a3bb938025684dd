import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET = /(PASSWORD|TOKEN|SECRET|PRIVATE_KEY|CREDENTIALS?)$/;

/** What runs by itself and must be there twice. */
export const ROLES = ['gateway', 'telemetry-ingest', 'collision', 'scheduler', 'dispatch'];

/** Which back ends a role has, as it is deployed: the addresses that it is given, and the conduits that lead there. */
export const BACK_ENDS = {
  gateway: ['QM_KAFKA_BROKERS', 'QM_POSTGRES_URL', 'QM_CLICKHOUSE_URL', 'QM_MQTT_URL'],
  'telemetry-ingest': ['QM_KAFKA_BROKERS', 'QM_CLICKHOUSE_URL', 'QM_REDIS_URL', 'QM_MQTT_URL'],
  collision: ['QM_KAFKA_BROKERS'],
  scheduler: ['QM_KAFKA_BROKERS', 'QM_POSTGRES_URL'],
  dispatch: ['QM_KAFKA_BROKERS', 'QM_POSTGRES_URL', 'QM_MQTT_URL'],
  migrate: ['QM_KAFKA_BROKERS', 'QM_POSTGRES_URL', 'QM_CLICKHOUSE_URL'],
};
const ADDRESSES = new Set(Object.values(BACK_ENDS).flat());

/** Every QM_ key that the product reads, by the sources of its configuration. */
export function knownKeys(root) {
  const keys = new Set();
  for (const folder of [...readdirSync(join(root, 'libs/features')).map((feature) => `libs/features/${feature}/src`), 'apps/cli/src/run']) {
    for (const file of readdirSync(join(root, folder)).filter((name) => name.endsWith('.config.ts'))) {
      for (const [key] of readFileSync(join(root, folder, file), 'utf8').matchAll(/\bQM_[A-Z0-9_]+\b/g)) keys.add(key);
    }
  }
  for (const key of [...keys]) if (SECRET.test(key)) keys.add(`${key}_FILE`);
  return keys;
}

/**
 * Faults of the settings of one container: unknown keys, secrets by value, back ends of a role that are missing or too many.
 * `role` is undefined for what is not ours; `env` maps keys to values, null where a value comes from elsewhere.
 */
export function settingsFaults(role, env, known) {
  const faults = [];
  for (const [key, value] of Object.entries(env)) {
    if (key.startsWith('QM_') && !known.has(key)) faults.push(`${key} is no key of the product`);
    if (SECRET.test(key)) faults.push(`${key} puts a secret into the environment; give ${key}_FILE`);
    if (SECRET.test(key.replace(/_FILE$/, '')) && key.endsWith('_FILE') && !String(value).startsWith('/run/secrets/')) faults.push(`${key} names no mounted secret`);
    if (/^[a-z+]+:\/\/[^/@\s]*:[^/@\s]+@/.test(String(value))) faults.push(`${key} has a password in its address`);
  }
  const wanted = BACK_ENDS[role];
  if (wanted !== undefined) {
    for (const key of wanted) if (!(key in env)) faults.push(`${role} is given no ${key}`);
    for (const key of Object.keys(env)) if (ADDRESSES.has(key) && !wanted.includes(key)) faults.push(`${role} is given ${key}, which it has no use for`);
    for (const key of wanted.map((address) => address.replace(/_(URL|BROKERS)$/, '_PASSWORD_FILE'))) {
      // Kafka may do without; in a network of its own it does.
      if (!(key in env) && key !== 'QM_KAFKA_PASSWORD_FILE') faults.push(`${role} is given no ${key}`);
    }
  }
  return faults;
}

/** Fault of V8's heap limit: 60 to 70 % of the container's memory [bytes], or V8 and the kernel get in each other's way. Null where it is right. */
export function heapFault(nodeOptions, limitBytes) {
  const heapMib = Number(/--max-old-space-size=(\d+)/.exec(nodeOptions ?? '')?.[1] ?? Number.NaN);
  const ratio = (heapMib * 2 ** 20) / limitBytes;
  return ratio >= 0.6 && ratio <= 0.7 ? null : `V8's heap is limited to ${ratio.toFixed(2)} of the memory, not to 0.60 to 0.70`;
}

const UNITS = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 };

/** Bytes of `512m`, `1Gi`, `536870912`. NaN for anything else. */
export function parseBytes(text) {
  const [, figure, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(String(text).toLowerCase()) ?? [];
  return Number(figure) * (UNITS[unit] ?? Number.NaN);
}

/** Fault of an image's name: an exact version or a digest, or nobody knows what runs. Null where it is right. */
export function imageFault(image) {
  if (/@sha256:[0-9a-f]{64}$/.test(image ?? '')) return null;
  const tag = /:([^:/]+)$/.exec(image ?? '')?.[1] ?? '';
  // Three numbers, or two and a variant: PostgreSQL has no third.
  return /^v?\d+\.\d+(\.\d+|-[a-z])/.test(tag) ? null : `${image} is not pinned to an exact version or a digest`;
}
