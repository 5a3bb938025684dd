import { ManualClock } from '@quaymaster/clock';
import { vehicleModelSchema } from '@quaymaster/messages';
import { createLocator, routeAlong, routeBetween, speedLimitsAlong, type VirtualMap } from '@quaymaster/virtual-map';
import { ControlPlane } from '../testing/control-plane';
import { separationM } from './convex-contact';
import type { VehicleRecord } from './effect-log';
import { drawFleet, parkedPose } from './fleet-draw';
import { SimulatedFleet } from './simulated-fleet';
import { terminalMap } from '../testing/terminal-map';
import { vehicleKinds } from './vehicle-kind';

const map = terminalMap();

describe('the draw of a fleet', () => {
  it('puts tractors and AGVs in turn into slots of their own, the same for the same seed', () => {
    const fleet = drawFleet(map, { count: 20, seed: 5 });
    expect(new Set(fleet.map(({ slotId }) => slotId)).size).toBe(20);
    expect(fleet.map(({ modelId }) => modelId).slice(0, 4)).toEqual(['terminal-tractor', 'agv', 'terminal-tractor', 'agv']);
    expect(drawFleet(map, { count: 20, seed: 5 }).map(({ slotId }) => slotId)).toEqual(fleet.map(({ slotId }) => slotId));
    expect(drawFleet(map, { count: 20, seed: 6 }).map(({ slotId }) => slotId)).not.toEqual(fleet.map(({ slotId }) => slotId));
    expect(new Set(fleet.map(({ password }) => password)).size).toBe(20);
  });

  it('stands every vehicle with its front at the stopping place, on the slot\'s lane and facing along it', () => {
    const locator = createLocator(map);
    for (const own of drawFleet(map, { count: 40, seed: 2 })) {
      const { kind, pose } = parkedPose(map, own);
      const slot = map.slots.find(({ id }) => id === own.slotId)!;
      const front = locator.locateHeading(pose.xM + (kind.frontM - 0.05) * Math.cos(pose.headingRad), pose.yM + (kind.frontM - 0.05) * Math.sin(pose.headingRad), pose.headingRad)!;
      expect(front.block).toBe(slot.block);
      expect(front.sM - map.blocks.startSM[slot.block]!).toBeCloseTo(slot.stopSM - 0.05, 3);
      expect(Math.abs(front.tM)).toBeLessThan(1e-3);
      expect(Math.cos(pose.headingRad - slot.headingRad)).toBeGreaterThan(0.9999);
    }
  });

  it('says when the map has too few slots', () => {
    expect(() => drawFleet(map, { count: 1000, seed: 1 })).toThrow(RangeError);
  });

  it('has models that the registry takes', () => {
    for (const kind of vehicleKinds) {
      expect(vehicleModelSchema.parse(kind)).toEqual(kind);
      for (const { contourM } of kind.parts) expect(separationM(contourM, [0, 0])).toBeLessThan(0);
    }
  });
});

