import { BlockFlag, type VirtualMap, type Zone } from '@quaymaster/virtual-map';
import { ContactWatch } from '../contact-watch';
import { DriveTrain, OFF_ROUTE_M } from '../drive-train';
import { GuidePath } from '../guide-path';
import { SiteTraffic } from '../../testing/site-traffic';
import { terminalMap } from '../../testing/terminal-map';
import { agv } from '../vehicle-kind';
import { crossingFailure } from './crossing-failure';
import { operatorPause } from './operator-pause';
import { RoadAreas } from './road-areas';
import type { Actor, Scenario, Trigger } from './scenario';
import { scenarioNames, scenarios } from './scenarios';

const STEP_S = 0.05;

type FaultTrigger = Extract<Trigger, { kind: 'fault' }>;

/** Two lanes that cross in a junction of 30 m by 30 m around the origin; nothing else is asked of the map here. */
function crossingMap(zones: readonly Zone[] = []): VirtualMap {
  const map = terminalMap({ cranes: 1, yardBlocks: 1, lanes: 1, slots: 8 });
  const outlines = [[-15, -15, 15, -15, 15, 15, -15, 15], [-200, -2, -15, -2, -15, 2, -200, 2], [-2, -200, 2, -200, 2, -15, -2, -15]];
  return {
    ...map, zones,
    blocks: {
      ...map.blocks, count: 3, flags: Uint8Array.from([BlockFlag.junction | BlockFlag.keepClear, 0, 0]), follows: Int32Array.from([]),
      outlineOffset: Int32Array.from([0, 4, 8, 12]), outlineXyM: Float64Array.from(outlines.flat()),
    },
  };
}

function actor(vehicleId: string, pathXyM: number[], sM: number, releasedToSM: number, speedMps: number, headingRad: number): Actor {
  const path = new GuidePath(`to-${vehicleId}`, pathXyM, [0], [8]);
  const pose = path.pose(sM);
  const train = new DriveTrain(agv, pose.xM, pose.yM, headingRad);
  train.follow(path, sM);
  Object.assign(train, { releasedToSM, speedMps, leaseAlive: true });
  return { vehicleId, train };
}

/** From the west to the east, and from the south to the north. */
const east = (sM: number, releasedToSM: number, speedMps: number): Actor => actor('E', [-200, 0, 200, 0], sM, releasedToSM, speedMps, 0);
const north = (sM: number, releasedToSM: number, speedMps: number): Actor => actor('N', [0, -200, 0, 200], sM, releasedToSM, speedMps, Math.PI / 2);

function stopped(vehicle: Actor): Actor {
  vehicle.train.stopped = true;
  return vehicle;
}

