import { Story, VEHICLE } from '../../testing/history-story';
import { checkHistory, type HistoryRecord } from '.';

/** Kinds of the violations that are found. */
function found(story: Story, endMs: Parameters<Story['records']>[0] = {}): string[] {
  return checkHistory(story.records(endMs)).violations.map(({ kind }) => kind);
}

const stop = `s:${VEHICLE}`;

describe('a history as it should be', () => {
  const whole = new Story().done('route', 1000, 'route', { sequence: 1 }).done('s', 2000, 'stop', { sequence: 2 }).motion(2100, true, 'stop', stop)
    .done('resume', 3000, 'resume', { sequence: 3 }).motion(3100, false, 'resume', 'resume').done('release', 4000, 'release', { sequence: 1, epoch: 2 })
    .effect(stop, 4500, 'stop', { outcome: 'repeated' }).effect('release', 4500, 'release', { outcome: 'repeated', sequence: 1, epoch: 2 });

  it('has no violation, and its commands are counted', () => {
    expect(checkHistory(whole.records())).toEqual({
      commands: 4, lost: 0, doubled: 0, stale: 0, unsafeResumes: 0, changedEnds: 0, ghosts: 0, open: 0, effects: { applied: 4, repeated: 2, refused: 0 }, forged: 0, violations: [],
    });
  });

  it('tells where and when a violation is, and what of', () => {
    expect(checkHistory(whole.effect(stop, 5000, 'stop', { bootId: 2 }).records()).violations).toEqual([
      { kind: 'doubled', at: 5000, vehicleId: VEHICLE, commandId: stop, text: 'took effect again 2900 ms later, in boot 2 after boot 1' },
    ]);
  });
});

describe('a command is lost', () => {
  it.each<{ because: string; story: Story; endMs?: { bus?: number; vehicles?: number }; kinds: string[] }>([
    { because: 'nobody says how it ended', story: new Story().issue('c', 1000).event('c', 1001, 'received'), kinds: ['lost'] },
    { because: 'its end comes after 5 s from its expiry', story: new Story().issue('c', 1000).event('c', 11_001, 'expired'), kinds: ['lost'] },
    { because: 'it is given again later and its end is in time for that one alone', story: new Story().issue('c', 1000).issue('c', 2000).event('c', 11_001, 'expired'), kinds: ['lost'] },
    { because: 'it came to the bus when it had expired, and its end comes after 5 s from then', story: new Story().issue('c', 20_000, 'resume', 1, 1000).event('c', 25_001, 'rejected'), kinds: ['lost'] },
    { because: 'it came to the bus late but before its expiry', story: new Story().issue('c', 5999, 'resume', 1, 1000).event('c', 11_001, 'expired'), kinds: ['lost'] },
    { because: 'the end is of another vehicle', story: new Story().issue('c', 1000).event('c', 1100, 'finished', { vehicleId: 'T-02' }), kinds: ['lost'] },
    { because: 'the stop of one of two vehicles has no end', story: new Story().done('s', 1000, 'stop').requestStop('s', 1000, [VEHICLE, 'T-02']), kinds: ['lost'] },
  ])('when $because', ({ story, endMs, kinds }) => {
    expect(found(story, endMs)).toEqual(kinds);
    expect(checkHistory(story.records(endMs)).lost).toBe(1);
  });

  it.each<{ because: string; story: Story; endMs?: { bus?: number; vehicles?: number }; open: number }>([
    { because: 'its end comes just in time', story: new Story().issue('c', 1000).event('c', 11_000, 'expired'), open: 0 },
    { because: 'it came to the bus when it had expired, and its end comes within 5 s', story: new Story().issue('c', 20_000, 'resume', 1, 1000).event('c', 25_000, 'rejected'), open: 0 },
    { because: 'two dispatchers say the same end', story: new Story().issue('c', 1000).event('c', 1100, 'finished').event('c', 1300, 'finished', { source: 'dispatch-2' }), open: 0 },
    { because: 'it is given twice and ends once', story: new Story().issue('c', 1000).issue('c', 2000).event('c', 1100, 'rejected'), open: 0 },
    { because: 'the history ends before it had to end', story: new Story().issue('c', 1000), endMs: { bus: 10_999 }, open: 1 },
    { because: 'a stop had time until its expiry', story: new Story().requestStop('s', 1000).effect(stop, 1100, 'stop'), endMs: { bus: 20_999 }, open: 1 },
  ])('not when $because', ({ story, endMs, open }) => {
    expect(found(story, endMs)).toEqual([]);
    expect(checkHistory(story.records(endMs)).open).toBe(open);
  });

  it('when a stop has no end 5 s after its expiry', () => {
    expect(found(new Story().requestStop('s', 1000).effect(stop, 1100, 'stop'), { bus: 21_000 })).toEqual(['lost']);
  });
});

