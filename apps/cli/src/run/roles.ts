import type { ServiceKey } from './service.config';

/** What `run` can run; the first five are services, `migrate` prepares their back ends and ends. */
export const roles = ['gateway', 'telemetry-ingest', 'collision', 'scheduler', 'dispatch', 'simulator', 'migrate'] as const;
export type Role = (typeof roles)[number];

const kafka = [['QM_KAFKA_BROKERS']] as const;
const postgres = [['QM_POSTGRES_URL']] as const;
const clickhouse = [['QM_CLICKHOUSE_URL']] as const;
const redis = [['QM_REDIS_URL']] as const;
const mqtt = [['QM_MQTT_URL'], ['QM_MQTT_USERNAME'], ['QM_MQTT_PASSWORD']] as const;

const NEEDS: Readonly<Record<Role, readonly (readonly ServiceKey[])[]>> = {
  gateway: [...kafka, ...postgres, ...clickhouse, ...mqtt],
  'telemetry-ingest': [...kafka, ...redis, ...clickhouse, ...mqtt],
  collision: [...kafka],
  scheduler: [...kafka, ...postgres],
  dispatch: [...kafka, ...postgres, ...mqtt],
  simulator: [['QM_GATEWAY_URL'], ['QM_GATEWAY_TOKEN', 'QM_FIRST_START_TOKEN'], ['QM_MQTT_URL']],
  migrate: [...kafka, ...postgres, ...clickhouse],
};

/** Keys without which a role cannot run; of those that stand together one is enough. */
export function roleNeeds(role: Role): readonly (readonly ServiceKey[])[] {
  return NEEDS[role];
}