describe('the crossing trigger on hand-made paths', () => {
  const map = crossingMap();

  it('chooses the vehicle that must wait for one which crosses before it', () => {
    // E may go to 158 m and would reach the crossing (near 187 m) 29 m later; N, on its way at 4 m/s, fills it by then.
    const trigger = crossingFailure.trigger({ map, vehicles: [east(153, 158, 4), north(160, 400, 4)] }) as FaultTrigger;
    expect(trigger).toMatchObject({ kind: 'fault', fault: 'ignore-release', vehicleId: 'E', contact: { withVehicleId: 'N' } });
    expect(trigger.contact!.inS).toBeGreaterThanOrEqual(4);
    expect(trigger.contact!.inS).toBeLessThanOrEqual(6.5);
  });

  it.each([
    { vehicles: [east(153, 158, 4), north(40, 400, 8)], because: 'the other crosses long after it' },
    { vehicles: [east(153, 158, 4), north(215, 400, 8)], because: 'the other is through' },
    { vehicles: [east(150, 390, 4), north(160, 400, 4)], because: 'its permission ends nowhere before that' },
    { vehicles: [east(160, 158, 4), north(170, 400, 4)], because: 'it has passed its permission already' },
    { vehicles: [east(157.9, 158, 0), north(160, 400, 2.5)], because: 'it sets out from rest' },
    // At 8 m/s it needs 1.2 s and 21.3 m to stand, 31 m in all; from the end of its permission it is 21 m to the contact.
    { vehicles: [east(140, 170, 8), stopped(north(194, 194, 0))], because: 'no stop would be in time' },
    { vehicles: [east(120, 150, 8), north(194, 194, 0)], because: 'the other stands in the way only until it is released' },
    { vehicles: [east(120, 150, 8), stopped({ ...east(200, 200, 0), vehicleId: 'ahead' })], because: 'it would run into the back of one on its own lane' },
  ])('waits when $because', ({ vehicles }) => {
    expect(crossingFailure.trigger({ map, vehicles })).toBeNull();
  });

  it.each([
    { vehicles: [east(128, 146, 8), north(194, 194, 0)], chooses: true, because: 'the other may still be there' },
    { vehicles: [east(138, 146, 5), north(148, 400, 4)], chooses: true, because: 'the contact is later' },
    { vehicles: [east(153, 158, 4), north(215, 400, 8)], chooses: false, because: 'the other is through' },
    { vehicles: [east(140, 170, 8), stopped(north(194, 194, 0))], chooses: false, because: 'no stop would be in time' },
  ])('asked for what is likely: $chooses, for $because', ({ vehicles, chooses }) => {
    expect(crossingFailure.trigger({ map, vehicles })).toBeNull();
    expect(crossingFailure.trigger({ map, vehicles }, true) !== null).toBe(chooses);
  });

  it('chooses it when one is stopped in its way and there is room for braking, but never a vehicle that is stopped itself', () => {
    const inTheWay = stopped(north(194, 194, 0));
    expect(crossingFailure.trigger({ map, vehicles: [east(142, 152, 8), inTheWay] })).toMatchObject({ vehicleId: 'E', contact: { withVehicleId: 'N' } });
    expect(crossingFailure.trigger({ map, vehicles: [stopped(east(142, 152, 8)), inTheWay] })).toBeNull();
  });
});

