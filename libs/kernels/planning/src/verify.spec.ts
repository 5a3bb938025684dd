import { createPolyline } from '@quaymaster/geometry';
import { buildPoseTable, type VehicleModel } from '@quaymaster/motion';
import {
  BlockFlag, compileMap, createLocator, routeAlong, type MapLocator, type MapRoute, type Road, type RoadNetwork, type VirtualMap,
} from '@quaymaster/virtual-map';
import type { Plan, PlanGeometry, PlannedVehicle, PlanningInstance, PlanVehicle } from './model';
import { occupyRoute } from './occupy-route';
import { solve } from './solve';
import { vehicleOf } from './testing/street-grid';
import { verify } from './verify';

/** 12 m by 2.6 m, guided 4 m behind its front. */
const truck: VehicleModel = {
  id: 'truck', parts: [{ contourM: [-8, -1.3, 4, -1.3, 4, 1.3, -8, 1.3], axleBehindHitchM: 0, hitchForwardM: 0 }], frontM: 4, rearM: 8, widthM: 2.6,
  maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5,
};

/** A straight one-lane road whose lane's centre is its reference line. */
function road(id: string, xM: number, yM: number, headingRad: number, lengthM: number): Road {
  const cubic = (a: number): { sM: number; a: number; b: number; c: number; d: number } => ({ sM: 0, a, b: 0, c: 0, d: 0 });
  const lane = { type: 'driving', borders: [], predecessorId: null, successorId: null, speedLimits: [{ sM: 0, limitMps: 8.3 }] };
  return {
    id, name: '', junctionId: null, lengthM, leftHandTraffic: false, planView: [{ kind: 'line', sM: 0, xM, yM, headingRad, lengthM }], elevation: [],
    superelevation: [], laneOffset: [cubic(2)],
    sections: [{ sM: 0, lanes: [{ ...lane, id: 0, type: 'none', widths: [] }, { ...lane, id: -1, widths: [cubic(4)] }] }],
    predecessor: null, successor: null, speedLimits: [], objects: [], signals: [],
  };
}

/** Two roads of 120 m that cross in their middles, one to the east, one to the north. */
function crossroads(): { readonly map: VirtualMap; readonly locator: MapLocator; readonly east: MapRoute; readonly north: MapRoute } {
  const network: RoadNetwork = {
    name: 'crossroads', revision: { major: 1, minor: 7 }, geoReference: '', junctions: [],
    roads: [road('E', -60, 0, 0, 120), road('N', 0, -60, Math.PI / 2, 120)],
  };
  const compiled = compileMap(network);
  if (compiled.kind === 'refused') throw new Error(compiled.faults.map((fault) => fault.message).join());
  const { map } = compiled;
  const along = (lane: number): MapRoute => routeAlong(map, map.lanes.blocks.slice(map.lanes.blockOffset[lane], map.lanes.blockOffset[lane + 1]));
  return { map, locator: createLocator(map), east: along(0), north: along(1) };
}

const site = crossroads();

function routeOf(route: MapRoute, stopsSM: readonly number[] = []): ReturnType<typeof occupyRoute> {
  return occupyRoute(site.map, site.locator, route, buildPoseTable(route.path, truck), truck, 0.3, stopsSM);
}

function instanceOf(change: Partial<PlanVehicle> = {}): PlanningInstance {
  const vehicle = (id: string, route: MapRoute): PlanVehicle => {
    const occupancy = routeOf(route);
    return vehicleOf(id, { candidates: [{ slot: -1, route: occupancy, startSM: 10, committedSM: 10, stops: [] }], standsOn: occupancy.block.filter((_, v) => occupancy.enterSM[v]! < 10) });
  };
  return { blockCount: site.map.blocks.count, slotCount: 3, headwayS: 2, seed: 1, vehicles: [vehicle('E', site.east), { ...vehicle('N', site.north), ...change }] };
}

const geometry: PlanGeometry = {
  poseTable: (id) => buildPoseTable(id === 'E' ? site.east.path : site.north.path, truck),
  model: () => truck,
  standing: () => [],
};

const codes = (instance: PlanningInstance, plan: Plan, bodies: PlanGeometry = geometry): string[] => [...new Set(verify(instance, plan, bodies).faults.map(({ code }) => code))];

function changed(plan: Plan, id: string, change: (planned: PlannedVehicle) => Partial<PlannedVehicle>): Plan {
  return { ...plan, vehicles: plan.vehicles.map((planned) => (planned.id === id ? { ...planned, ...change(planned) } : planned)) };
}