describe('the simulated fleet', () => {
  const credentials = drawFleet(map, { count: 6, seed: 3 });
  let clock: ManualClock;
  let plane: ControlPlane;
  let fleet: SimulatedFleet;

  beforeEach(async () => {
    clock = new ManualClock();
    plane = await ControlPlane.start(new Map(credentials.map(({ vehicleId, password }) => [vehicleId, password])));
    fleet = new SimulatedFleet({ map, credentials, brokerUrl: plane.url, clock, positionSigmaM: 0.05 });
  });

  afterEach(async () => {
    await fleet.stop();
    await plane.stop();
  });

  it('comes online, reports each vehicle at its own moment and leaves in good order', async () => {
    await fleet.start();
    clock.advance(100);
    await plane.until(() => plane.frames.length >= 6);
    expect(plane.frames.map((frame) => frame.vehicleId).sort()).toEqual(credentials.map(({ vehicleId }) => vehicleId).sort());
    await fleet.stop();
    await plane.until(() => plane.connections.filter(({ state }) => state === 'OFFLINE').length === 6);
    expect(plane.connections.filter(({ state }) => state === 'CONNECTION_BROKEN')).toEqual([]);
  });

  it('reports places that scatter by sigma around the true one', async () => {
    const vehicle = fleet.vehicles[0]!;
    const own = vehicle.train.body.poses[0]!;
    const errors = Array.from({ length: 4000 }, () => vehicle.frame().xM - own.xM);
    const variance = errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
    expect(Math.sqrt(variance)).toBeCloseTo(0.05, 2);
    expect(vehicle.frame().positionSigmaM).toBe(0.05);
  });

  it('drives one vehicle over the map to another slot on the commands of the control plane, and touches nobody', async () => {
    await fleet.start();
    const { vehicleId, slotId } = credentials[0]!;
    const { routeId, pathXyM, limitFromSM, limitMps, startSM, endSM } = routeToFreeSlot(map, slotId);
    await plane.command(vehicleId, { kind: 'route', routeId, pathXyM, limitFromSM, limitMps, startSM });
    await plane.command(vehicleId, { kind: 'release', routeId, releasedToSM: endSM });
    await plane.lease(vehicleId, 1, 600_000);
    const vehicle = fleet.vehicle(vehicleId)!;
    while (vehicle.computer.waiting < 2 || !vehicle.computer.lease.isAlive) await new Promise((resolve) => { setImmediate(resolve); });
    for (let k = 0; k < 590 && (k < 10 || !vehicle.train.standsStill); k += 1) clock.advance(1000);
    expect(vehicle.train.standsStill).toBe(true);
    expect(endSM - vehicle.train.sM).toBeGreaterThan(0);
    expect(endSM - vehicle.train.sM).toBeLessThan(0.5);
    expect(fleet.contacts.contacts).toEqual([]);
  });

  it('takes down what comes of commands, and does without what it is told to do without', async () => {
    const records: VehicleRecord[] = [];
    const unsafe = new SimulatedFleet({
      map, credentials: credentials.slice(0, 1), brokerUrl: plane.url, clock, effectLog: (record) => { records.push(record); }, unsafe: { withoutDeduplication: true },
    });
    await unsafe.start();
    const { vehicleId, computer } = unsafe.vehicles[0]!;
    for (let copy = 0; copy < 2; copy += 1) await plane.command(vehicleId, { kind: 'resume' }, { commandId: 'a', sequence: 1 });
    while (computer.waiting < 2) await new Promise((resolve) => { setImmediate(resolve); });
    clock.advance(20);
    const effects = records.filter((record) => record.kind === 'effect');
    expect(effects.map((effect) => [effect.vehicleId, effect.commandId, effect.outcome])).toEqual([[vehicleId, 'a', 'applied'], [vehicleId, 'a', 'applied']]);
    await unsafe.stop();
  });

  it('is refused with a wrong password', async () => {
    const wrong = new SimulatedFleet({ map, credentials: [{ ...credentials[0]!, password: 'wrong' }], brokerUrl: plane.url, clock });
    await expect(wrong.start()).rejects.toThrow();
  });
});

function routeToFreeSlot(site: VirtualMap, slotId: string) {
  const from = site.slots.find(({ id }) => id === slotId)!;
  const taken = new Set(drawFleet(site, { count: 6, seed: 3 }).map((own) => own.slotId));
  const to = site.slots.filter(({ id }) => !taken.has(id)).at(-1)!;
  const blocks = Int32Array.from(routeBetween(site, from.block, to.block, { blocked: new Set() })!);
  const route = routeAlong(site, blocks);
  const limits = speedLimitsAlong(site, route);
  const { kind } = parkedPose(site, drawFleet(site, { count: 6, seed: 3 })[0]!);
  return {
    routeId: 'R', pathXyM: [...route.path.xyM], limitFromSM: [...limits.fromSM], limitMps: [...limits.limitMps], startSM: from.stopSM - kind.frontM,
    endSM: route.blockStartSM[blocks.length - 1]! + to.stopSM - kind.frontM,
  };
}