describe('triggers in the traffic of a terminal', () => {
  const map = terminalMap();

  /** Runs until the scenario answers. */
  function untilTrigger(scenario: Scenario, seed: number): { traffic: SiteTraffic; trigger: Trigger } {
    const traffic = new SiteTraffic(map, 16, seed);
    for (let k = 0; k < 4000; k += 1) {
      const trigger = k % 20 === 0 && k > 400 ? scenario.trigger(traffic) : null;
      if (trigger !== null) return { traffic, trigger };
      traffic.step(STEP_S);
    }
    throw new Error(`${scenario.name} found no moment in 200 s, seed ${seed}`);
  }

  /** Goes on for a while and reports every contact. */
  function goOn(traffic: SiteTraffic, seconds: number, each: (timeS: number) => void = () => undefined): ContactWatch {
    const watch = new ContactWatch();
    for (let k = 1; k <= seconds / STEP_S; k += 1) {
      traffic.step(STEP_S);
      each(k * STEP_S);
      watch.look(traffic.vehicles.map(({ vehicleId, train }) => ({ vehicleId, body: train.body, speedMps: train.speedMps })), k * STEP_S * 1000);
    }
    return watch;
  }

  const find = (traffic: SiteTraffic, vehicleId: string): DriveTrain => traffic.vehicles.find((vehicle) => vehicle.vehicleId === vehicleId)!.train;

  it.each([1, 2, 3])('a crossing failure ends in the contact that was foretold if nobody is stopped, seed %i', (seed) => {
    const { traffic, trigger } = untilTrigger(crossingFailure, seed);
    const { vehicleId, fault, contact } = trigger as FaultTrigger;
    find(traffic, vehicleId).inject(fault);
    const { contacts } = goOn(traffic, 15);
    const foretold = contacts.find(({ vehicleIds }) => vehicleIds.includes(vehicleId) && vehicleIds.includes(contact!.withVehicleId))!;
    expect(foretold.atMs / 1000).toBeGreaterThan(contact!.inS - 1);
    expect(foretold.atMs / 1000).toBeLessThan(contact!.inS + 1);
    expect(Math.hypot(foretold.xM - contact!.xM, foretold.yM - contact!.yM)).toBeLessThan(4);
    expect(RoadAreas.of(map).isWherePathsMeet(contact!.xM, contact!.yM)).toBe(true);
  });

  it.each([1, 2, 3])('a crossing failure ends without a contact if both are stopped 1.2 s after the overrun, seed %i', (seed) => {
    const { traffic, trigger } = untilTrigger(crossingFailure, seed);
    const { vehicleId, fault, contact } = trigger as FaultTrigger;
    const train = find(traffic, vehicleId);
    const permittedSM = train.releasedToSM;
    train.inject(fault);
    let overrunS = Infinity;
    const { contacts } = goOn(traffic, 20, (timeS) => {
      if (train.sM > permittedSM) overrunS = Math.min(overrunS, timeS);
      if (timeS < overrunS + 1.2) return;
      train.stopped = true;
      find(traffic, contact!.withVehicleId).stopped = true;
    });
    expect(overrunS).toBeLessThan(contact!.inS);
    expect(train.standsStill).toBe(true);
    expect(contacts).toEqual([]);
  });

  it.each([1, 2])('a breakdown leaves a vehicle standing on an open lane and hits nobody, seed %i', (seed) => {
    const { traffic, trigger } = untilTrigger(scenarios.breakdown, seed);
    const train = find(traffic, (trigger as FaultTrigger).vehicleId);
    expect(train.speedMps).toBeGreaterThan(2);
    train.inject('breakdown');
    expect(goOn(traffic, 12).contacts).toEqual([]);
    const { xM, yM } = train.body.poses[0]!;
    expect(train.standsStill).toBe(true);
    expect(RoadAreas.of(map).isOpenLane(xM, yM)).toBe(true);
  });

  it.each([1, 2])('a vehicle that loses its lane leaves it and hits nobody even if it is stopped late, seed %i', (seed) => {
    const { traffic, trigger } = untilTrigger(scenarios['off-route'], seed);
    const train = find(traffic, (trigger as FaultTrigger).vehicleId);
    const lane = train.path!.pose(train.sM + 20);
    train.inject('off-route');
    let furthestM = 0;
    const { contacts } = goOn(traffic, 12, (timeS) => {
      furthestM = Math.max(furthestM, train.lateralOffsetM);
      if (timeS > 5) train.stopped = true;
    });
    expect(contacts).toEqual([]);
    expect(furthestM).toBeGreaterThan(2);
    const areas = RoadAreas.of(map);
    const beside = areas.blocksAt(lane.xM - OFF_ROUTE_M * Math.sin(lane.headingRad), lane.yM + OFF_ROUTE_M * Math.cos(lane.headingRad));
    expect(beside.filter((block) => areas.blocksAt(lane.xM, lane.yM).includes(block))).toEqual([]);
  });

  it('nothing happens where nothing moves', () => {
    const { vehicles } = new SiteTraffic(map, 6, 1);
    for (const { train } of vehicles) train.leavePath();
    expect(scenarioNames.map((name) => scenarios[name].trigger({ map, vehicles }))).toEqual([null, null, null, null]);
  });
});

describe('the operator', () => {
  const square = (id: string, kind: Zone['kind'], xM: number): Zone => ({
    id, kind, outlineXyM: Float64Array.from([xM, -30, xM + 100, -30, xM + 100, 30, xM, 30]), blocks: Int32Array.from([]),
  });
  const moving = (xM: number, speedMps = 3): Actor => ({ ...actor(`at-${xM}`, [-200, 0, 200, 0], 200 + xM, 400, speedMps, 0) });

  it('pauses the zone with most moving vehicles, and yards before others', () => {
    const map = crossingMap([square('Y1', 'yard', 0), square('Y2', 'yard', 100), square('B', 'berth', -100)]);
    const berth = [-90, -70, -50].map((xM) => moving(xM));
    expect(operatorPause.trigger({ map, vehicles: [moving(10), ...berth] })).toMatchObject({ kind: 'pause-zone', zoneId: 'B' });
    expect(operatorPause.trigger({ map, vehicles: [moving(10), moving(110), moving(150), ...berth] })).toMatchObject({ zoneId: 'Y2' });
    expect(operatorPause.trigger({ map, vehicles: [moving(10), moving(110, 0), moving(150, 0)] })).toBeNull();
  });
});
