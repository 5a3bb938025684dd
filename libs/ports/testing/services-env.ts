import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Keys of the servers that a spec may talk to, as `npm run services -- up` names them. */
export type ServicesEnv = Readonly<Record<string, string | undefined>>;

const ENV_FILE = join('.services', 'env.json');
const START = 'npm run services -- up';

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

/**
 * A suite that talks to real servers. Where a key is missing it is skipped under a name that says so, or, with QM_REQUIRE_SERVICES=1, replaced by one test
 * that fails and says what is missing. `body` declares the tests, as in `describe`.
 */
export function describeWithServices(name: string, requiredKeys: readonly string[], body: (env: ServicesEnv) => void): void {
  const env = servicesEnv();
  const missing = requiredKeys.filter((key) => env[key] === undefined);
  if (missing.length === 0) {
    describe(name, () => { body(env); });
    return;
  }
  const because = `no ${missing.join(', ')}: ${START}`;
  if (env['QM_REQUIRE_SERVICES'] === '1') {
    describe(name, () => {
      it('has the servers that it needs', () => { throw new Error(because); });
    });
    return;
  }
  // The suite's own tests are not declared: its body could not run without the servers.
  // eslint-disable-next-line no-restricted-properties -- the one place where a suite may be skipped: by name, and never where QM_REQUIRE_SERVICES=1
  describe.skip(`${name} (${because})`, () => { it('needs its servers', () => undefined); });
}
