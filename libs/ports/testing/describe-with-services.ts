import { servicesEnv, type ServicesEnv } from '../src';

const START = 'npm run services -- up';

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
