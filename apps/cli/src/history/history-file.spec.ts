import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Story, VEHICLE } from '../../testing/history-story';
import { checkHistory, HistoryFile, type HistoryPart, type HistoryRecord, HistoryUnreadableError, mergeHistory, readHistory } from '.';
import { partOf } from './history-record';

let dir: string;
beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'quaymaster-history-')); });
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

const story = new Story().done('a', 1000, 'route', { sequence: 1 }).done('s', 2000, 'stop').motion(2100, true, 'stop', `s:${VEHICLE}`)
  .add({ kind: 'fault', at: 2500, action: 'killed', role: 'dispatch', instance: 'dispatch-1' })
  .add({ kind: 'contact', at: 2600, vehicleIds: ['T-01', 'T-02'], xM: 1, yM: 2, speedsMps: [0, 1] })
  .add({ kind: 'forged', at: 2700, vehicleId: VEHICLE, command: { commandId: 'f', sequence: 9, epoch: 0, issuedAtMs: 2700, ttlMs: 5000, params: { kind: 'resume' } } })
  .done('r', 3000, 'resume', { sequence: 2 }).motion(3100, false, 'resume', 'r').records();
const withoutPlace = (records: readonly HistoryRecord[]) => records.map((record) => ({ ...record, n: 0 }));

/** Writes one part of the story into a file of its own. */
async function part(name: HistoryPart): Promise<string> {
  const path = join(dir, `${name}.jsonl`);
  const file = await HistoryFile.create(path, name, () => 100_000);
  for (const record of story) if (record.kind !== 'end' && partOf[record.kind] === name) file.append(record);
  await file.close();
  return path;
}

describe('a history in files', () => {
  it('reads what was written, with the end of each part', async () => {
    const vehicles = story.filter(({ kind }) => kind !== 'end' && partOf[kind] === 'vehicles');
    const read = readHistory(await part('vehicles'));
    expect(withoutPlace(read)).toEqual([...withoutPlace(vehicles), { kind: 'end', at: 100_000, part: 'vehicles', records: vehicles.length, n: 0 }]);
    expect(read.map(({ n }) => n)).toEqual(read.map((_, i) => i));
  });

  it('is merged from its parts into one in order of time, and judged the same', async () => {
    const file = join(dir, 'merged.jsonl');
    const merged = mergeHistory([await part('vehicles'), await part('bus')], file);
    expect(readHistory(file)).toEqual(merged);
    expect(merged.map(({ at }) => at)).toEqual(merged.map(({ at }) => at).sort((a, b) => a - b));
    expect(merged.map(({ n }) => n)).toEqual(merged.map((_, i) => i));
    expect(new Set(withoutPlace(merged).map((record) => JSON.stringify(record))).size).toBe(story.length);
    expect(checkHistory(merged)).toEqual(checkHistory(story));
    expect(checkHistory(merged)).toMatchObject({ commands: 3, violations: [] });
  });

  it('keeps the order that records of one instant have in their part', async () => {
    const path = join(dir, 'instant.jsonl');
    const file = await HistoryFile.create(path, 'vehicles', () => 5);
    for (const vehicleId of ['T-03', 'T-01', 'T-02']) file.append({ kind: 'reporting', at: 5, vehicleId, bootId: 1, reporting: true });
    file.append({ kind: 'reporting', at: 4, vehicleId: 'T-04', bootId: 1, reporting: true });
    await file.close();
    const merged = mergeHistory([path], join(dir, 'instant-merged.jsonl'));
    expect(merged.map((record) => (record.kind === 'reporting' ? record.vehicleId : record.kind))).toEqual(['T-04', 'T-03', 'T-01', 'T-02', 'end']);
  });

  it('of a writer that was killed is taken as far as it goes, and told to be incomplete', async () => {
    const path = await part('vehicles');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, text.lastIndexOf('{"kind":"motion"') + 40));
    const merged = mergeHistory([path, await part('bus')], join(dir, 'cut.jsonl'));
    expect(merged).toHaveLength(story.length - 2);
    expect(checkHistory(merged).violations.map(({ text: because }) => because)).toEqual(['part vehicles has 0 ends, not one']);
  });

  it('cannot be opened where there is no folder', async () => {
    await expect(HistoryFile.create(join(dir, 'none', 'a.jsonl'), 'bus', () => 0)).rejects.toThrow('ENOENT');
  });

  it('says so when the disk does not take it', async () => {
    const file = await HistoryFile.create('/dev/full', 'bus', () => 0);
    file.append({ kind: 'fault', at: 1, action: 'started', role: 'dispatch', instance: 'dispatch-1' });
    await expect(file.close()).rejects.toThrow('ENOSPC');
    expect(() => { file.append({ kind: 'fault', at: 2, action: 'started', role: 'dispatch', instance: 'dispatch-1' }); }).toThrow('ENOSPC');
  });
});

describe('an unreadable history', () => {
  const good = `${JSON.stringify(story[0])}\n`;

  it.each<{ what: string; text: string; line: number; because: string }>([
    { what: 'a line that is not JSON', text: `${good}{"kind":\n${good}`, line: 2, because: 'not JSON' },
    { what: 'an empty line', text: `${good}\n${good}`, line: 2, because: 'not JSON' },
    { what: 'a kind that is not known', text: `${good}${good}{"kind":"rumour","at":1,"n":0}\n`, line: 3, because: 'kind' },
    { what: 'a record that lacks something', text: '{"kind":"motion","at":1,"n":0,"vehicleId":"T-01","bootId":1,"cause":"stop","commandId":""}\n', line: 1, because: '→ at stopped' },
    { what: 'an instant that is no number', text: good.replace('"at":0', '"at":"soon"'), line: 1, because: '→ at at' },
    { what: 'nothing', text: '', line: 0, because: 'it has no record' },
    { what: 'no whole line', text: 'once upon a time', line: 0, because: 'it has no record' },
  ])('with $what is refused by line $line', ({ text, line, because }) => {
    const path = join(dir, 'bad.jsonl');
    writeFileSync(path, text);
    const read = () => readHistory(path);
    expect(read).toThrow(HistoryUnreadableError);
    expect(read).toThrow(expect.objectContaining({ file: path, line }) as Error);
    expect(read).toThrow(because);
  });

  it('that is not there is refused', () => {
    expect(() => readHistory(join(dir, 'none.jsonl'))).toThrow(/none\.jsonl: cannot be read: .*ENOENT/);
  });
});
