import { setImmediate } from 'node:timers/promises';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { plans, vehicleModels } from '@quaymaster/messages';
import { Actor, agv, line } from '../testing/actor';
import { AlarmHistory } from '../testing/alarm-history';
import { Stage } from '../testing/stage';
import { wideYard } from '../testing/wide-yard';

/** An application closes over several turns of the event loop. */
async function turns(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await setImmediate();
}

describe('an instance among others', () => {
  const map = wideYard();
  const opened: Stage[] = [];
  let history: AlarmHistory;
  async function open(...instances: readonly string[]): Promise<Stage> {
    const clock = new ManualClock();
    const bus = new InMemoryBus({ clock, compactedTopics: [plans.name, vehicleModels.name] });
    history = await AlarmHistory.on(bus);
    const stage = await Stage.open(map, bus, clock, {}, instances);
    opened.push(stage);
    return stage;
  }
  afterEach(async () => {
    for (const stage of opened.splice(0)) await stage.close();
  });
  const astray = (): Actor => Object.assign(new Actor('A', agv, line(-150, 0, 150, 0), { sM: 20, speedMps: 6, releasedToSM: 250, limitMps: 6 }), { offsetM: 1.6 });
  const beats = (stage: Stage): string[] => stage.heartbeats.map(({ instance, isLeaving }) => `${instance}${isLeaving ? ' leaves' : ''}`);

  it('that has no name says each second that it is at work, from the start on', async () => {
    const stage = await open('');
    await stage.run(3);
    expect(beats(stage)).toEqual(['', '', '']);
  });

  it('listens before it beats or reports, also when it is the only one', async () => {
    const stage = await open('a');
    await stage.enter(astray());
    await stage.run(1.4);
    expect([beats(stage), stage.deviations, stage.stops]).toEqual([[], [], []]);
    await stage.run(0.3);
    expect([beats(stage), stage.deviations.map(({ phase }) => phase), stage.stops[0]!.vehicleIds]).toEqual([['a'], ['opened'], ['A']]);
    await stage.run(2);
    expect(beats(stage)).toEqual(['a', 'a', 'a']);
  });

  it('that starts beside others opens nothing anew', async () => {
    const stage = await open('a', 'b');
    await stage.run(2);
    await stage.enter(astray());
    await stage.run(1);
    await Promise.all(['c', 'd', 'e', 'f', 'g'].map((name) => stage.join(name)));
    await stage.run(5);
    expect(history.episodes.map(({ subject, opened: times, sources }) => [subject, times, sources.size])).toEqual([['A:lateral', 1, 1]]);
    expect(new Set(beats(stage))).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g']));
  });

  it('that leaves says so and is gone in a second when others are at work, which go on with its alarms', async () => {
    const stage = await open('a', 'b');
    await stage.run(2);
    stage.obeys = false;
    await stage.enter(astray(), new Actor('B', agv, line(-150, 0, 150, 0), { sM: 100 }));
    await stage.run(3);
    const alarms = history.episodes.map(({ subject }) => subject);
    const fromMs = stage.clock.nowMs();
    let tookMs = 0;
    const leaving = ['a', 'b'].find((name) => [...history.episodes[0]!.sources].includes(`collision/${name}`))!;
    void stage.leave(leaving).then(() => { tookMs = stage.clock.nowMs() - fromMs; });
    await stage.run(1.3);
    await turns();
    expect([tookMs >= 1000 && tookMs <= 1300, beats(stage).includes(`${leaving} leaves`)]).toEqual([true, true]);
    await stage.run(1);
    expect([alarms, history.episodes.map(({ subject }) => subject)]).toEqual([['A:lateral', 'A|B'], alarms]);
    expect(history.openAt(stage.clock.nowMs())).toHaveLength(2);
    expect(history.words.filter(({ source, atMs }) => source === `collision/${leaving}` && atMs > fromMs + 100)).toEqual([]);
    expect(history.episodes[0]!.sources.size).toBe(2);
  });

  it('that leaves and is alone works and beats on until another one does, for 4 s at most', async () => {
    const stage = await open('a');
    await stage.run(2);
    await stage.enter(astray());
    await stage.run(1);
    let isGone = false;
    void stage.leave('a').then(() => { isGone = true; });
    await stage.run(2);
    await stage.join('b');
    const before = stage.deviations.length;
    await stage.run(1.4);
    expect([isGone, stage.deviations.length > before, beats(stage).filter((beat) => beat === 'a leaves').length]).toEqual([false, true, 4]);
    await stage.run(1.4);
    await turns();
    expect([isGone, new Set(stage.deviations.map(({ deviationId }) => deviationId)).size]).toEqual([true, 1]);
    let isEnded = false;
    void stage.leave('b').then(() => { isEnded = true; });
    await stage.run(3.9);
    expect(isEnded).toBe(false);
    await stage.run(0.3);
    await turns();
    expect(isEnded).toBe(true);
  });
});