describe('occupyRoute', () => {
  it('finds a straight drive in its own blocks from front to rear, and in those that it crosses', () => {
    const route = routeOf(site.east);
    const lane = site.map.lanes.blocks.slice(site.map.lanes.blockOffset[0], site.map.lanes.blockOffset[1]);
    lane.forEach((block, i) => {
      const visit = route.block.indexOf(block);
      const fromSM = site.map.blocks.startSM[block]! - 4.3;
      const toSM = Math.min(120, site.map.blocks.endSM[block]! + 8.3);
      if (i > 0) expect(route.enterSM[visit]!).toBeLessThanOrEqual(fromSM);
      expect(route.enterSM[visit]!).toBeGreaterThan(fromSM - 0.8);
      expect(route.exitSM[visit]!).toBeGreaterThanOrEqual(toSM);
      expect(route.exitSM[visit]!).toBeLessThan(toSM + 0.8);
    });
    const crossed = route.block.findIndex((block) => site.map.blocks.lane[block] === 1);
    // The other road is 4 m wide about x = 0: from 4.3 m before its near edge to 8.3 m beyond its far one.
    expect(route.enterSM[crossed]!).toBeCloseTo(60 - 2 - 4.3, -0.5);
    expect(route.exitSM[crossed]!).toBeCloseTo(60 + 2 + 8.3, -0.5);
    expect(route.limitMps[0]).toBeCloseTo(8.3, 9);
  });

  it('misses no block that a sweep by 5 cm finds, and none for longer', () => {
    const points: number[] = [];
    for (let i = 0; i <= 60; i += 1) points.push(-60 + i, 8 * Math.sin(i / 9));
    const path = createPolyline(points);
    const table = buildPoseTable(path, truck);
    const made = occupyRoute(site.map, site.locator, site.east, table, truck, 0.3, []);
    const fine = buildPoseTable(path, truck, 0.05);
    const bare = { ...truck, parts: [{ ...truck.parts[0]!, contourM: [-8.25, -1.55, 4.25, -1.55, 4.25, 1.55, -8.25, 1.55] }] };
    const found = new Int32Array(site.map.blocks.count);
    for (let row = 0; row < fine.rows; row += 1) {
      const { contourM } = bare.parts[0]!;
      const cos = Math.cos(fine.headingRad[row]!);
      const sin = Math.sin(fine.headingRad[row]!);
      const placed = contourM.map((_, k) => (k % 2 === 0 ? fine.xM[row]! + contourM[k]! * cos - contourM[k + 1]! * sin : fine.yM[row]! + contourM[k - 1]! * sin + contourM[k]! * cos));
      const count = site.locator.touching(placed, found);
      const sM = Math.min(row * 0.05, fine.lengthM);
      for (const block of found.subarray(0, count)) {
        expect([...made.block].some((b, v) => b === block && made.enterSM[v]! < sM && (made.exitSM[v]! > sM || made.exitSM[v]! >= made.lengthM))).toBe(true);
      }
    }
  });

  it('offers no place to stand in a keep-clear block, and the last one before it', () => {
    const crossed = site.east.blocks.find((_, i) => site.east.blockStartSM[i]! <= 60 && site.east.blockStartSM[i + 1]! > 60)!;
    const flags = Uint8Array.from(site.map.blocks.flags);
    flags[crossed] = flags[crossed]! | BlockFlag.keepClear;
    const map = { ...site.map, blocks: { ...site.map.blocks, flags } };
    const made = occupyRoute(map, createLocator(map), site.east, buildPoseTable(site.east.path, truck), truck, 0.3, [33.3]);
    const visit = made.block.indexOf(crossed);
    expect([...made.waitSM].filter((sM) => sM > made.enterSM[visit]! && sM < made.exitSM[visit]!)).toEqual([]);
    expect(made.waitSM).toContain(made.enterSM[visit]!);
    expect(made.waitSM).toContain(33.3);
    expect(made.waitSM.at(-1)).toBe(120);
    expect([...made.waitSM].every((sM, i) => i === 0 || sM > made.waitSM[i - 1]!)).toBe(true);
  });
});

