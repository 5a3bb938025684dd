import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Story } from '../../testing/history-story';
import { main } from '../index';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quaymaster-check-'));
  file = join(dir, 'history.jsonl');
});
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

const keep = (story: Story): void => { writeFileSync(file, story.records().map((record) => `${JSON.stringify(record)}\n`).join('')); };

async function check(...more: string[]): Promise<{ status: number; out: string; notes: string }> {
  let out = '';
  let notes = '';
  const status = await main(['history', 'check', file, ...more], {}, { out: (text) => { out += text; }, note: (text) => { notes += text; }, onEnd: () => () => undefined });
  return { status, out, notes };
}

describe('history check', () => {
  it('ends with 0 and the counts for a history as it should be', async () => {
    keep(new Story().done('a', 1000, 'resume').effect('a', 1500, 'resume', { outcome: 'repeated' }));
    expect(await check()).toEqual({
      status: 0, notes: '',
      out: `${file}: 1 commands, 0 lost, 0 doubled, 0 stale, 0 unsafe resumes, 0 changed ends, 0 ghosts, 0 open at the end\n`
        + 'at vehicles: 1 applied, 1 repeated, 0 refused; 0 commands were forged by the run\n',
    });
  });

  it('ends with 1 and a line for each violation', async () => {
    keep(new Story().done('a', 1000, 'resume').effect('a', 2000, 'resume').issue('b', 3000));
    const { status, out } = await check();
    expect(status).toBe(1);
    expect(out.split('\n').slice(2)).toEqual([
      '1970-01-01T00:00:02.000Z doubled T-01 a took effect again 900 ms later, in boot 1 after boot 1',
      '1970-01-01T00:00:13.000Z lost T-01 b nobody has said how it ended by 5000 ms after its expiry', '',
    ]);
  });

  it.each([{ doubled: 0, status: 0 }, { doubled: 1, status: 1 }])('prints one JSON object, exit $status for $doubled doubled', async ({ doubled, status }) => {
    const story = new Story().done('a', 1000, 'resume');
    keep(doubled === 0 ? story : story.effect('a', 2000, 'resume'));
    const run = await check('--json');
    expect([run.status, run.notes]).toEqual([status, '']);
    expect(JSON.parse(run.out)).toMatchObject({ file, commands: 1, lost: 0, doubled, violations: doubled === 0 ? [] : [{ kind: 'doubled', at: 2000, vehicleId: 'T-01', commandId: 'a' }] });
  });

  it.each([
    { what: 'is no history', text: 'once\nupon\n', because: 'history.jsonl line 1: not JSON' },
    { what: 'is not there', text: null, because: 'history.jsonl: cannot be read: ' },
  ])('ends with 2 and one line for a file that $what', async ({ text, because }) => {
    if (text !== null) writeFileSync(file, text);
    const { status, out, notes } = await check();
    expect([status, out]).toEqual([2, '']);
    expect(notes).toMatch(/^quaymaster: [^\n]+\n$/);
    expect(notes).toContain(because);
  });
});
