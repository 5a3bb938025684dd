import { setImmediate } from 'node:timers/promises';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { plans, vehicleModels } from '@quaymaster/messages';
import { Actor, agv, line } from '../testing/actor';
import { Stage } from '../testing/stage';
import { wideYard } from '../testing/wide-yard';

/** An application closes over several turns of the event loop. */
async function turns(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await setImmediate();
}

describe('an instance among others', () => {
  const map = wideYard();
  const opened: Stage[] = [];
  async function open(...instances: readonly string[]): Promise<Stage> {
    const clock = new ManualClock();
    const stage = await Stage.open(map, new InMemoryBus({ clock, compactedTopics: [plans.name, vehicleModels.name] }), clock, {}, instances);
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
    expect(stage.deviations.filter(({ phase, kind }) => phase === 'opened' && kind === 'lateral')).toHaveLength(1);
    expect(new Set(beats(stage))).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g']));
  });

  it('that leaves says so and is gone in a second when others are at work, which go on with its alarms', async () => {
    const stage = await open('a', 'b');
    await stage.run(2);
    await stage.enter(astray());
    await stage.run(1);
    const { deviationId } = stage.deviations[0]!;
    const fromMs = stage.clock.nowMs();
    let tookMs = 0;
    void stage.leave('a').then(() => { tookMs = stage.clock.nowMs() - fromMs; });
    await stage.run(1.3);
    await turns();
    expect([tookMs >= 1000 && tookMs <= 1300, beats(stage).filter((beat) => beat === 'a leaves').length > 0]).toEqual([true, true]);
    stage.deviations.length = 0;
    await stage.run(2);
    expect(new Set(stage.deviations.map((d) => `${d.deviationId} ${d.phase}`))).toEqual(new Set([`${deviationId} updated`]));
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
