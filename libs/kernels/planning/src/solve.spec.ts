import { seededRandom } from '@quaymaster/geometry';
import type { Candidate, Plan, PlanningInstance, PlanVehicle, RouteOccupancy } from './model';
import { solve } from './solve';
import { blocksHeldTwice } from './testing/oracle';
import { occupancyOf, randomInstance, vehicleOf } from './testing/street-grid';
import { orderFaults } from './verify-orders';

const quick = { iterations: 0, shouldStop: () => false };

function piece(block: number, lengthM = 20, keepClear = false): { readonly block: number; readonly lengthM: number; readonly keepClear: boolean } {
  return { block, lengthM, keepClear };
}

function candidate(route: RouteOccupancy, startSM: number, change: Partial<Candidate> = {}): Candidate {
  return { slot: -1, route, startSM, committedSM: startSM, stops: [], ...change };
}

function instanceOf(vehicles: readonly PlanVehicle[], change: Partial<PlanningInstance> = {}): PlanningInstance {
  return { blockCount: 100, slotCount: 10, vehicles, headwayS: 2, seed: 1, ...change };
}

function faultsOf(instance: PlanningInstance, plan: Plan): string[] {
  const checked = plan.vehicles.map((planned) => {
    const vehicle = instance.vehicles.find(({ id }) => id === planned.id)!;
    return { vehicle, planned, candidate: vehicle.candidates[planned.candidate]! };
  });
  const idle = instance.vehicles.filter(({ id }) => !plan.vehicles.some((planned) => planned.id === id));
  return orderFaults(instance, plan, checked, idle, null).map(({ message }) => message);
}

function planned(plan: Plan, id: string): Plan['vehicles'][number] {
  return plan.vehicles.find((vehicle) => vehicle.id === id)!;
}

/** Two roads that cross in block 9; each vehicle starts on the first of its three blocks. */
function crossing(change: { readonly a?: Partial<PlanVehicle>; readonly b?: Partial<PlanVehicle> } = {}): PlanningInstance {
  const a = occupancyOf([piece(0), piece(9, 14, true), piece(1, 40)], 70);
  const b = occupancyOf([piece(2), piece(9, 14, true), piece(3, 40)], 70);
  return instanceOf([
    vehicleOf('A', { candidates: [candidate(a, 10)], standsOn: Int32Array.of(0), ...change.a }),
    vehicleOf('B', { candidates: [candidate(b, 10)], standsOn: Int32Array.of(2), ...change.b }),
  ]);
}