describe('verify', () => {
  const instance = instanceOf();
  const plan = solve(instance, { iterations: 0, shouldStop: () => false });

  it('finds nothing wrong with a plan of the planner', () => {
    expect(plan.vehicles).toHaveLength(2);
    expect(verify(instance, plan, geometry)).toEqual({ ok: true, faults: [] });
  });

  it('sees the contact when both set out at once', () => {
    const alone = solve({ ...instance, vehicles: [instance.vehicles[1]!] }, { iterations: 0, shouldStop: () => false }).vehicles[0]!;
    const rash = changed(plan, 'N', () => ({ timed: alone.timed, arrivalS: alone.arrivalS }));
    expect(codes(instance, rash)).toEqual(expect.arrayContaining(['QM_PLAN_CONTACT', 'QM_PLAN_BLOCK_TWICE', 'QM_PLAN_ORDER']));
  });

  it('sees the contact with a vehicle that stands beside the route and is on no block', () => {
    const withObstacle = { ...instance, vehicles: [...instance.vehicles, vehicleOf('O', {})] };
    const named = { ...plan, notPlanned: [{ id: 'O', because: 'it has no route', blockedBy: [] }] };
    const at = (yM: number): PlanGeometry => ({ ...geometry, standing: (id) => (id === 'O' ? [[20, yM, 32, yM, 32, yM + 2.6, 20, yM + 2.6]] : []) });
    expect(codes(withObstacle, named, at(1.25))).toEqual(['QM_PLAN_CONTACT']);
    expect(codes(withObstacle, named, at(1.35))).toEqual([]);
  });

  it.each([
    { code: 'QM_PLAN_START', what: 'it starts elsewhere', change: ({ timed }: PlannedVehicle) => ({ timed: { ...timed, sM: timed.sM.map((sM, i) => (i === 0 ? sM - 1 : sM)) } }) },
    { code: 'QM_PLAN_TIMETABLE', what: 'it goes backwards', change: ({ timed }: PlannedVehicle) => ({ timed: { ...timed, sM: timed.sM.map((sM, i) => (i === 4 ? sM - 3 : sM)) } }) },
    { code: 'QM_PLAN_DRIVING', what: 'it drives twice as fast', change: ({ timed, arrivalS }: PlannedVehicle) => ({ timed: { ...timed, timeS: timed.timeS.map((s) => s / 2) }, arrivalS: arrivalS / 2 }) },
    { code: 'QM_PLAN_END', what: 'it stops short', change: ({ timed }: PlannedVehicle) => ({ timed: { timeS: timed.timeS.slice(0, -1), sM: timed.sM.slice(0, -1) } }) },
    { code: 'QM_PLAN_FIGURES', what: 'the arrival is another', change: ({ arrivalS }: PlannedVehicle) => ({ arrivalS: arrivalS + 1 }) },
    { code: 'QM_PLAN_UNKNOWN', what: 'the candidate does not exist', change: () => ({ candidate: 4 }) },
  ])('reports $code when $what', ({ code, change }) => {
    for (const id of ['E', 'N']) expect(codes(instance, changed(plan, id, change))).toContain(code);
  });

  it('misses a vehicle that is neither planned nor named', () => {
    expect(codes(instance, { ...plan, vehicles: plan.vehicles.slice(1) })).toContain('QM_PLAN_ROLL');
  });

  it('compares orders with times and looks for circles', () => {
    const order = plan.orders.find((entry) => entry.order.length === 2)!;
    const reversed = { ...plan, orders: [{ ...order, order: [...order.order].reverse() }, ...plan.orders.filter((entry) => entry !== order)] };
    expect(codes(instance, reversed)).toContain('QM_PLAN_ORDER');
    expect(plan.orders.length).toBeGreaterThan(1);
    expect(codes(instance, reversed)).toContain('QM_PLAN_CIRCLE');
    expect(codes(instance, { ...plan, orders: [] })).toEqual(['QM_PLAN_ORDER']);
  });

  it('reports a bound above the makespan, a slot used twice, a stop passed by, and permission not used', () => {
    expect(codes(instance, { ...plan, lowerBoundS: plan.makespanS + 1 })).toEqual(['QM_PLAN_BOUND']);
    const withCandidate = (change: Partial<PlanVehicle['candidates'][number]>): PlanningInstance => ({
      ...instance, vehicles: instance.vehicles.map((vehicle) => ({ ...vehicle, candidates: vehicle.candidates.map((way) => ({ ...way, ...change })) })),
    });
    expect(codes(withCandidate({ slot: 2 }), plan)).toEqual(['QM_PLAN_SLOT_TWICE']);
    expect(codes(withCandidate({ stops: [{ sM: 100, dwellS: 5 }] }), plan)).toEqual(['QM_PLAN_DWELL']);
    expect(codes(withCandidate({ committedSM: 35 }), plan)).toContain('QM_PLAN_COMMITTED');
  });

  it('reports standing where a vehicle must keep clear', () => {
    const standsAt = ({ timed, arrivalS }: PlannedVehicle): Partial<PlannedVehicle> => {
      const i = timed.sM.findIndex((sM) => sM > 50);
      return {
        arrivalS: arrivalS + 9,
        timed: {
          timeS: Float64Array.of(...timed.timeS.slice(0, i + 1), ...timed.timeS.slice(i).map((s) => s + 9)), sM: Float64Array.of(...timed.sM.slice(0, i + 1), ...timed.sM.slice(i)),
        },
      };
    };
    const stopped = changed(plan, 'E', standsAt);
    const atSM = stopped.vehicles[0]!.timed.sM.find((sM) => sM > 50)!;
    const waiting = (waitSM: Float64Array): string[] => {
      const vehicles = instance.vehicles.map((vehicle) => ({ ...vehicle, candidates: vehicle.candidates.map((way) => ({ ...way, route: { ...way.route, waitSM } })) }));
      return codes({ ...instance, vehicles }, stopped);
    };
    expect(waiting(Float64Array.of(120))).toContain('QM_PLAN_KEEP_CLEAR');
    expect(waiting(Float64Array.of(atSM, 120))).not.toContain('QM_PLAN_KEEP_CLEAR');
  });

  it('reports driving into the place of a vehicle without a plan', () => {
    const { block } = instance.vehicles[0]!.candidates[0]!.route;
    const withIdle = { ...instance, vehicles: [...instance.vehicles, vehicleOf('O', { standsOn: Int32Array.of(block.at(-1)!) })] };
    expect(codes(withIdle, { ...plan, notPlanned: [{ id: 'O', because: '', blockedBy: [] }] })).toEqual(['QM_PLAN_BLOCK_TAKEN']);
  });
});
