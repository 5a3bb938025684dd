import { servicesEnv } from '@quaymaster/ports';
import { UsageError } from '../usage-error';
import type { ProcessEnv } from './service-process';
import { SERVER_KEYS } from './service-site';

/**
 * Where the servers are, as the environment or `npm run services -- up` has it.
 * @throws UsageError naming the keys that are nowhere
 */
export function serversHere(env: ProcessEnv, folder = process.cwd()): ProcessEnv {
  const servers = servicesEnv(env, folder);
  const missing = SERVER_KEYS.filter((key) => servers[key] === undefined);
  if (missing.length > 0) throw new UsageError(`--processes separate needs servers: no ${missing.join(', ')}; npm run services -- up starts them on this machine`);
  return servers;
}

/** Keys of the features, for the processes of a run; addresses, ports, names and folders are the run's own business. */
export function featureKeys(env: ProcessEnv): ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([key]) => /^QM_(INGEST|COLLISION|SCHEDULING|DISPATCH|API|LOG)_/.test(key)));
}
