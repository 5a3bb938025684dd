import { seededRandom } from '@quaymaster/geometry';
import { Execution } from './execution';
import type { BlockOrder, ExecutedVehicle, PlanningInstance } from './model';
import { solve } from './solve';
import { occupancyOf, randomInstance } from './testing/street-grid';

const quick = { iterations: 0, shouldStop: () => false };

function vehicle(id: string, blocks: readonly number[], change: Partial<ExecutedVehicle> = {}): ExecutedVehicle {
  const route = occupancyOf(blocks.map((block) => ({ block, lengthM: 20, keepClear: block === 9 })), blocks.length * 20);
  return { id, route, startSM: 9, committedSM: 9, stops: [], ...change };
}

/** A goes before B through the keep-clear block 9, which both enter with their front at s = 16 and have left with their rear at s = 48. */
function crossing(change: { readonly b?: Partial<ExecutedVehicle> } = {}): Execution {
  return new Execution(
    [vehicle('A', [0, 9, 1, 2]), vehicle('B', [3, 9, 4, 5], change.b)],
    [{ block: 9, order: [{ vehicle: 'A', visit: 1 }, { vehicle: 'B', visit: 1 }] }],
  );
}

describe('Execution', () => {
  it('lets the second go no further than before the block until the first reports that it has left', () => {
    const execution = crossing();
    expect(execution.grant('B', 60)).toBe(16);
    expect(execution.waitsFor('B')).toEqual({ block: 9, vehicles: ['A'] });
    expect(execution.grant('A', 60)).toBe(60);
    execution.progress('A', 47.9);
    expect(execution.grant('B', 60)).toBe(16);
    execution.progress('A', 48);
    expect(execution.waitsFor('B')).toBeNull();
    expect(execution.grant('B', 60)).toBe(60);
  });

  it('never takes a grant back, nor believes that a vehicle went backwards', () => {
    const execution = crossing();
    execution.progress('A', 50);
    expect(execution.grant('B', 80)).toBe(80);
    execution.progress('A', 10);
    expect(execution.grant('B', 10)).toBe(80);
  });

  it('extends a grant that would end in a keep-clear block to the first place behind it', () => {
    expect(crossing().grant('A', 30)).toBe(48);
  });

  it('cuts a grant back to before the keep-clear block when what lies behind that is taken', () => {
    const execution = new Execution(
      [vehicle('A', [0, 9, 1, 2]), vehicle('B', [1, 3, 4])],
      [{ block: 1, order: [{ vehicle: 'B', visit: 0 }, { vehicle: 'A', visit: 2 }] }],
    );
    // Block 1 is entered at s = 36, while the rear is still in block 9.
    expect(execution.grant('A', 36)).toBe(16);
    execution.progress('B', 28);
    expect(execution.grant('A', 36)).toBe(48);
  });

  it('holds a vehicle at a stop until its time there is over', () => {
    const execution = crossing({ b: { stops: [{ sM: 14, dwellS: 20 }] } });
    execution.progress('A', 80);
    expect(execution.grant('B', 60)).toBe(14);
    expect(execution.waitsFor('B')).toBeNull();
    execution.dwellDone('B', 14);
    expect(execution.grant('B', 60)).toBe(60);
  });

  it('keeps out of the way of a vehicle that is named in an order but is not of the plan', () => {
    const execution = new Execution([vehicle('B', [3, 9, 4, 5])], [{ block: 9, order: [{ vehicle: 'gone', visit: 0 }, { vehicle: 'B', visit: 1 }] }]);
    expect(execution.grant('B', 60)).toBe(16);
    expect(execution.waitsFor('B')).toEqual({ block: 9, vehicles: ['gone'] });
    const timed = execution.retime().get('B')!;
    expect(timed.timeS.at(-1)).toBe(Infinity);
    expect(timed.sM.at(-1)).toBe(16);
  });

  it('lets a vehicle use the permission that it came with', () => {
    const execution = crossing({ b: { committedSM: 30 } });
    expect(execution.grant('B', 20)).toBe(30);
  });

  it('refuses an order for a visit that is not there', () => {
    expect(() => new Execution([vehicle('A', [0])], [{ block: 0, order: [{ vehicle: 'A', visit: 3 }] }])).toThrow(RangeError);
    expect(() => crossing().grant('C', 1)).toThrow('C is not among the 2 vehicles of this plan');
  });

  it('retimes the second to set out when the first is out of the block', () => {
    const timed = crossing().retime();
    const a = timed.get('A')!;
    const b = timed.get('B')!;
    const leftS = a.timeS[a.sM.findIndex((sM) => sM >= 48)]!;
    const departs = b.sM.lastIndexOf(16);
    expect(b.timeS[departs]!).toBeGreaterThan(leftS);
    expect(b.timeS[departs]!).toBeLessThan(leftS + 3);
    expect(b.sM.at(-1)).toBe(80);
  });

  it.each([1, 2, 3, 4, 5, 6])('brings everybody to the end however late they are, and never two into one block (seed %d)', (seed) => {
    const instance = randomInstance(seed, { rows: 4, columns: 4, vehicles: 20, choices: 4, immovable: 0 });
    const plan = solve(instance, quick);
    const vehicles = plan.vehicles.map(({ id, candidate }): ExecutedVehicle => {
      const chosen = instance.vehicles.find((v) => v.id === id)!.candidates[candidate]!;
      return { id, ...chosen };
    });
    const rounds = drive(instance, vehicles, plan.orders, seed);
    expect(rounds).toBeLessThan(Infinity);
  });

  it.each([1, 2, 3])('retimes every vehicle to its end when nothing blocks for good, near the plan it came from (seed %d)', (seed) => {
    const instance = randomInstance(seed, { rows: 4, columns: 4, vehicles: 12, choices: 4, immovable: 0 });
    const plan = solve(instance, quick);
    const execution = new Execution(plan.vehicles.map(({ id, candidate }) => ({ id, ...instance.vehicles.find((v) => v.id === id)!.candidates[candidate]! })), plan.orders);
    const timed = execution.retime();
    for (const { id, arrivalS, timed: made } of plan.vehicles) {
      const own = timed.get(id)!;
      expect(own.sM.at(-1)).toBeCloseTo(made.sM.at(-1)!, 6);
      expect(own.timeS.at(-1)!).toBeLessThan(arrivalS * 1.5 + 20);
      expect(own.timeS.every((timeS, i) => i === 0 || timeS >= own.timeS[i - 1]!)).toBe(true);
    }
  });
});

