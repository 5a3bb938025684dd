import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { plans, vehicleModels } from '@quaymaster/messages';
import { Actor, agv, bend, line, tractor } from '../testing/actor';
import { Stage } from '../testing/stage';
import { wideYard } from '../testing/wide-yard';

describe('CollisionMonitor', () => {
  const opened: Stage[] = [];
  async function open(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const clock = new ManualClock();
    const stage = await Stage.open(wideYard(), new InMemoryBus({ clock, compactedTopics: [plans.name, vehicleModels.name] }), clock, env);
    opened.push(stage);
    return stage;
  }
  afterEach(async () => {
    for (const stage of opened.splice(0)) await stage.close();
  });

  /** B crosses A's way with permission; A's ends 6 m before B's lane. */
  function crossing(): { a: Actor; b: Actor } {
    const a = new Actor('A', agv, line(-120, 0, 120, 0), { sM: 40, speedMps: 8, releasedToSM: 120 - 1.3 - 6 - 7.4 });
    const b = new Actor('B', tractor, line(0, -50, 0, 55), { sM: 12, speedMps: 5, releasedToSM: 95, limitMps: 5 });
    return { a, b };
  }

  describe('conflicts', () => {
    it('stops both before a vehicle that runs through the end of its permission hits the one that crosses', async () => {
      const stage = await open();
      const { a, b } = crossing();
      a.ignoresRelease = true;
      await stage.enter(a, b);
      await stage.run(14);
      const conflict = stage.conflicts.find(({ severity }) => severity === 'imminent');
      expect(conflict).toMatchObject({ a: 'A', b: 'B' });
      expect(conflict!.timeToContactS).toBeGreaterThan(2);
      expect(stage.stops.some(({ vehicleIds, causeId }) => vehicleIds.join() === 'A,B' && causeId === conflict!.conflictId)).toBe(true);
      expect(a.speedMps + b.speedMps).toBe(0);
      expect(stage.leastGapM).toBeGreaterThan(0);
      expect(stage.counters.imminent).toBe(1);
    });

    it('with stops switched off only tells, and they collide', async () => {
      const stage = await open({ QM_COLLISION_STOP: 'off' });
      const { a, b } = crossing();
      a.ignoresRelease = true;
      await stage.enter(a, b);
      await stage.run(14);
      expect(stage.conflicts.some(({ severity }) => severity === 'imminent')).toBe(true);
      expect(stage.deviations.some(({ kind }) => kind === 'release-violation')).toBe(true);
      expect(stage.stops).toEqual([]);
      expect(stage.leastGapM).toBeLessThan(0);
    });

    it('finds nothing when the vehicle keeps to its permission', async () => {
      const stage = await open();
      const { a, b } = crossing();
      await stage.enter(a, b);
      await stage.run(14);
      expect(b.sM).toBeGreaterThan(70);
      expect([...stage.conflicts, ...stage.deviations, ...stage.stops]).toEqual([]);
    });

    it('finds nothing in a queue that closes up to one metre and sets off again', async () => {
      const stage = await open();
      const path = line(-140, 0, 140, 0);
      const first = new Actor('A', tractor, path, { sM: 100, releasedToSM: 100 });
      const second = new Actor('B', agv, path, { sM: 30, speedMps: 8, releasedToSM: 100 - 11.3 - 7.4 - 1 });
      const third = new Actor('C', tractor, path, { sM: 5, speedMps: 4, releasedToSM: 100 - 11.3 - 14.8 - 4.2 - 1.5 });
      await stage.enter(first, second, third);
      await stage.run(16);
      expect(second.speedMps).toBe(0);
      await stage.run(20, () => {
        // Each may go on as the one before has cleared the ground, 0.5 m kept.
        first.releasedToSM = 200;
        second.releasedToSM = Math.max(second.releasedToSM, first.sM - 11.3 - 7.4 - 0.5);
        third.releasedToSM = Math.max(third.releasedToSM, second.sM - 7.4 - 4.2 - 0.5);
      });
      expect(third.sM).toBeGreaterThan(120);
      expect([...stage.conflicts, ...stage.deviations, ...stage.stops]).toEqual([]);
    });

    it('finds nothing between vehicles that meet in lanes 4.5 m apart, straight and through a bend', async () => {
      const stage = await open();
      const bent = new Actor('C', agv, bend(-100, 40, 0, 40, 22.5, Math.PI / 2, 60), { sM: 10, speedMps: 5, releasedToSM: 130, limitMps: 5 });
      await stage.enter(
        new Actor('A', agv, line(-140, 0, 140, 0), { sM: 10, speedMps: 8, releasedToSM: 250 }),
        new Actor('B', agv, line(140, 4.5, -140, 4.5), { sM: 30, speedMps: 8, releasedToSM: 250 }), bent,
        new Actor('D', agv, bend(-100, 35.5, 0, 40, 27, Math.PI / 2, 60), { sM: 8, speedMps: 5, releasedToSM: 130, limitMps: 5 }),
      );
      await stage.run(20);
      expect(stage.leastGapM).toBeLessThan(1.6);
      expect([...stage.conflicts, ...stage.deviations, ...stage.stops]).toEqual([]);
    });

    it('finds nothing between parked vehicles, nor when one leaves its place 0.3 m beside another', async () => {
      const stage = await open();
      const leaving = new Actor('B', agv, line(0, 3.3, 100, 3.3), { sM: 10 });
      await stage.enter(new Actor('A', agv, line(0, 0, 100, 0), { sM: 10 }), leaving, new Actor('C', tractor, line(0, 8, 100, 8), { sM: 15 }));
      await stage.run(3);
      leaving.releasedToSM = 60;
      await stage.run(8);
      expect(leaving.sM).toBeGreaterThan(30);
      expect([...stage.conflicts, ...stage.stops]).toEqual([]);
    });

    it('sees that a trailer cuts the corner into a vehicle that stands inside it, and stops in time', async () => {
      const stage = await open();
      const turning = new Actor('A', tractor, bend(-70, 0, 0, 60, 13, Math.PI / 2, 60), { sM: 25, speedMps: 4, releasedToSM: 130, limitMps: 4 });
      const standing = new Actor('B', tractor, line(-1.2, 5.2, 20, 19), { sM: 0 });
      await stage.enter(turning, standing);
      await stage.run(4);
      expect(stage.conflicts.some(({ severity }) => severity === 'warning')).toBe(true);
      await stage.run(16);
      expect(stage.conflicts.some(({ severity }) => severity === 'imminent')).toBe(true);
      expect(turning.speedMps).toBe(0);
      expect(stage.leastGapM).toBeGreaterThan(0);
    });

    it('does not stop vehicles that are stopped already, though they still touch as they roll out', async () => {
      const stage = await open();
      const a = new Actor('A', agv, line(-140, 0, 140, 0), { sM: 40, speedMps: 8, releasedToSM: 200 });
      const b = new Actor('B', agv, line(-140, 0, 140, 0), { sM: 70 });
      a.stopped = true;
      b.stopped = true;
      await stage.enter(a, b);
      await stage.run(1);
      expect(stage.conflicts[0]).toMatchObject({ severity: 'imminent' });
      expect(stage.stops).toEqual([]);
    });

    it('closes a conflict a second after it was last predicted, and opens the next under another id', async () => {
      const stage = await open({ QM_COLLISION_STOP: 'off' });
      const a = new Actor('A', agv, line(-140, 0, 140, 0), { sM: 20, speedMps: 5, releasedToSM: 200, limitMps: 5 });
      await stage.enter(a, new Actor('B', agv, line(-140, 0, 140, 0), { sM: 75 }));
      await stage.run(1);
      a.stopped = true;
      await stage.run(5);
      a.stopped = false;
      await stage.run(2);
      const phases = stage.conflicts.map(({ phase }) => phase).filter((phase) => phase !== 'updated');
      expect(phases).toEqual(['opened', 'closed', 'opened']);
      const ids = new Set(stage.conflicts.map(({ conflictId }) => conflictId));
      expect(ids.size).toBe(2);
      for (const id of ids) expect(id).toMatch(/^A\|B\|/);
    });
  });

  describe('seen objects', () => {
    const person = (xM: number, yM: number, vyMps = 0) => ({
      objectId: 'p1', kind: 'person' as const, polygonM: [xM - 0.3, yM - 0.3, xM + 0.3, yM - 0.3, xM + 0.3, yM + 0.3, xM - 0.3, yM + 0.3], vxMps: 0, vyMps,
    });

    it('stops a vehicle before a person that another vehicle sees on its way', async () => {
      const stage = await open();
      const a = new Actor('A', agv, line(-140, 0, 140, 0), { sM: 20, speedMps: 6, releasedToSM: 200, limitMps: 6 });
      const watcher = new Actor('B', agv, line(-140, 20, 140, 20), { sM: 100 });
      watcher.objects = [person(-60, 0.5)];
      await stage.enter(a, watcher);
      await stage.run(12);
      expect(stage.conflicts[0]).toMatchObject({ a: 'A', b: 'object:B:p1' });
      expect(stage.stops[0]!.vehicleIds).toEqual(['A']);
      expect(a.speedMps).toBe(0);
      expect(a.sM + 7.4).toBeLessThan(140 - 60 - 0.3);
    });

    it('takes what overlaps a known vehicle for that vehicle', async () => {
      const stage = await open();
      const a = new Actor('A', agv, line(-140, 0, 140, 0), { sM: 20, speedMps: 6, releasedToSM: 200, limitMps: 6 });
      const watcher = new Actor('B', agv, line(-140, 5, 140, 5), { sM: 25, speedMps: 6, releasedToSM: 200, limitMps: 6 });
      await stage.enter(a, watcher);
      await stage.run(8, () => {
        // It sees A's right front corner and its own load.
        watcher.objects = [{ ...person(a.sM - 140 + 7, -0.8), vxMps: 0 }, { ...person(watcher.sM - 140, 5), objectId: 'p2' }];
      });
      expect([...stage.conflicts, ...stage.stops]).toEqual([]);
    });

    it('leaves a person alone who walks up to a vehicle that stands', async () => {
      const stage = await open();
      const a = new Actor('A', agv, line(-140, 0, 140, 0), { sM: 20 });
      a.objects = [person(-120, 5, -1.2)];
      await stage.enter(a);
      await stage.run(3);
      expect([...stage.conflicts, ...stage.stops]).toEqual([]);
    });
  });

  it('counts in the metrics', async () => {
    const stage = await open({ QM_COLLISION_STOP: 'off' });
    const { a, b } = crossing();
    a.ignoresRelease = true;
    await stage.enter(a, b);
    await stage.run(14);
    const text = await stage.registry.metrics();
    expect(text).toMatch(/qm_collision_conflicts_total\{severity="imminent"\} 1/);
    expect(text).toMatch(/qm_collision_deviations_total\{kind="release-violation"\} 1/);
  });
});
