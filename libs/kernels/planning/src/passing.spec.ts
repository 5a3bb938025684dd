import { convexGapM, createPolyline, seededRandom } from '@quaymaster/geometry';
import { buildPoseTable, contourAt, type VehicleModel } from '@quaymaster/motion';
import { Execution } from './execution';
import type { Candidate, PlanGeometry, PlanningInstance, PlanVehicle, RouteOccupancy } from './model';
import { passesClear } from './passing';
import { solve } from './solve';
import { occupancyOf, vehicleOf } from './testing/street-grid';
import { verify } from './verify';

const quick = { iterations: 0, shouldStop: () => false };

/** 12 m by 2.6 m, guided 4 m behind its front. */
const truck: VehicleModel = {
  id: 'truck', parts: [{ contourM: [-8, -1.3, 4, -1.3, 4, 1.3, -8, 1.3], axleBehindHitchM: 0, hitchForwardM: 0 }], frontM: 4, rearM: 8, widthM: 2.6,
  maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5,
};
const eastTable = buildPoseTable(createPolyline([0, 0, 74, 0]), truck);

function piece(block: number, lengthM = 20, keepClear = false): { readonly block: number; readonly lengthM: number; readonly keepClear: boolean } {
  return { block, lengthM, keepClear };
}

function candidate(route: RouteOccupancy, startSM: number, passes: readonly string[] = []): Candidate {
  return { slot: -1, route, startSM, committedSM: startSM, stops: [], passes };
}

/** A rectangle north of the eastward way, its near edge this far from the middle of the way. */
function beside(nearYM: number, fromXM = 20, toXM = 34): Float64Array {
  return Float64Array.of(fromXM, nearYM, toXM, nearYM, toXM, nearYM + 3, fromXM, nearYM + 3);
}

/** A drives east through blocks 0, 9 and 1; B stands with a part of it in 9 and wants through 9 and the block on which A stands. */
function standoff(passes: readonly string[]): PlanningInstance {
  const a = occupancyOf([piece(0), piece(9, 14, true), piece(1, 40)], 70);
  const b = occupancyOf([piece(2), piece(9, 14, true), piece(0), piece(3, 40)], 90);
  return {
    blockCount: 20, slotCount: 0, headwayS: 2, seed: 1,
    vehicles: [
      vehicleOf('A', { candidates: [candidate(a, 10, passes)], standsOn: Int32Array.of(0) }),
      vehicleOf('B', { candidates: [candidate(b, 17)], standsOn: Int32Array.of(2, 9) }),
    ],
  };
}

/** A drives east past an obstacle that reaches into block 9 from the north. */
function pastObstacle(passes: readonly string[]): PlanningInstance {
  const { vehicles, ...site } = standoff(passes);
  return { ...site, vehicles: [vehicles[0]!, vehicleOf('B', { candidates: [], standsOn: Int32Array.of(9), immovableBecause: 'broken down' })] };
}

function geometryWith(standing: readonly Float64Array[], bPath = createPolyline([27, 40, 27, -50])): PlanGeometry {
  return {
    poseTable: (id) => (id === 'A' ? eastTable : buildPoseTable(bPath, truck)), model: () => truck,
    standing: (id) => (id === 'B' ? standing.map((polygon) => [...polygon]) : []),
  };
}