/**
 * Drives a plan with vehicles that go any part of the way they may, in any order, stop up to 0.9 m short of where they are told, and are sometimes asleep.
 *
 * @returns rounds until all had arrived, Infinity if they got stuck
 */
function drive(instance: PlanningInstance, vehicles: readonly ExecutedVehicle[], orders: readonly BlockOrder[], seed: number): number {
  const random = seededRandom(seed);
  const execution = new Execution(vehicles, orders);
  const at = new Map(vehicles.map(({ id, startSM }) => [id, startSM]));
  const granted = new Map(vehicles.map(({ id, committedSM }) => [id, committedSM]));
  const shared = togetherAtStart(instance);
  for (let round = 0; round < 3000; round += 1) {
    for (const { id, route } of vehicles) {
      if (random() < 0.5) continue;
      const grantedSM = execution.grant(id, at.get(id)! + 1 + random() * 60);
      expect(grantedSM).toBeGreaterThanOrEqual(granted.get(id)!);
      expect(grantedSM === route.lengthM || route.waitSM.includes(grantedSM) || grantedSM === granted.get(id)).toBe(true);
      granted.set(id, grantedSM);
      expectOwnBlocks(vehicles, at, granted, shared);
      const shortM = grantedSM === route.lengthM ? 0 : random() * 0.9;
      at.set(id, Math.max(at.get(id)!, Math.min(grantedSM - shortM, at.get(id)! + random() * 25)));
      execution.progress(id, at.get(id)!);
    }
    if (vehicles.every(({ id, route }) => at.get(id) === route.lengthM)) return round;
  }
  return Infinity;
}

function togetherAtStart({ vehicles }: PlanningInstance): Set<string> {
  return new Set(vehicles.flatMap((a) => vehicles.filter((b) => a !== b && a.standsOn.some((block) => b.standsOn.includes(block))).map((b) => `${a.id} ${b.id}`)));
}

/** What a vehicle has permission for and has not left belongs to nobody else, but for where two stood together from the start and one of them still does. */
function expectOwnBlocks(
  vehicles: readonly ExecutedVehicle[], at: ReadonlyMap<string, number>, granted: ReadonlyMap<string, number>, shared: ReadonlySet<string>,
): void {
  const owner = new Map<number, ExecutedVehicle>();
  for (const vehicle of vehicles) {
    const { id, route, startSM } = vehicle;
    for (let v = 0; v < route.visits; v += 1) {
      const left = route.exitSM[v]! <= at.get(id)! && route.exitSM[v]! < route.lengthM;
      if (left || route.enterSM[v]! >= granted.get(id)!) continue;
      const other = owner.get(route.block[v]!);
      if (other !== undefined && other.id !== id) {
        const oneStands = granted.get(id) === startSM || granted.get(other.id) === other.startSM;
        expect(shared.has(`${id} ${other.id}`) && oneStands).toBe(true);
      }
      owner.set(route.block[v]!, vehicle);
    }
  }
}
