import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Deviation, plans, vehicleModels } from '@quaymaster/messages';
import { Actor, agv, line, tractor } from '../testing/actor';
import { Stage } from '../testing/stage';
import { wideYard } from '../testing/wide-yard';

/** Time that also passes while the process hangs: timers that were due meanwhile run once, afterwards. */
class HangingClock extends ManualClock {
  private hungMs = 0;

  hang(durationMs: number): void {
    this.hungMs += durationMs;
  }

  override nowMs(): number {
    return super.nowMs() + this.hungMs;
  }

  override monotonicMs(): number {
    return super.monotonicMs() + this.hungMs;
  }
}

describe('deviations', () => {
  const map = wideYard();
  const opened: Stage[] = [];
  async function open(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const clock = new ManualClock();
    const stage = await Stage.open(map, new InMemoryBus({ clock, compactedTopics: [plans.name, vehicleModels.name] }), clock, env);
    opened.push(stage);
    return stage;
  }
  afterEach(async () => {
    for (const stage of opened.splice(0)) await stage.close();
  });

  const driving = (model = agv): Actor => new Actor('A', model, line(-150, 0, 150, 0), { sM: 20, speedMps: 6, releasedToSM: 250, limitMps: 6 });
  const kinds = (stage: Stage, phase: Deviation['phase']): string[] => stage.deviations.filter((d) => d.phase === phase).map((d) => d.kind);

  it('reports and stops a vehicle that is more than a metre beside its route, and closes it when it is back', async () => {
    const stage = await open();
    const actor = driving();
    await stage.enter(actor);
    await stage.run(1);
    actor.offsetM = 0.9;
    await stage.run(1);
    expect(stage.deviations).toEqual([]);
    actor.offsetM = -1.2;
    await stage.run(0.2);
    const [deviation] = stage.deviations;
    expect(deviation).toMatchObject({ vehicleId: 'A', kind: 'lateral', phase: 'opened' });
    expect(deviation!.size).toBeCloseTo(1.2, 2);
    expect(deviation!.deviationId).toMatch(/^A:lateral:/);
    expect(stage.stops[0]).toMatchObject({ vehicleIds: ['A'], source: 'collision', causeId: deviation!.deviationId });
    await stage.run(3);
    actor.offsetM = 0.1;
    await stage.run(1.3);
    expect(new Set(stage.deviations.map((d) => d.deviationId)).size).toBe(1);
    expect(kinds(stage, 'closed')).toEqual(['lateral']);
    expect(kinds(stage, 'updated').length).toBeGreaterThan(3);
  });

  it('repeats the stop until the vehicle reports it, and not after', async () => {
    const stage = await open();
    stage.obeys = false;
    const actor = driving();
    actor.offsetM = 1.5;
    await stage.enter(actor);
    await stage.run(2);
    expect(stage.stops.length).toBeGreaterThanOrEqual(3);
    expect(new Set(stage.stops.map((stop) => stop.requestId)).size).toBe(stage.stops.length);
    actor.stopped = true;
    await stage.run(0.2);
    const before = stage.stops.length;
    await stage.run(2);
    // It is resumed while still beside its route, as when it is driven back onto it.
    actor.stopped = false;
    await stage.run(2);
    expect(stage.stops.length).toBe(before);
  });

  it('opens nothing for a vehicle that a person drives, and nothing when it is handed back rolling beyond its permission under a stop', async () => {
    const stage = await open();
    const actor = new Actor('A', agv, line(-150, 0, 150, 0), { sM: 20, speedMps: 1.2, releasedToSM: 20, limitMps: 1.2 });
    actor.ignoresRelease = true;
    actor.offsetM = 3;
    actor.mode = 'MANUAL';
    await stage.enter(actor);
    await stage.run(4, () => { actor.offsetM = Math.max(0, actor.offsetM - 0.02); });
    actor.mode = 'AUTOMATIC';
    actor.stopped = true;
    await stage.run(2);
    expect([...stage.deviations, ...stage.stops]).toEqual([]);
  });

  it('reports a vehicle that is turned against its route without stopping it', async () => {
    const stage = await open();
    const actor = driving();
    await stage.enter(actor);
    actor.turnedRad = 0.5;
    await stage.run(0.5);
    expect(kinds(stage, 'opened')).toEqual(['heading']);
    expect(stage.stops).toEqual([]);
  });

  it('reports and stops a vehicle that cannot stop any more before the end of its permission', async () => {
    const stage = await open();
    const actor = driving();
    actor.releasedToSM = 60;
    actor.ignoresRelease = true;
    await stage.enter(actor);
    await stage.run(11);
    const deviation = stage.deviations.find((d) => d.kind === 'release-violation');
    expect(deviation?.phase).toBe('opened');
    // At 6 m/s it needs 10.9 m at 1.65 m/s²: noticed within two frames of passing 60 - 10.9 + 1 m.
    const atSM = deviation!.xM + 150;
    expect(atSM).toBeGreaterThan(50);
    expect(atSM).toBeLessThan(51.5);
    expect(stage.stops[0]!.causeId).toBe(deviation!.deviationId);
    expect(actor.speedMps).toBe(0);
  });

  it('lets a vehicle under way take another route whose release is still to come', async () => {
    const stage = await open();
    const actor = driving();
    await stage.enter(actor);
    await stage.run(3);
    actor.routeId = 'route-A-2';
    actor.releasedToSM = actor.sM;
    await stage.bus.publish(plans, 'A', { ...actor.plan, publishedAtMs: stage.clock.nowMs() });
    await stage.run(2);
    actor.releasedToSM = 250;
    await stage.run(3);
    expect(kinds(stage, 'opened')).toEqual([]);
  });

  it('reports a vehicle that is too fast', async () => {
    const stage = await open();
    const actor = new Actor('A', agv, line(-150, 0, 150, 0), { sM: 20, speedMps: 6, releasedToSM: 280, limitMps: 8 });
    await stage.enter(actor);
    await stage.bus.publish(plans, 'A', { ...actor.plan, limitMps: [4], publishedAtMs: stage.clock.nowMs() });
    await stage.run(1);
    expect(kinds(stage, 'opened')).toEqual(['overspeed']);
    expect(stage.stops).toEqual([]);
  });

  it('reports and stops a vehicle without a route whose body leaves the surface', async () => {
    const stage = await open();
    const actor = new Actor('A', agv, line(0, 50, 0, 150), { sM: 10, speedMps: 3, releasedToSM: 90, limitMps: 3 });
    actor.reportsRoute = false;
    await stage.enter(actor);
    await stage.run(20);
    const deviation = stage.deviations.find((d) => d.kind === 'off-surface');
    // 10 % of 14.8 m stand out at y = 100 when its middle is at 94.1 m.
    expect(deviation!.yM).toBeGreaterThan(94);
    expect(deviation!.yM).toBeLessThan(95);
    expect(stage.stops[0]!.causeId).toBe(deviation!.deviationId);
  });

  describe('silence', () => {
    it('suspects a driving vehicle after 2 s, gives it up after 3 s, and takes it back when it reports', async () => {
      const stage = await open();
      const actor = driving();
      await stage.enter(actor);
      await stage.run(2);
      actor.connected = false;
      await stage.run(1.9);
      expect(stage.deviations).toEqual([]);
      await stage.run(0.4);
      expect(kinds(stage, 'opened')).toEqual(['suspect']);
      await stage.run(1);
      expect(kinds(stage, 'opened')).toEqual(['suspect', 'lost']);
      expect(stage.stops.map((stop) => stop.vehicleIds.join())).toEqual(['A']);
      actor.connected = true;
      await stage.run(0.5);
      expect(kinds(stage, 'closed')).toEqual(['suspect', 'lost']);
    });

    it('gives a driving vehicle up at once when its connection breaks, also while it has permission only', async () => {
      const stage = await open();
      const actor = new Actor('A', agv, line(-150, 0, 150, 0), { sM: 20, releasedToSM: 20 });
      await stage.enter(actor);
      await stage.run(1);
      actor.releasedToSM = 100;
      await stage.run(0.12);
      await stage.disconnect(actor, 'CONNECTION_BROKEN');
      expect(kinds(stage, 'opened')).toEqual(['lost']);
    });

    it('does not mind a vehicle that stands in its slot, or that leaves in good order while it stands', async () => {
      const stage = await open();
      const parked = new Actor('A', agv, line(-50, -90, 50, -90), { sM: 50 });
      const leaving = new Actor('B', agv, line(-50, 0, 50, 0), { sM: 50 });
      await stage.enter(parked, leaving);
      await stage.run(1);
      parked.connected = false;
      await stage.disconnect(leaving, 'OFFLINE');
      await stage.run(6);
      expect(stage.deviations).toEqual([]);
    });

    it('only suspects a silent vehicle that stands on a lane and may not move', async () => {
      const stage = await open();
      const actor = new Actor('A', agv, line(-50, 0, 50, 0), { sM: 50 });
      await stage.enter(actor);
      await stage.run(1);
      await stage.disconnect(actor, 'CONNECTION_BROKEN');
      await stage.run(6);
      expect(kinds(stage, 'opened')).toEqual(['suspect']);
    });

    it('keeps a lost vehicle as an obstacle over all that it may have driven', async () => {
      const stage = await open();
      const lost = new Actor('A', agv, line(-150, 0, 150, 0), { sM: 60, speedMps: 4, releasedToSM: 100, limitMps: 4 });
      // Crosses 20 m ahead of where A is last heard of, within A's permission.
      const other = new Actor('B', tractor, line(-60, -90, -60, 90), { sM: 15, speedMps: 5, releasedToSM: 160, limitMps: 5 });
      await stage.enter(lost, other);
      await stage.run(1);
      lost.connected = false;
      lost.stopped = true;
      await stage.run(16);
      expect(stage.stops.some((stop) => stop.vehicleIds.includes('B'))).toBe(true);
      expect(other.speedMps).toBe(0);
      expect(other.sM).toBeLessThan(88.5 - 4.2);
    });

    it('does not take its own standstill for silence of vehicles', async () => {
      const clock = new HangingClock();
      const stage = await Stage.open(map, new InMemoryBus({ clock, compactedTopics: [plans.name, vehicleModels.name] }), clock);
      opened.push(stage);
      await stage.enter(driving());
      await stage.run(1);
      clock.hang(5000);
      await stage.run(1);
      expect(stage.deviations).toEqual([]);
    });
  });

  it('says each second that it is alive', async () => {
    const stage = await open();
    await stage.run(3.1);
    expect(stage.heartbeats).toHaveLength(3);
    expect(stage.heartbeats[0]).toMatchObject({ service: 'collision' });
  });
});
