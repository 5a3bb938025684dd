import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { SystemClock } from '@quaymaster/clock';
import type { Topic } from '@quaymaster/messages';
import { describeWithServices } from '@quaymaster/ports/testing';
import { KafkaBus } from './kafka-bus';

const root = resolve(__dirname, '../../../..');
const clock = new SystemClock();
const KEYS = 20;
const TOTAL = 600;

const work: Topic<number> = {
  name: 'work', priority: false,
  encode: (message) => new TextEncoder().encode(String(message)),
  decode: (bytes) => Number(new TextDecoder().decode(bytes)),
};

/** A process of its own that says on its output what it has handled, before the bus knows that it has. */
const VICTIM = `
import { writeSync } from 'node:fs';
import { SystemClock } from '@quaymaster/clock';
import { KafkaBus } from './kafka-bus';
const clock = new SystemClock();
const topic = { name: 'work', priority: false, encode: () => new Uint8Array(), decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) };
const bus = new KafkaBus({ brokers: process.argv[2]!.split(','), clock, instanceId: 'victim', prefix: process.argv[3]!, sessionTimeoutMs: 6000 });
void bus.subscribe(topic, 'g', async (batch) => {
  await clock.sleep(1);
  for (const { key, message } of batch) writeSync(1, key + ' ' + message + '\\n');
}, { maxBatch: 5 }).then(() => { writeSync(1, 'ready\\n'); });
`;

describeWithServices('KafkaBus in processes of their own', ['QM_KAFKA_BROKERS'], (env) => {
  const brokers = env['QM_KAFKA_BROKERS']!;
  const prefix = `${randomUUID().slice(0, 8)}-`;
  const bus = new KafkaBus({ brokers: brokers.split(','), clock, instanceId: 'survivor', prefix, sessionTimeoutMs: 6000 });
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bus-kafka-'));
    await bus.ensureTopics([work.name, 'dead-letters'], { partitions: 4 });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await bus.close();
    await bus.deleteTopics([work.name, 'dead-letters']);
  });

  it('hands the keys of a process that is killed to the others: nothing lost, each key in order, and no gap where it was cut off', async () => {
    const program = join(folder, 'victim.cjs');
    const settings = {
      stdin: { contents: VICTIM, loader: 'ts', resolveDir: __dirname }, outfile: program, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error',
      tsconfig: join(root, 'tsconfig.base.json'), external: ['kafkajs'],
    };
    // In another process: esbuild refuses to run inside the sandbox of the tests.
    execFileSync(process.execPath, ['-e', `require('esbuild').buildSync(${JSON.stringify(settings)})`], { cwd: root });
    const victim = spawn(process.execPath, [program, brokers, prefix], { env: { ...process.env, NODE_PATH: join(root, 'node_modules') }, stdio: ['ignore', 'pipe', 'inherit'] });
    const byVictim: { key: string; n: number }[] = [];
    const ready = { isSaid: false };
    const lines = createInterface(victim.stdout);
    lines.on('line', (line) => {
      const [key, n] = line.split(' ');
      if (n === undefined) ready.isSaid = true;
      else byVictim.push({ key: key!, n: Number(n) });
    });
    const gone = new Promise((done) => { lines.once('close', done); });

    const bySurvivor: { key: string; n: number }[] = [];
    await bus.subscribe(work, 'g', async (batch) => { for (const { key, message } of batch) bySurvivor.push({ key, n: message }); }, { maxBatch: 5 });
    while (!ready.isSaid || bus.health().groups[0]!.partitions.length !== 2) await clock.sleep(20);
    const published = (async () => { for (let n = 0; n < TOTAL; n += 1) await bus.publish(work, `k${n % KEYS}`, n); })();
    while (byVictim.length < TOTAL / 6) await clock.sleep(1);
    victim.kill('SIGKILL');
    await Promise.all([published, gone]);
    while (new Set([...byVictim, ...bySurvivor].map(({ n }) => n)).size < TOTAL) await clock.sleep(20);

    for (let k = 0; k < KEYS; k += 1) {
      const firsts = [...new Set([...byVictim, ...bySurvivor].filter(({ key }) => key === `k${k}`).map(({ n }) => n))];
      expect(firsts).toEqual(Array.from({ length: TOTAL / KEYS }, (_, i) => i * KEYS + k));
    }
    expect(byVictim.length).toBeGreaterThanOrEqual(TOTAL / 6);
  });
});