describe('a stop is undelivered', () => {
  const asked = () => new Story().requestStop('s', 10_000).event(stop, 25_000, 'expired');

  it.each<{ because: string; story: Story; endMs?: { vehicles?: number }; kinds: string[] }>([
    { because: 'it never reaches a vehicle that reports', story: asked(), kinds: ['undelivered-stop'] },
    { because: 'the history of the vehicles ends just when it had to be there', story: asked(), endMs: { vehicles: 15_000 }, kinds: ['undelivered-stop'] },
    { because: 'the vehicle falls silent only afterwards', story: asked().reporting(15_001, false), kinds: ['undelivered-stop'] },
    { because: 'it comes after 5 s', story: asked().effect(stop, 15_001, 'stop'), kinds: ['undelivered-stop'] },
    { because: 'it never reaches a vehicle that stands stopped', story: asked().done('t', 1000, 'stop').motion(1100, true, 'stop', `t:${VEHICLE}`), kinds: ['undelivered-stop'] },
    { because: 'the vehicle has fallen silent before and is back', story: asked().reporting(5000, false).reporting(9000, true), kinds: ['undelivered-stop'] },
    { because: 'the scheduler issued it', story: new Story().issue('c', 10_000, 'stop').event('c', 15_000, 'expired'), kinds: ['undelivered-stop'] },
  ])('when $because', ({ story, endMs, kinds }) => {
    expect(found(story, endMs)).toEqual(kinds);
  });

  it.each<{ because: string; story: Story; endMs?: { vehicles?: number } }>([
    { because: 'it comes in time and again later', story: asked().effect(stop, 10_100, 'stop').effect(stop, 16_000, 'stop', { outcome: 'repeated' }) },
    { because: 'it comes within 5 s', story: asked().effect(stop, 15_000, 'stop') },
    { because: 'the vehicle does not report when it is asked for', story: asked().reporting(9999, false).reporting(10_001, true) },
    { because: 'the vehicle falls silent before it had to be there', story: asked().reporting(14_999, false) },
    { because: 'the vehicle has never reported', story: new Story().requestStop('u', 10_000, ['T-02']).event('u:T-02', 25_000, 'expired', { vehicleId: 'T-02' }) },
    { because: 'the vehicles are not told of for so long', story: asked(), endMs: { vehicles: 14_999 } },
    { because: 'it is no stop', story: new Story().issue('c', 10_000).event('c', 15_000, 'expired') },
  ])('not when $because', ({ story, endMs }) => {
    expect(found(story, endMs)).toEqual([]);
  });

  it('and lost as one command when it has no end either', () => {
    const { lost, violations } = checkHistory(new Story().requestStop('s', 10_000).records());
    expect([lost, violations.map(({ kind }) => kind)]).toEqual([1, ['undelivered-stop', 'lost']]);
  });
});