describe('passesClear', () => {
  const route = occupancyOf([piece(0), piece(9, 14, true), piece(1, 40)], 70);
  const under = new Set([9]);

  it.each([[1.3 + 0.51, true], [1.3 + 0.49, false], [1.0, false]])('a body %f m beside the middle of the way: %s', (nearYM, expected) => {
    expect(passesClear(route, eastTable, truck, 10, under, [beside(nearYM)], 0.5)).toBe(expected);
  });

  it('looks only where the vehicle drives through blocks under the body', () => {
    expect(passesClear(route, eastTable, truck, 10, new Set([7]), [beside(0)], 0.5)).toBe(true);
    expect(passesClear(route, eastTable, truck, 60, under, [beside(0)], 0.5)).toBe(true);
  });

  it('says what a walk in steps of 2 cm says, on bends and for bodies at any angle', () => {
    const random = seededRandom(7);
    const contour = new Float64Array(truck.parts[0]!.contourM.length);
    const bend = buildPoseTable(createPolyline(Array.from({ length: 41 }, (_, i) => [30 * Math.sin(i / 20), 30 * (1 - Math.cos(i / 20))]).flat()), truck);
    const occupied = occupancyOf([piece(0), piece(9, 14, true), piece(1, 40)], bend.lengthM);
    let clear = 0;
    for (let round = 0; round < 60; round += 1) {
      const angle = random() * 6.3;
      const [x, y] = [10 + random() * 25, random() * 30];
      const body = Float64Array.from([-6, -1.5, 6, -1.5, 6, 1.5, -6, 1.5].map((_, i, c) => (
        i % 2 === 0 ? x + c[i]! * Math.cos(angle) - c[i + 1]! * Math.sin(angle) : y + c[i - 1]! * Math.sin(angle) + c[i]! * Math.cos(angle))));
      let leastM = Infinity;
      for (let sM = occupied.enterSM[1]!; sM <= Math.min(occupied.exitSM[1]!, bend.lengthM); sM += 0.02) {
        contourAt(bend, truck.parts[0]!.contourM, 0, sM, contour);
        leastM = Math.min(leastM, convexGapM(contour, contour.length, body, body.length));
      }
      const says = passesClear(occupied, bend, truck, 10, under, [body], 0.5);
      clear += says ? 1 : 0;
      if (Math.abs(leastM - 0.5) > 0.1) expect(says).toBe(leastM > 0.5);
    }
    expect(clear).toBeGreaterThan(8);
    expect(clear).toBeLessThan(52);
  });
});

describe('a vehicle that can drive past one that stands', () => {
  it('resolves a circle in which else none could go first: it goes, the other stays until it has passed', () => {
    expect(solve(standoff([]), quick).vehicles).toEqual([]);
    const plan = solve(standoff(['B']), quick);
    expect(plan.notPlanned).toEqual([]);
    expect(plan.orders).toEqual([
      { block: 0, order: [{ vehicle: 'A', visit: 0 }, { vehicle: 'B', visit: 2 }] }, { block: 9, order: [{ vehicle: 'A', visit: 1 }, { vehicle: 'B', visit: 1 }] },
    ]);
    const [a, b] = plan.vehicles;
    const leftS = a!.timed.timeS[a!.timed.sM.findIndex((sM) => sM >= 42)]!;
    const departsS = b!.timed.timeS.find((_, i) => b!.timed.sM[i + 1]! > b!.timed.sM[0]!)!;
    expect(departsS).toBeGreaterThan(leftS);
  });

  it('gets past an obstacle, and not where it would not keep clear', () => {
    expect(solve(pastObstacle([]), quick).vehicles).toEqual([]);
    expect(solve(pastObstacle(['B']), quick).vehicles.map(({ id }) => id)).toEqual(['A']);
  });

  it('is held back in execution by nobody, and holds the other back until it reports that it has passed', () => {
    const instance = standoff(['B']);
    const plan = solve(instance, quick);
    const execution = new Execution(
      instance.vehicles.map(({ id, candidates }) => ({ id, route: candidates[0]!.route, startSM: candidates[0]!.startSM, committedSM: candidates[0]!.startSM, stops: [] })),
      plan.orders,
    );
    expect(execution.grant('B', 90)).toBe(17);
    expect(execution.grant('A', 70)).toBe(70);
    execution.progress('A', 41.9);
    expect(execution.grant('B', 90)).toBe(17);
    execution.progress('A', 42);
    expect(execution.grant('B', 90)).toBe(90);
    expect([...execution.retime().values()].every(({ timeS }) => timeS.every(Number.isFinite))).toBe(true);
  });

  it('is planned with the same result whoever comes first in the list', () => {
    const { vehicles, ...site } = standoff(['B']);
    const turned = solve({ ...site, vehicles: [...vehicles].reverse() }, quick);
    const plan = solve({ ...site, vehicles }, quick);
    expect(turned.makespanS).toBe(plan.makespanS);
    expect(turned.orders).toEqual(plan.orders);
  });

  it('never shares a block with a moving one, on random crossings', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 100; round += 1) {
      const { vehicles, ...site } = standoff(random() < 0.7 ? ['B'] : []);
      const more: PlanVehicle[] = Array.from({ length: 3 }, (_, i) => {
        const blocks = [10 + i, random() < 0.5 ? 9 : 1, random() < 0.5 ? 0 : 3, 15 + i];
        const route = occupancyOf(blocks.map((block) => piece(block, block === 9 ? 14 : 20, block === 9)), 60);
        return vehicleOf(`C${i}`, { candidates: [candidate(route, 9, random() < 0.5 ? ['B', 'A'] : [])], standsOn: Int32Array.of(10 + i) });
      });
      const plan = solve({ ...site, seed: round, vehicles: [...vehicles, ...more] }, { iterations: 5, shouldStop: () => false });
      for (const faults of heldTwice({ ...site, vehicles: [...vehicles, ...more] }, plan)) throw new Error(`round ${round}: ${faults}`);
    }
  });
});

