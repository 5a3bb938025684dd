// Health of a container, for engines that know one health only. Until the service has been ready once, healthy means ready: a rolling update must not go on to
// the next task before this one can work. From then on healthy means alive: a database that is away for a minute makes every service unready at once, and
// killing them all would turn the pause into an outage.
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const port = process.env.QM_HTTP_PORT ?? '8080';
const wasReady = join(tmpdir(), 'was-ready');
const path = existsSync(wasReady) ? '/live' : '/ready';

try {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2500) });
  if (!answer.ok) throw new Error(`answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
  if (path === '/ready') writeFileSync(wasReady, '');
} catch (error) {
  console.error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
