import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Conflict, conflicts, plans, vehicleModels } from '@quaymaster/messages';
import { Peers } from '@quaymaster/nest-platform';
import { Actor, agv, line } from '../testing/actor';
import { AlarmHistory } from '../testing/alarm-history';
import { Stage } from '../testing/stage';
import { wideYard } from '../testing/wide-yard';

describe('one report for each finding', () => {
  const map = wideYard();
  const opened: Stage[] = [];
  let history: AlarmHistory;
  async function open(instances: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const clock = new ManualClock();
    const bus = new InMemoryBus({ clock, compactedTopics: [plans.name, vehicleModels.name] });
    history = await AlarmHistory.on(bus);
    const stage = await Stage.open(map, bus, clock, env, instances);
    stage.obeys = false;
    opened.push(stage);
    await stage.run(2);
    return stage;
  }
  afterEach(async () => {
    for (const stage of opened.splice(0)) await stage.close();
  });
  /** Everything happens in one cell. */
  const ONE_CELL = { QM_COLLISION_CELL_M: '5000' };
  const follower = (): Actor => new Actor('A', agv, line(5, 60, 285, 60), { sM: 20, speedMps: 5, releasedToSM: 200, limitMps: 5 });
  const obstacle = (): Actor => new Actor('B', agv, line(5, 60, 285, 60), { sM: 75 });
  const holder = (): string => [...history.episodes[0]!.sources].at(-1)!.slice('collision/'.length);
  /** The name of an instance that is responsible for the one cell, should it come to the one that is there. */
  const ranksAbove = (there: string): string => {
    const clock = new ManualClock();
    return Array.from({ length: 50 }, (_, n) => `late-${n}`).find((name) => {
      const peers = new Peers(name, 'collision', clock);
      peers.hear({ service: 'collision', instance: there, epoch: 0, atMs: clock.nowMs(), isLeaving: false });
      return peers.ranked('0:0')[0] === name;
    })!;
  };
  const words = (stage: Stage): string[] => stage.conflicts.map(({ conflictId, phase }) => `${conflictId} ${phase}`);

  it('a dead instance\'s conflict is adopted under its id by one of the others, and closed when it is over', async () => {
    const stage = await open(['a', 'b', 'c', 'd']);
    const a = follower();
    await stage.enter(a, obstacle());
    await stage.run(1);
    const { conflictId } = stage.conflicts[0]!;
    const dead = holder();
    await stage.kill(dead);
    stage.conflicts.length = 0;
    await stage.run(2);
    expect(stage.conflicts).toEqual([]);
    await stage.run(1.3);
    expect(holder()).not.toBe(dead);
    a.stopped = true;
    await stage.run(5);
    expect(words(stage).at(-1)).toBe(`${conflictId} closed`);
    expect(new Set(words(stage))).toEqual(new Set([`${conflictId} updated`, `${conflictId} closed`]));
    expect([history.episodes.length, history.episodes[0]!.sources.size]).toEqual([1, 2]);
  });

  it('a dead instance\'s conflict is closed by one that knows of it when the one responsible has come too late to', async () => {
    const stage = await open(['a', 'b'], { ...ONE_CELL, QM_COLLISION_COPIES: '1' });
    const a = follower();
    await stage.enter(a, obstacle());
    await stage.run(1);
    const { conflictId } = stage.conflicts[0]!;
    const other = holder() === 'a' ? 'b' : 'a';
    await stage.kill(holder());
    a.stopped = true;
    await stage.join(ranksAbove(other));
    stage.conflicts.length = 0;
    await stage.run(6);
    expect(words(stage).at(-1)).toBe(`${conflictId} closed`);
    expect([history.episodes.length, [...history.episodes[0]!.sources].at(-1)]).toEqual([1, `collision/${other}`]);
  });

  it.each([['with a second copy its holder asks for the stop within 0.2 s', '2', 0, 200], ['without one, whoever gets the cell does when the death is known', '1', 200, 3300]])(
    'when an instance dies the moment before a contact becomes imminent, %s', async (_, copies, afterMs, withinMs) => {
      // The same traffic without a death tells the moment.
      const first = await open(['a', 'b', 'c', 'd'], { ...ONE_CELL, QM_COLLISION_COPIES: copies });
      await first.enter(follower(), obstacle());
      await first.run(6);
      const stopAtMs = history.stops[0]!.atMs;
      const dying = holder();
      const stage = await open(['a', 'b', 'c', 'd'], { ...ONE_CELL, QM_COLLISION_COPIES: copies });
      const fromMs = stage.clock.nowMs();
      await stage.enter(follower(), obstacle());
      await stage.run((stopAtMs - fromMs) / 1000 - 0.04);
      expect([history.stops, holder()]).toEqual([[], dying]);
      await stage.kill(dying);
      await stage.run(4);
      expect(history.stops[0]!.ids).toBe('A,B');
      expect(history.stops[0]!.atMs - stopAtMs).toBeGreaterThanOrEqual(afterMs);
      expect(history.stops[0]!.atMs - stopAtMs).toBeLessThanOrEqual(withinMs);
    },
  );

  it('of two conflicts of one pair that are open at once the one with the lesser id stays', async () => {
    // One that has no copy of the cell finds nothing itself.
    const stage = await open(['a', 'b'], { ...ONE_CELL, QM_COLLISION_COPIES: '1' });
    const say = async (conflictId: string, phase: Conflict['phase']): Promise<void> => {
      await stage.bus.publish(conflicts, conflictId, { ...stage.conflicts[0]!, conflictId, phase }, { source: `collision/${holder() === 'a' ? 'b' : 'a'}` });
      await stage.bus.idle();
    };
    await stage.enter(follower(), obstacle());
    await stage.run(1);
    const { conflictId } = stage.conflicts[0]!;
    await say('A|B|zzz', 'opened');
    await stage.run(0.6);
    expect(words(stage).slice(-1)).toEqual([`${conflictId} updated`]);
    await say('A|B|000', 'opened');
    expect(words(stage).slice(-1)).toEqual([`${conflictId} closed`]);
    stage.conflicts.length = 0;
    await stage.run(1);
    expect(stage.conflicts).toEqual([]);
  });

  it('a vehicle that was stopped for its deviation and resumed is not stopped again when another instance goes on with it', async () => {
    const stage = await open(['a', 'b', 'c']);
    const actor = follower();
    actor.offsetM = 1.6;
    await stage.enter(actor);
    await stage.run(1);
    actor.stopped = true;
    await stage.run(1);
    actor.stopped = false;
    await stage.run(0.5);
    const stops = stage.stops.length;
    await stage.kill(holder());
    await stage.run(5);
    expect([stage.stops.length, history.episodes.filter(({ subject }) => subject === 'A:lateral').map(({ sources }) => sources.size)]).toEqual([stops, [2]]);
  });

  it('an open deviation is repeated each second though its vehicle is silent', async () => {
    const stage = await open(['']);
    const actor = follower();
    actor.offsetM = 1.6;
    await stage.enter(actor);
    await stage.run(1);
    actor.connected = false;
    await stage.run(8);
    history.expire(stage.clock.nowMs());
    expect(history.episodes.map(({ subject }) => subject)).toEqual(['A:lateral', 'A:suspect', 'A:lost']);
    expect(history.longestSilenceMs).toBeLessThanOrEqual(1100);
    expect(history.episodes.map(({ toMs }) => toMs === Infinity)).toEqual([true, false, true]);
  });

  it('a vehicle that was silent before others came is given up, and not run into, though they work where it is and do not know it', async () => {
    const stage = await open(['a'], { ...ONE_CELL, QM_COLLISION_COPIES: '1' });
    const silent = obstacle();
    silent.releasedToSM = 80;
    const late = new Actor('C', agv, line(5, 60, 285, 60), { sM: 20, speedMps: 0, releasedToSM: 20, limitMps: 5 });
    await stage.enter(silent, late);
    await stage.run(0.2);
    silent.connected = false;
    await stage.run(0.5);
    const others = ['b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const name of others) await stage.join(name);
    await stage.run(4);
    late.releasedToSM = 200;
    await stage.run(5);
    expect(history.openAt(stage.clock.nowMs()).map(({ subject }) => subject)).toEqual(['B:lost', 'B|C']);
    expect([...history.episodes.find(({ subject }) => subject === 'B:lost')!.sources]).toEqual(['collision/a']);
  });
});
