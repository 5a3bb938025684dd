import { ManualClock } from '@quaymaster/clock';
import { vehicleTopics, type WireAcknowledgement } from '@quaymaster/telemetry';
import { ControlPlane } from '../testing/control-plane';
import { SimulatedVehicle } from './simulated-vehicle';
import { agv } from './vehicle-kind';

const ID = 'AGV-001';
const STEP_MS = 20;
const route = (routeId: string, startSM = 0, fromXM = 0) => ({
  kind: 'route' as const, routeId, pathXyM: [fromXM, 0, fromXM + 200, 0], limitFromSM: [0], limitMps: [8], startSM,
});

describe('a simulated vehicle', () => {
  let clock: ManualClock;
  let plane: ControlPlane;
  let vehicle: SimulatedVehicle;

  beforeEach(async () => {
    clock = new ManualClock();
    plane = await ControlPlane.start(new Map([[ID, 'secret']]));
    vehicle = new SimulatedVehicle({
      credentials: { vehicleId: ID, password: 'secret', modelId: agv.id, slotId: '' }, kind: agv, pose: { xM: 0, yM: 0, headingRad: 0 },
      brokerUrl: plane.url, clock, framePeriodMs: 100, framePhaseMs: 30, positionSigmaM: 0, seed: 1,
    });
    await vehicle.start();
  });

  afterEach(async () => {
    await vehicle.stop();
    await plane.stop();
  });

  /** Lets time pass, one control step after the other. */
  function pass(durationMs: number): void {
    for (let passedMs = 0; passedMs < durationMs; passedMs += STEP_MS) {
      clock.advance(STEP_MS);
      vehicle.step(STEP_MS / 1000);
    }
  }

  /** Sends, lets the vehicle take it in its next control step, and waits for the last word on it. */
  async function settled(sent: Promise<string>, last: WireAcknowledgement['state'] = 'finished'): Promise<void> {
    const commandId = await sent;
    await arrived(() => vehicle.computer.waiting > 0);
    pass(STEP_MS);
    await plane.until(() => plane.ladder(commandId).includes(last));
  }

  /** Lets sockets be served, while the clock stands, until what was sent has an effect. */
  async function arrived(done: () => boolean): Promise<void> {
    while (!done()) await new Promise((resolve) => { setImmediate(resolve); });
  }

  async function leased(sequence: number, ttlMs = 3000): Promise<void> {
    await plane.lease(ID, sequence, ttlMs);
    await arrived(() => vehicle.computer.lease.isAlive);
  }

  async function underWay(): Promise<void> {
    await settled(plane.command(ID, route('R')));
    await settled(plane.command(ID, { kind: 'release', routeId: 'R', releasedToSM: 150 }));
    await leased(1, 60_000);
    pass(5000);
    expect(vehicle.train.speedMps).toBeGreaterThan(2);
  }

  it('says ONLINE, then reports ten frames a second with its boot and a rising sequence', async () => {
    pass(1000);
    await plane.until(() => plane.frames.length >= 10);
    expect(plane.connections[0]).toMatchObject({ vehicleId: ID, state: 'ONLINE', bootId: vehicle.bootId, modelId: 'agv' });
    expect(plane.frames.map((frame) => frame.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(plane.frames[0]).toMatchObject({ bootId: vehicle.bootId, routeId: '', stopped: false, leaseAlive: false, mode: 'AUTOMATIC' });
  });

  it('drives to the end of its permission and no further', async () => {
    await settled(plane.command(ID, route('R')));
    await settled(plane.command(ID, { kind: 'release', routeId: 'R', releasedToSM: 60 }));
    pass(2000);
    expect(vehicle.train.speedMps).toBe(0);
    await leased(1, 60_000);
    pass(40_000);
    expect(vehicle.train.sM).toBeLessThanOrEqual(60);
    expect(vehicle.train.sM).toBeGreaterThan(59.5);
    expect(vehicle.train.standsStill).toBe(true);
  });

  it('climbs the ladder of a stop while it brakes, and moves again only after a resume', async () => {
    await underWay();
    const stopId = await plane.command(ID, { kind: 'stop', reason: 'test' }, { epoch: 0, sequence: 0 });
    await plane.until(() => plane.ladder(stopId).length === 2);
    expect(plane.ladder(stopId)).toEqual(['received', 'running']);
    pass(8000);
    await plane.until(() => plane.ladder(stopId).length === 3);
    expect(plane.ladder(stopId)[2]).toBe('finished');
    const stoodAtM = vehicle.train.sM;
    await settled(plane.command(ID, { kind: 'release', routeId: 'R', releasedToSM: 190 }));
    pass(5000);
    expect(vehicle.train.sM).toBe(stoodAtM);
    await settled(plane.command(ID, { kind: 'resume' }));
    pass(5000);
    expect(vehicle.train.sM).toBeGreaterThan(stoodAtM + 5);
  });

  it('answers a repeated command with what it answered before and does not carry it out again', async () => {
    await plane.command(ID, { kind: 'stop', reason: 'first' }, { commandId: 'S' });
    await settled(plane.command(ID, { kind: 'resume' }));
    await plane.command(ID, { kind: 'stop', reason: 'first' }, { commandId: 'S' });
    await plane.until(() => plane.ladder('S').length === 3);
    expect(plane.ladder('S')).toEqual(['received', 'finished', 'finished']);
    expect(vehicle.train.stopped).toBe(false);
  });

  it('brakes when its lease lapses, and a renewed lease does not set it moving', async () => {
    await underWay();
    await plane.lease(ID, 2, 300);
    await arrived(() => vehicle.computer.lease.leftMs <= 300);
    pass(10_000);
    expect(vehicle.train).toMatchObject({ stopped: true, speedMps: 0 });
    const stoodAtM = vehicle.train.sM;
    await leased(3, 60_000);
    pass(5000);
    expect(vehicle.train.sM).toBe(stoodAtM);
    await settled(plane.command(ID, { kind: 'resume' }));
    pass(5000);
    expect(vehicle.train.sM).toBeGreaterThan(stoodAtM + 5);
  });

  it('does not become stopped when a lease lapses while it stands without permission', async () => {
    await leased(1, 300);
    pass(1000);
    expect(vehicle.computer.lease.isAlive).toBe(false);
    expect(vehicle.train.stopped).toBe(false);
  });

  it('falls silent with an open socket when it breaks down, and nobody is told', async () => {
    await underWay();
    vehicle.inject('breakdown');
    const brokeDownAtMs = clock.nowMs();
    const firstBoot = vehicle.bootId;
    pass(10_000);
    await plane.command(ID, { kind: 'stop', reason: 'silent' }, { commandId: 'S' });
    // The old connection is closed in good order before the new one speaks, so everything that it ever sent has arrived by then.
    await vehicle.repair();
    await plane.until(() => plane.connections.length > 1);
    expect(plane.frames.length).toBeGreaterThan(40);
    expect(plane.frames.filter((frame) => frame.observedAtMs > brokeDownAtMs && frame.bootId === firstBoot)).toEqual([]);
    expect(plane.ladder('S')).toEqual([]);
    expect(plane.connections.map((word) => word.state)).toEqual(['ONLINE', 'ONLINE']);
    expect(vehicle.train.speedMps).toBe(0);
  });

  it('leaves its last will behind when the connection is cut', async () => {
    vehicle.inject('breakdown', 'connection-cut');
    await plane.until(() => plane.connections.length === 2);
    expect(plane.connections[1]).toMatchObject({ state: 'CONNECTION_BROKEN', bootId: vehicle.bootId });
  });

  it('comes back from a repair with a new boot, without a route, and stopped until resumed', async () => {
    await underWay();
    const firstBoot = vehicle.bootId;
    vehicle.inject('breakdown');
    pass(8000);
    await vehicle.repair();
    expect(vehicle.bootId).toBe(firstBoot + 1);
    await plane.until(() => plane.connections.some((word) => word.bootId === firstBoot + 1 && word.state === 'ONLINE'));
    pass(200);
    await plane.until(() => plane.frames.some((frame) => frame.bootId === firstBoot + 1));
    const frame = plane.frames.find(({ bootId }) => bootId === firstBoot + 1)!;
    expect(frame).toMatchObject({ sequence: 1, stopped: true, routeId: '', leaseAlive: false });
    const oldId = await plane.command(ID, { kind: 'resume' }, { sequence: 1 });
    await arrived(() => vehicle.computer.waiting > 0);
    pass(STEP_MS);
    await plane.until(() => plane.ladder(oldId).length === 1);
    expect(plane.ladder(oldId)).toEqual(['rejected']);
  });

  it('drives on past its permission when it ignores it, and still obeys a stop', async () => {
    await underWay();
    vehicle.inject('ignore-release');
    for (let i = 0; i < 1000 && vehicle.train.sM < 160; i += 1) pass(STEP_MS);
    expect(vehicle.train.sM).toBeGreaterThan(vehicle.train.releasedToSM);
    const stopId = await plane.command(ID, { kind: 'stop', reason: 'past its permission' });
    await plane.until(() => plane.ladder(stopId).includes('running'));
    pass(8000);
    await plane.until(() => plane.ladder(stopId).includes('finished'));
    expect(vehicle.train.standsStill).toBe(true);
    expect(vehicle.train.sM).toBeLessThan(199);
  });

  it('leaves in good order', async () => {
    await vehicle.stop();
    await plane.until(() => plane.connections.length === 2);
    expect(plane.connections[1]).toMatchObject({ state: 'OFFLINE' });
  });

  it('passes over what is no command', async () => {
    await plane.raw(vehicleTopics.command(ID), 'not JSON');
    await plane.raw(vehicleTopics.command(ID), '{"commandId":"x"}');
    await arrived(() => vehicle.computer.malformed === 2);
    expect(plane.acknowledgements).toEqual([]);
  });
});
