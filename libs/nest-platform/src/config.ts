import { z } from 'zod';

/** The environment cannot be started with. `message` is one line for the operator. */
export class ConfigError extends Error {
  readonly code = 'QM_CONFIG_INVALID';
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/**
 * Checks the environment against every schema in use.
 *
 * @throws ConfigError naming the first key that is unknown or out of range
 */
export function checkEnvironment(env: Readonly<Record<string, string | undefined>>, schemas: readonly z.ZodObject[]): void {
  const known = new Set(schemas.flatMap((schema) => Object.keys(schema.shape)));
  for (const key of Object.keys(env)) {
    if (key.startsWith('QM_') && !known.has(key)) throw new ConfigError(`${key} is not a setting of this product; see docs/operations.md for the list`);
  }
  for (const schema of schemas) {
    const result = schema.safeParse(env);
    if (result.success) continue;
    const issue = result.error.issues[0]!;
    throw new ConfigError(`${issue.path.join('.')}: ${issue.message}`);
  }
}