describe('an effect', () => {
  const first = () => new Story().done('a', 1000, 'resume', { epoch: 2, sequence: 5 });

  it.each<{ what: string; story: Story; kinds: string[] }>([
    { what: 'again is doubled', story: first().effect('a', 2000, 'resume', { epoch: 2, sequence: 5 }), kinds: ['doubled'] },
    { what: 'again in a later boot is doubled', story: first().effect('a', 2000, 'resume', { epoch: 2, sequence: 5, bootId: 2 }), kinds: ['doubled'] },
    { what: 'of a stop again is doubled', story: new Story().done('s', 1000, 'stop').effect(stop, 2000, 'stop'), kinds: ['doubled'] },
    { what: 'with a sequence that was used is doubled', story: first().done('b', 2000, 'release', { epoch: 2, sequence: 5 }), kinds: ['doubled'] },
    { what: 'with a sequence behind is doubled', story: first().done('b', 2000, 'release', { epoch: 2, sequence: 4 }), kinds: ['doubled'] },
    { what: 'of an older epoch is stale', story: first().done('b', 2000, 'release', { epoch: 1, sequence: 9 }), kinds: ['stale'] },
    { what: 'of an epoch older than that of a stop is stale', story: new Story().done('s', 500, 'stop', { epoch: 3 }).done('a', 1000, 'resume', { epoch: 2 }), kinds: ['stale'] },
    { what: 'that nobody asked for is a ghost', story: new Story().effect('x', 1000, 'route'), kinds: ['ghost'] },
    { what: 'that was asked of another vehicle is a ghost', story: first().effect('a', 2000, 'resume', { vehicleId: 'T-02', epoch: 2, sequence: 5 }), kinds: ['ghost'] },
    { what: 'forged by the run is a ghost', story: forge(first()).effect('f', 2000, 'resume', { epoch: 2, sequence: 9 }), kinds: ['ghost'] },
    { what: 'refused though nobody has asked is a ghost', story: first().effect('x', 2000, 'resume', { outcome: 'refused' }), kinds: ['ghost'] },
  ])('$what', ({ story, kinds }) => {
    expect(found(story)).toEqual(kinds);
  });

  it.each<{ what: string; story: Story }>([
    { what: 'with the next sequence', story: first().done('b', 2000, 'release', { epoch: 2, sequence: 6 }) },
    { what: 'of a newer epoch that counts anew', story: first().done('b', 2000, 'release', { epoch: 3, sequence: 1 }) },
    { what: 'of a stop without epoch and out of order', story: first().done('s', 2000, 'stop', { epoch: 0, sequence: 1 }) },
    { what: 'that was repeated', story: first().effect('a', 2000, 'resume', { outcome: 'repeated', epoch: 2, sequence: 5 }) },
    { what: 'that was refused for its epoch', story: first().issue('b', 2000).effect('b', 2100, 'resume', { outcome: 'refused', epoch: 1 }).event('b', 2200, 'rejected') },
    { what: 'forged by the run and refused', story: forge(first()).effect('f', 2000, 'resume', { outcome: 'refused', epoch: 1, sequence: 9 }) },
  ])('$what is well', ({ story }) => {
    expect(found(story)).toEqual([]);
  });

  it('is judged in the order of the vehicle when two are of one instant', () => {
    const story = (one: number, other: number) => new Story().issue('a', 1000).issue('b', 1000).event('a', 1200, 'finished').event('b', 1200, 'finished')
      .effect('a', 1100, 'resume', { sequence: one }).effect('b', 1100, 'resume', { sequence: other });
    expect([found(story(1, 2)), found(story(2, 1))]).toEqual([[], ['doubled']]);
  });
});