describe('verify', () => {
  const planPast = (): ReturnType<typeof solve> => solve(pastObstacle(['B']), quick);
  const codes = (instance: PlanningInstance, plan: ReturnType<typeof solve>, geometry: PlanGeometry): string[] => (
    [...new Set(verify(instance, plan, geometry).faults.map(({ code }) => code))]
  );

  it('lets a vehicle pass an obstacle at 0.3 m and more, whatever the plan claims', () => {
    expect(codes(pastObstacle(['B']), planPast(), geometryWith([beside(1.3 + 0.4)]))).toEqual([]);
    expect(codes(pastObstacle([]), planPast(), geometryWith([beside(1.3 + 0.4)]))).toEqual([]);
    expect(codes(pastObstacle(['B']), planPast(), geometryWith([beside(1.3 + 0.2)]))).toEqual(['QM_PLAN_BLOCK_TAKEN']);
    expect(codes(pastObstacle(['B']), planPast(), geometryWith([beside(1.0)]))).toContain('QM_PLAN_CONTACT');
  });

  it('does not take an obstacle for passed when it is not known where it stands', () => {
    expect(codes(pastObstacle(['B']), planPast(), geometryWith([]))).toEqual(['QM_PLAN_BLOCK_TAKEN']);
  });

  it('refuses a plan in which the one that is passed moves before the other has left', () => {
    const instance = standoff(['B']);
    const plan = solve(instance, quick);
    const b = plan.vehicles.find(({ id }) => id === 'B')!;
    const early = { ...b, timed: { ...b.timed, timeS: b.timed.timeS.map((timeS, i) => (i === 0 ? 0 : timeS - 5)) }, arrivalS: b.arrivalS - 5 };
    const found = codes(instance, { ...plan, vehicles: plan.vehicles.map((planned) => (planned.id === 'B' ? early : planned)) }, geometryWith([]));
    expect(found).toContain('QM_PLAN_BLOCK_TWICE');
  });
});

/** Straight from the definition: two in one block at the same time, other than both from the start or one that stands still and is passed. */
function heldTwice(instance: PlanningInstance, plan: ReturnType<typeof solve>): string[] {
  const stays = plan.vehicles.flatMap(({ id, candidate: c, timed }) => {
    const { route, startSM, passes } = instance.vehicles.find((vehicle) => vehicle.id === id)!.candidates[c]!;
    const instant = (sM: number): number => {
      const i = timed.sM.findIndex((at) => at > sM);
      return i < 0 ? Infinity : i === 0 ? 0 : timed.timeS[i - 1]! + ((timed.timeS[i]! - timed.timeS[i - 1]!) * (sM - timed.sM[i - 1]!)) / (timed.sM[i]! - timed.sM[i - 1]!);
    };
    return Array.from(route.block, (block, v) => {
      const own = instance.vehicles.find((vehicle) => vehicle.id === id)!.standsOn.includes(block) || route.enterSM[v]! < startSM;
      const entersS = own ? 0 : instant(route.enterSM[v]!);
      return { id, block, own, passes: passes ?? [], fromS: own ? instant(startSM) : entersS, entersS, toS: route.exitSM[v]! >= route.lengthM ? Infinity : instant(route.exitSM[v]!) };
    });
  });
  return stays.flatMap((a) => stays.flatMap((b) => {
    if (a.id >= b.id || a.block !== b.block || (a.own && b.own) || Math.min(a.entersS, b.entersS) === Infinity) return [];
    const aFromS = a.own && b.passes.includes(a.id) ? a.fromS : a.entersS;
    const bFromS = b.own && a.passes.includes(b.id) ? b.fromS : b.entersS;
    return aFromS < b.toS - 1e-6 && bFromS < a.toS - 1e-6 ? [`${a.id} and ${b.id} in block ${a.block}`] : [];
  }));
}
