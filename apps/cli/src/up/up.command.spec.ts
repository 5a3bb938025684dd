import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../index';

let dir: string;

beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'quaymaster-cli-')); });

afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

/** `up` with everything it writes, asked to end as soon as it listens for that. */
async function upAndEnd(...flags: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly notes: readonly string[] }> {
  let out = '';
  const notes: string[] = [];
  const status = await main(['up', '--headless', ...flags], { QM_STORE_DIR: dir }, {
    out: (text) => { out += text; }, note: (text) => { notes.push(text); }, onEnd: (callback) => { callback(); return () => undefined; },
  });
  return { status, out, notes };
}

it('tells where the site listens, with the token, and ends with 0 when it is asked to', async () => {
  const { status, out, notes } = await upAndEnd('--vehicles', '0', '--http-port', '0', '--mqtt-port', '0');
  expect([status, notes]).toEqual([0, []]);
  const token = readFileSync(join(dir, 'first-start-token'), 'utf8').trim();
  expect(out.split('\n')).toEqual([expect.stringMatching(new RegExp(`^REST: http://127\\.0\\.0\\.1:\\d+/v1 token: ${token}$`)), expect.stringMatching(/^MQTT: mqtt:\/\/127\.0\.0\.1:\d+$/), '']);
}, 90_000);

it('reports what an interrupted scenario has seen so far as one JSON object, says in a note why it ended, and does not pass for a success', async () => {
  const { status, out, notes } = await upAndEnd('--scenario', 'breakdown', '--vehicles', '1', '--seed', '7', '--json');
  expect(status).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ scenario: 'breakdown', seed: 7, vehicles: 1, incidents: [], contacts: 0 });
  expect(notes).toEqual([expect.stringMatching(/^ended before its time: .*interrupted\n$/)]);
}, 90_000);