describe('solve', () => {
  it('lets one vehicle through a crossing after the other and says in which order', () => {
    const instance = crossing();
    const plan = solve(instance, quick);
    expect(plan.vehicles).toHaveLength(2);
    expect(plan.orders).toEqual([{ block: 9, order: [{ vehicle: 'A', visit: 1 }, { vehicle: 'B', visit: 1 }] }]);
    expect(blocksHeldTwice(instance, plan)).toEqual([]);
    expect(planned(plan, 'B').arrivalS).toBeGreaterThan(planned(plan, 'A').arrivalS + 2);
  });

  it('gives the lower priority number the way', () => {
    const plan = solve(crossing({ a: { priority: 5 } }), quick);
    expect(plan.orders[0]!.order[0]!.vehicle).toBe('B');
  });

  it('lets a vehicle that rolls with permission through first, whatever its priority', () => {
    const b = crossing().vehicles[1]!;
    const instance = crossing({ b: {
      priority: 9, speedMps: 5, candidates: [{ ...b.candidates[0]!, startSM: 12, committedSM: 50 }], standsOn: Int32Array.of(2, 9, 3),
    } });
    const plan = solve(instance, quick);
    expect(plan.orders[0]!.order[0]!.vehicle).toBe('B');
    expect(planned(plan, 'B').timed.sM[0]).toBe(12);
    expect(faultsOf(instance, plan)).toEqual([]);
  });

  it('makes a vehicle behind another wait until that has left the block in which both stand', () => {
    const road = [piece(0, 40), piece(1), piece(2), piece(3), piece(4, 30)];
    const front = occupancyOf(road, 130);
    const back = occupancyOf(road, 112);
    const instance = instanceOf([
      vehicleOf('back', { candidates: [candidate(back, 10)], standsOn: Int32Array.of(0) }),
      vehicleOf('front', { candidates: [candidate(front, 26)], standsOn: Int32Array.of(0) }),
    ]);
    const plan = solve(instance, quick);
    expect(plan.notPlanned.map(({ id }) => id)).toEqual(['back']);
    const apart = instanceOf([instance.vehicles[0]!, vehicleOf('front', { candidates: [candidate(occupancyOf([...road, piece(5, 40)], 165), 26)], standsOn: Int32Array.of(0) })]);
    const both = solve(apart, quick);
    expect(both.orders[0]).toEqual({ block: 0, order: [{ vehicle: 'front', visit: 0 }, { vehicle: 'back', visit: 0 }] });
    expect(faultsOf(apart, both)).toEqual([]);
  });

  it('names what stands in the way', () => {
    const instance = crossing({ b: { candidates: [], standsOn: Int32Array.of(9), immovableBecause: 'lost a container' } });
    const plan = solve(instance, quick);
    expect(plan.vehicles).toEqual([]);
    expect(plan.notPlanned).toEqual([
      { id: 'A', because: 'B stands in its way (lost a container)', blockedBy: ['B'] },
      { id: 'B', because: 'lost a container', blockedBy: [] },
    ]);
    expect(plan).toMatchObject({ makespanS: 0, lowerBoundS: 0, gapRatio: 0 });
  });

  it('names vehicles that wait for each other in a circle', () => {
    const a = occupancyOf([piece(0), piece(1)], 34);
    const b = occupancyOf([piece(1), piece(0)], 34);
    const plan = solve(instanceOf([
      vehicleOf('A', { candidates: [candidate(a, 9)], standsOn: Int32Array.of(0) }), vehicleOf('B', { candidates: [candidate(b, 9)], standsOn: Int32Array.of(1) }),
    ]), quick);
    expect(plan.notPlanned.map(({ because }) => because)).toEqual([
      'it waits for B, which waits for A: a circle in which none can go first', 'it waits for A, which waits for B: a circle in which none can go first',
    ]);
  });

  it('moves vehicles on in a ring in which each stands in the way of the next', () => {
    const ring = [0, 1, 2, 3];
    const vehicles = ring.map((start) => vehicleOf(`V${start}`, {
      candidates: [candidate(occupancyOf([piece(start, 24), piece((start + 1) % 4, 24), piece(10 + start, 30)], 70), 12, { slot: start })],
      standsOn: Int32Array.of(start),
    }));
    const instance = instanceOf(vehicles);
    const plan = solve(instance, quick);
    // Nobody can make the first move: all four blocks are taken and every vehicle needs the next.
    expect(plan.vehicles).toEqual([]);
    const gap = instanceOf(vehicles.slice(1));
    const moved = solve(gap, quick);
    expect(moved.vehicles).toHaveLength(3);
    expect(blocksHeldTwice(gap, moved)).toEqual([]);
  });

  it('gives a slot up to the only vehicle that can use it', () => {
    const near = (block: number): RouteOccupancy => occupancyOf([piece(block), piece(10, 30)], 44);
    const far = (block: number): RouteOccupancy => occupancyOf([piece(block), piece(20, 60), piece(11, 30)], 104);
    const instance = instanceOf([
      vehicleOf('A', { candidates: [candidate(near(0), 9, { slot: 0 }), candidate(far(0), 9, { slot: 1 })], standsOn: Int32Array.of(0) }),
      vehicleOf('B', { candidates: [candidate(near(1), 9, { slot: 0 })], standsOn: Int32Array.of(1), priority: 7 }),
    ]);
    const plan = solve(instance, quick);
    expect(plan.vehicles.map(({ id, candidate: index }) => [id, index])).toEqual([['A', 1], ['B', 0]]);
  });

  it('sends the first of two into the slot behind, so that the second gets past', () => {
    // Slot 0 lies before slot 1 on the same lane.
    const before = (block: number): RouteOccupancy => occupancyOf([piece(block), piece(10)], 34);
    const behind = (block: number): RouteOccupancy => occupancyOf([piece(block), piece(10), piece(11)], 54);
    const instance = instanceOf([
      vehicleOf('A', { candidates: [candidate(before(0), 9, { slot: 0 }), candidate(behind(0), 9, { slot: 1 })], standsOn: Int32Array.of(0) }),
      vehicleOf('B', { candidates: [candidate(before(1), 9, { slot: 0 }), candidate(behind(1), 9, { slot: 1 })], standsOn: Int32Array.of(1) }),
    ]);
    const plan = solve(instance, quick);
    expect(plan.vehicles).toHaveLength(2);
    expect(blocksHeldTwice(instance, plan)).toEqual([]);
  });

  it('arranges others around a timetable that is kept', () => {
    const [a, b] = crossing().vehicles;
    const timed = solve(instanceOf([b!]), quick).vehicles[0]!.timed;
    const late = { timeS: timed.timeS.map((s) => (s > 0 ? s + 3 : s)), sM: timed.sM };
    const kept = { timeS: Float64Array.of(0, ...late.timeS.map((s) => Math.max(s, 3))), sM: Float64Array.of(timed.sM[0]!, ...timed.sM) };
    const instance = instanceOf([a!, { ...b!, fixed: kept }]);
    const plan = solve(instance, quick);
    expect(planned(plan, 'B').timed).toBe(kept);
    expect(plan.vehicles).toHaveLength(2);
    expect(blocksHeldTwice(instance, plan)).toEqual([]);
    expect(plan.makespanS).toBe(planned(plan, 'A').arrivalS);
  });

  it('stands at a stop for as long as it must', () => {
    const route = occupancyOf([piece(0), piece(1, 60)], 70);
    const drive = (stops: Candidate['stops']): number => solve(instanceOf([
      vehicleOf('A', { candidates: [candidate(route, 10, { stops })], standsOn: Int32Array.of(0) }),
    ]), quick).makespanS;
    expect(drive([{ sM: 40, dwellS: 30 }])).toBeGreaterThan(drive([]) + 30);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps every block to one vehicle at a time on a crowded grid (seed %d)', (seed) => {
    const instance = randomInstance(seed, { rows: 4, columns: 4, vehicles: 18, choices: 5, immovable: seed % 3 });
    for (const iterations of [0, 60]) {
      const plan = solve(instance, { ...quick, iterations });
      expect(blocksHeldTwice(instance, plan)).toEqual([]);
      expect(faultsOf(instance, plan)).toEqual([]);
      expect(plan.lowerBoundS).toBeLessThanOrEqual(plan.makespanS);
      const slots = plan.vehicles.map(({ id, candidate: index }) => instance.vehicles.find((v) => v.id === id)!.candidates[index]!.slot);
      expect(new Set(slots).size).toBe(slots.length);
      expect(plan.vehicles.length + plan.notPlanned.length).toBe(instance.vehicles.length);
    }
  });

  it('is the same for the same seed and no worse for more search', () => {
    const instance = randomInstance(11, { rows: 4, columns: 4, vehicles: 14, choices: 4, immovable: 0 });
    const first = solve(instance, { ...quick, iterations: 40 });
    expect(solve(instance, { ...quick, iterations: 40 })).toEqual(first);
    expect(first.makespanS).toBeLessThanOrEqual(solve(instance, quick).makespanS);
  });

  it('does not care how vehicles are called or blocks are numbered', () => {
    const instance = randomInstance(5, { rows: 4, columns: 4, vehicles: 12, choices: 4, immovable: 1 });
    const shift = 1000;
    const renamed: PlanningInstance = {
      ...instance, blockCount: instance.blockCount + shift,
      vehicles: instance.vehicles.map((vehicle) => ({
        ...vehicle, id: `x${vehicle.id}`, standsOn: vehicle.standsOn.map((block) => block + shift),
        candidates: vehicle.candidates.map((way) => ({ ...way, route: { ...way.route, block: way.route.block.map((block) => block + shift) } })),
      })),
    };
    const plan = solve(instance, { ...quick, iterations: 30 });
    const other = solve(renamed, { ...quick, iterations: 30 });
    expect(other.vehicles.map(({ arrivalS, candidate: index }) => [arrivalS, index])).toEqual(plan.vehicles.map(({ arrivalS, candidate: index }) => [arrivalS, index]));
    expect(other.orders.map(({ block, order }) => [block - shift, order.map(({ visit }) => visit)])).toEqual(plan.orders.map(({ block, order }) => [block, order.map(({ visit }) => visit)]));
  });

  it('stops searching when it is told to', () => {
    let asked = 0;
    const instance = randomInstance(2, { rows: 4, columns: 4, vehicles: 8, choices: 4, immovable: 0 });
    solve(instance, { iterations: 1000, shouldStop: () => (asked += 1) > 5 });
    expect(asked).toBe(6);
  });

  it('is within 5 % of the best of all orders with up to four vehicles, and no bound is above that', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 12; round += 1) {
      const count = 2 + Math.floor(random() * 3);
      // Everybody passes the gate block 50 and then goes its own way.
      const vehicles = Array.from({ length: count }, (_, i) => {
        const lead = 20 + Math.floor(random() * 60);
        const tail = 20 + Math.floor(random() * 100);
        const route = occupancyOf([piece(i, lead), piece(50, 14, true), piece(10 + i, tail + 20)], lead + 14 + tail);
        return vehicleOf(`V${i}`, { candidates: [candidate(route, lead - 11)], standsOn: Int32Array.of(i) });
      });
      const instance = instanceOf(vehicles, { seed: round });
      const plan = solve(instance, { ...quick, iterations: 100 });
      const best = Math.min(...permutations(vehicles).map((order) => gateMakespanS(order)));
      expect(plan.makespanS).toBeLessThanOrEqual(best * 1.05);
      expect(plan.lowerBoundS).toBeLessThanOrEqual(best + 1e-6);
    }
  });
});

/** Makespan when vehicles go through the gate in a given order, each planned alone behind the one before by the planner with only one order to choose. */
function gateMakespanS(order: readonly PlanVehicle[]): number {
  let kept: PlanVehicle[] = [];
  let makespanS = 0;
  for (const vehicle of order) {
    const plan = solve(instanceOf([...kept, vehicle]), quick);
    const own = plan.vehicles.find(({ id }) => id === vehicle.id)!;
    makespanS = Math.max(makespanS, own.arrivalS);
    kept = [...kept, { ...vehicle, fixed: own.timed }];
  }
  return makespanS;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) => permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]));
}
