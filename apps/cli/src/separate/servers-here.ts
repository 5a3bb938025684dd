import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../usage-error';
import type { ProcessEnv } from './service-process';
import { SERVER_KEYS } from './service-site';

const STARTED_HERE = join('.services', 'env.json');

/**
 * Where the servers are: keys of the environment, and for those that are not set there what `npm run services -- up` has written at or above the folder.
 * @throws UsageError naming the keys that are nowhere
 */
export function serversHere(env: ProcessEnv, folder = process.cwd()): ProcessEnv {
  const servers: ProcessEnv = { ...startedAtOrAbove(folder), ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== '')) };
  const missing = SERVER_KEYS.filter((key) => servers[key] === undefined);
  if (missing.length > 0) throw new UsageError(`--processes separate needs servers: no ${missing.join(', ')}; npm run services -- up starts them on this machine`);
  return servers;
}

/** Keys of the features, for the processes of a run; addresses, ports, names and folders are the run's own business. */
export function featureKeys(env: ProcessEnv): ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([key]) => /^QM_(INGEST|COLLISION|SCHEDULING|DISPATCH|API|LOG)_/.test(key)));
}

function startedAtOrAbove(folder: string): ProcessEnv {
  const file = join(folder, STARTED_HERE);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ProcessEnv;
  return dirname(folder) === folder ? {} : startedAtOrAbove(dirname(folder));
}
