import { collisionConfigSchema } from '@quaymaster/feature-collision';
import { dispatchConfigSchema } from '@quaymaster/feature-dispatch';
import { fleetApiConfigSchema } from '@quaymaster/feature-fleet-api';
import { ingestConfigSchema } from '@quaymaster/feature-ingest';
import { schedulingConfigSchema } from '@quaymaster/feature-scheduling';
import { checkEnvironment } from '@quaymaster/nest-platform';
import { z } from 'zod';

/** Environment keys of the one-process product; those of its features come beside them. */
export const standaloneConfigSchema = z.object({
  /** Where the console and the REST interface listen. Loopback unless somebody opens it on purpose. */
  QM_HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes any free port. */
  QM_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  QM_MQTT_HOST: z.string().min(1).default('127.0.0.1'),
  QM_MQTT_PORT: z.coerce.number().int().min(0).max(65_535).default(1883),
  /** Folder of everything that outlives the process. */
  QM_STORE_DIR: z.string().min(1).default('.quaymaster'),
  /** OpenDRIVE file of the site; without it a terminal is generated on the first start. */
  QM_MAP_FILE: z.string().min(1).optional(),
  QM_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('warn'),
});

/** Keys that belong to the test suites; a shell that has them set can start the product all the same. */
const testKeysSchema = z.object({
  QM_DATA_DIR: z.string().optional(), QM_REQUIRE_DATA: z.string().optional(), QM_REQUIRE_SERVICES: z.string().optional(), QM_JUDGES_DIR: z.string().optional(),
});

export type Environment = Readonly<Record<string, string | undefined>>;
export type StandaloneConfig = z.infer<typeof standaloneConfigSchema>;

/** @throws ConfigError naming the first key that is unknown or out of range */
export function readStandaloneConfig(env: Environment): StandaloneConfig {
  checkEnvironment(env, [
    standaloneConfigSchema, testKeysSchema, ingestConfigSchema, collisionConfigSchema, schedulingConfigSchema, dispatchConfigSchema, fleetApiConfigSchema,
  ]);
  return standaloneConfigSchema.parse(env);
}
