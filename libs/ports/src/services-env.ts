import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Keys of the servers that a site or a spec may talk to, as `npm run services -- up` names them. */
export type ServicesEnv = Readonly<Record<string, string | undefined>>;

const ENV_FILE = join('.services', 'env.json');

/** The nearest `.services/env.json` at or above the folder; empty when no servers were started here. */
function startedHere(folder: string): Record<string, unknown> {
  const file = join(folder, ENV_FILE);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return dirname(folder) === folder ? {} : startedHere(dirname(folder));
}

/**
 * Where the servers are: keys of the environment, and for those that are unset or empty there what `npm run services -- up` has written. Read anew at each call.
 * @throws SyntaxError when `.services/env.json` is no JSON.
 */
export function servicesEnv(environment: ServicesEnv = process.env, folder = process.cwd()): ServicesEnv {
  const known: Record<string, string | undefined> = {};
  for (const [key, value] of Object.entries(startedHere(folder))) if (typeof value === 'string') known[key] = value;
  for (const [key, value] of Object.entries(environment)) if (value !== undefined && value !== '') known[key] = value;
  return known;
}