describe('a stop may be lifted', () => {
  const stopped = () => new Story().done('s', 1000, 'stop').motion(1100, true, 'stop', stop);

  it.each<{ by: string; story: Story }>([
    { by: 'a resume issued after it', story: stopped().done('r', 2000, 'resume').motion(2100, false, 'resume', 'r') },
    { by: 'a resume issued in the same instant', story: stopped().issue('r', 1000).effect('r', 2000, 'resume', { issuedAtMs: 1000 }).event('r', 2100, 'finished').motion(2000, false, 'resume', 'r') },
    { by: 'the hands of those who repair it', story: stopped().motion(2000, false, 'hand') },
    { by: 'a resume, when a lapsed lease has stopped it', story: new Story().motion(1000, true, 'lease-lapse').done('r', 2000, 'resume').motion(2100, false, 'resume', 'r') },
  ])('by $by', ({ story }) => {
    expect(found(story)).toEqual([]);
  });

  it.each<{ by: string; story: Story }>([
    { by: 'a resume issued before it', story: stopped().done('r', 999, 'resume', { at: 2000, issuedAtMs: 999 }).motion(2000, false, 'resume', 'r') },
    { by: 'a resume issued before the newest of two', story: stopped().requestStop('t', 3000).effect(`t:${VEHICLE}`, 3100, 'stop', { issuedAtMs: 3000 }).event(`t:${VEHICLE}`, 3200, 'finished')
      .done('r', 2000, 'resume', { at: 4000, issuedAtMs: 2000 }).motion(4000, false, 'resume', 'r') },
    { by: 'a resume that was refused', story: stopped().issue('r', 2000).effect('r', 2100, 'resume', { outcome: 'refused' }).event('r', 2200, 'rejected').motion(2100, false, 'resume', 'r') },
    { by: 'a release', story: stopped().done('r', 2000, 'release').motion(2100, false, 'resume', 'r') },
    { by: 'nothing that is known', story: stopped().motion(2000, false, 'unexplained') },
    { by: 'the lapse of a lease, though a resume took effect', story: stopped().done('r', 2000, 'resume').motion(2100, false, 'lease-lapse', 'r') },
    { by: 'a reboot', story: stopped().motion(2000, false, 'reboot') },
  ])('not by $by', ({ story }) => {
    expect(found(story)).toEqual(['unsafe-resume']);
  });
});

describe('an end', () => {
  it.each([
    { of: 'one process', source: 'dispatch-1' }, { of: 'two processes', source: 'dispatch-2' },
  ])('that changes is told, said by $of', ({ source }) => {
    expect(found(new Story().issue('c', 1000).event('c', 1100, 'expired').event('c', 1200, 'finished', { source }))).toEqual(['changed-end']);
  });

  it('is not changed by a late word of what came before it', () => {
    expect(found(new Story().issue('c', 1000).event('c', 1100, 'finished').event('c', 1200, 'dispatched', { source: 'dispatch-2' }))).toEqual([]);
  });
});

describe('a history is incomplete', () => {
  const good = () => new Story().done('a', 1000, 'resume').records();

  it.each<{ because: string; records: HistoryRecord[]; text: string }>([
    { because: 'it does not say what was run', records: good().filter(({ kind }) => kind !== 'run'), text: 'it tells of 0 runs, not of one' },
    { because: 'what was heard on the bus is cut off', records: good().filter((record) => record.kind !== 'end' || record.part !== 'bus'), text: 'part bus has 0 ends, not one' },
    { because: 'what happened at vehicles is cut off', records: good().filter((record) => record.kind !== 'end' || record.part !== 'vehicles'), text: 'part vehicles has 0 ends, not one' },
    { because: 'a record is missing', records: good().filter(({ kind }) => kind !== 'reporting'), text: 'part vehicles has 1 records of 2' },
    { because: 'a record is there twice', records: [...good(), good().find(({ kind }) => kind === 'event')!], text: 'part bus has 4 records of 3' },
  ])('when $because', ({ records, text }) => {
    expect(checkHistory(records).violations.filter(({ kind }) => kind === 'incomplete').map((one) => one.text)).toContain(text);
  });

  it('when it has nothing', () => {
    expect(checkHistory([]).violations.map(({ text }) => text)).toEqual(['it tells of 0 runs, not of one', 'part bus has 0 ends, not one', 'part vehicles has 0 ends, not one']);
  });
});

function forge(story: Story): Story {
  return story.add({ kind: 'forged', at: 1900, vehicleId: VEHICLE, command: { commandId: 'f', sequence: 9, epoch: 1, issuedAtMs: 1900, ttlMs: 5000, params: { kind: 'resume' } } });
}
