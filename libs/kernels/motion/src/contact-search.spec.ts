import { convexGapM, createPolyline, seededRandom, transformPolygon } from '@quaymaster/geometry';
import fc from 'fast-check';
import { createBodyShape } from './body-shape';
import { ContactSearch, type MovingBody } from './contact-search';
import { buildPoseTable, partPose, type PoseTable } from './pose-table';
import { PredictedMotion, type VehiclePose } from './predicted-motion';
import { rollOut, rollOutBraking, rollOutSteady } from './speed-profile';
import type { VehicleModel } from './vehicle-model';

const STEP_S = 0.1;
const SAMPLES = 81;
const HORIZON_S = 8;

const box = (frontM: number, rearM: number, widthM: number): number[] => [-rearM, -widthM / 2, frontM, -widthM / 2, frontM, widthM / 2, -rearM, widthM / 2];
const limits = { maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5 };
const agv: VehicleModel = {
  id: 'agv', parts: [{ contourM: box(7.4, 7.4, 3), axleBehindHitchM: 0, hitchForwardM: 0 }], frontM: 7.4, rearM: 7.4, widthM: 3, ...limits,
};
const tractor: VehicleModel = {
  id: 'tractor',
  parts: [{ contourM: box(4.2, 1.4, 2.6), axleBehindHitchM: 0, hitchForwardM: 0.4 }, { contourM: box(0.9, 11.7, 2.6), axleBehindHitchM: 8, hitchForwardM: 0 }],
  frontM: 4.2, rearM: 11.3, widthM: 2.6, ...limits,
};
const shapes = new Map([agv, tractor].map((model) => [model, createBodyShape(model.parts.map((part) => part.contourM))]));

const square = createBodyShape([[-1, -1, 1, -1, 1, 1, -1, 1]]);
function straight(xM: number, yM: number, vxMps: number, vyMps: number, shape = square): MovingBody {
  const motion = new PredictedMotion(shape.parts, SAMPLES, STEP_S);
  motion.moveStraight(shape.parts, xM, yM, vxMps, vyMps);
  return { shape, motion };
}

describe('ContactSearch.firstContactS', () => {
  const search = new ContactSearch();

  it.each([
    { x: 10, y: 0, vx: -2, vy: 0, marginM: 0, seconds: 4, because: '8 m between two squares of 2 m close at 2 m/s' },
    { x: 10, y: 0, vx: -2, vy: 0, marginM: 1, seconds: 3.5, because: 'a margin of 1 m takes 0.5 s at 2 m/s' },
    { x: 10, y: 2.5, vx: -2, vy: 0, marginM: 0, seconds: Infinity, because: 'it passes 0.5 m clear' },
    { x: 1.5, y: 0, vx: 5, vy: 0, marginM: 0, seconds: 0, because: 'they overlap by 0.5 m, though opening' },
    { x: 20, y: 0, vx: -2, vy: 0, marginM: 0, seconds: Infinity, because: '18 m at 2 m/s take 9 s, more than the horizon' },
    { x: 6, y: 6, vx: -1, vy: -1, marginM: 0, seconds: 4, because: 'corner meets corner when both offsets are 2 m' },
  ])('$seconds s when $because', ({ x, y, vx, vy, marginM, seconds }) => {
    const found = search.firstContactS(straight(0, 0, 0, 0), straight(x, y, vx, vy), 0, 0, marginM, HORIZON_S);
    if (seconds === Infinity) expect(found).toBe(Infinity);
    else expect(found).toBeCloseTo(seconds, 5);
  });

  it('does not skip a body that is through between two samples', () => {
    // 1 m long at 100 m/s across a wall 0.2 m thick: overlap lasts 12 ms, samples are 100 ms apart.
    const wall = createBodyShape([[-0.1, -5, 0.1, -5, 0.1, 5, -0.1, 5]]);
    const found = search.firstContactS(straight(0, 0, 0, 0, wall), straight(-34, 0, 100, 0), 0, 0, 0, HORIZON_S);
    expect(found).toBeCloseTo(0.329, 6);
  });

  it('starts each motion at the instant asked for', () => {
    // b is 1 s further on its way: its gap is 6 m, not 8 m.
    expect(search.firstContactS(straight(0, 0, 0, 0), straight(10, 0, -2, 0), 0.25, 1, 0, HORIZON_S)).toBeCloseTo(3, 5);
    expect(search.firstContactS(straight(0, 0, 1, 0), straight(10, 0, -1, 0), 0.13, 0.87, 0, HORIZON_S)).toBeCloseTo(3.5, 5);
  });

  it('says where they touch', () => {
    search.firstContactS(straight(0, 0, 0, 0), straight(10, 0.5, -2, 0), 0, 0, 0, HORIZON_S);
    expect(search.contactXM).toBeCloseTo(1, 4);
    expect(Math.abs(search.contactYM)).toBeLessThanOrEqual(1.5);
  });

  it('does not depend on which body is called a', () => {
    fc.assert(fc.property(scenario, (s) => {
      const [a, b] = build(s);
      const one = search.firstContactS(a.body, b.body, 0, 0, 0.2, HORIZON_S);
      const two = search.firstContactS(b.body, a.body, 0, 0, 0.2, HORIZON_S);
      if (one === Infinity || two === Infinity) expect(two).toBe(one);
      else expect(Math.abs(one - two)).toBeLessThan(0.01);
    }), { numRuns: 150, seed: 11 });
  });

  it('never finds contact later when the margin grows', () => {
    fc.assert(fc.property(scenario, fc.integer({ min: 0, max: 100 }), (s, cm) => {
      const [a, b] = build(s);
      const tight = search.firstContactS(a.body, b.body, 0, 0, 0, HORIZON_S);
      expect(search.firstContactS(a.body, b.body, 0, 0, cm / 100, HORIZON_S)).toBeLessThanOrEqual(tight + 1e-3);
    }), { numRuns: 150, seed: 12 });
  });

  it('agrees with 1 ms steps through the same motions: none missed, time within 10 ms', () => {
    const random = seededRandom(20);
    let contacts = 0;
    for (let run = 0; run < 500; run += 1) {
      const [a, b] = build(draw(random));
      const found = search.firstContactS(a.body, b.body, 0, 0, 0, HORIZON_S);
      const byStepsS = bruteForceS(a.body, b.body, 0);
      if (byStepsS === Infinity) {
        // What steps of 1 ms cannot see is at most a graze.
        if (found !== Infinity) expect(bruteForceS(a.body, b.body, 0.005)).toBeLessThanOrEqual(found + 0.01);
        continue;
      }
      contacts += 1;
      // Early is right when the bodies graze before: then they are all but touching there.
      if (found < byStepsS - 0.01) expect(search.gapAtM(a.body, b.body, found, found)).toBeLessThan(1e-4);
      else expect(Math.abs(found - byStepsS)).toBeLessThanOrEqual(0.01);
    }
    expect(contacts).toBeGreaterThan(100);
  });

  it('finds what touches on the paths themselves, with contours 1 cm wider, and nothing that stays 1 cm clear', () => {
    const random = seededRandom(21);
    let contacts = 0;
    for (let run = 0; run < 300; run += 1) {
      const [a, b] = build(draw(random));
      if (a.table === null || b.table === null) continue;
      const found = search.firstContactS(a.body, b.body, 0, 0, 0, HORIZON_S);
      const wideS = onPathsS(a as OnPath, b as OnPath, 0.01);
      const narrowS = onPathsS(a as OnPath, b as OnPath, -0.01);
      expect(found).toBeGreaterThanOrEqual(wideS - 0.01);
      expect(found).toBeLessThanOrEqual(narrowS + 0.01);
      if (narrowS < Infinity) contacts += 1;
    }
    expect(contacts).toBeGreaterThan(20);
  });
});

interface Scenario { readonly numbers: readonly number[] }
const scenario = fc.array(fc.integer({ min: 0, max: 999_999 }), { minLength: 24, maxLength: 24 }).map((parts): Scenario => ({ numbers: parts.map((n) => n / 1e6) }));

function draw(random: () => number): Scenario {
  return { numbers: Array.from({ length: 24 }, random) };
}

interface Placed { readonly body: MovingBody; readonly model: VehicleModel; readonly table: PoseTable | null; readonly progressSM: Float64Array }
interface OnPath extends Placed { readonly table: PoseTable }

/** Two vehicles whose ways lead towards one place: on curved paths (releases and speeds of every kind) or on arcs without a plan. */
function build({ numbers }: Scenario): [Placed, Placed] {
  return [place(numbers.slice(0, 12)), place(numbers.slice(12))];
}

function place(n: readonly number[]): Placed {
  const model = n[0]! < 0.5 ? agv : tractor;
  const directionRad = n[1]! * 2 * Math.PI;
  const speedMps = n[2]! * 8.3;
  const awayM = 5 + n[3]! * 40;
  const xM = -awayM * Math.cos(directionRad) + (n[4]! - 0.5) * 12;
  const yM = -awayM * Math.sin(directionRad) + (n[5]! - 0.5) * 12;
  const motion = new PredictedMotion(model.parts.length, SAMPLES, STEP_S);
  const progressSM = new Float64Array(SAMPLES);
  const body = { shape: shapes.get(model)!, motion };
  if (n[6]! < 0.3) {
    const pose: VehiclePose = { xM, yM, headingRad: directionRad, hitchAnglesRad: [(n[7]! - 0.5) * 1.2] };
    rollOutSteady(0, speedMps, (n[8]! - 0.5) * 2, model.maximumSpeedMps, STEP_S, progressSM);
    motion.followArc(model, pose, speedMps, (n[9]! - 0.5) * 0.6, progressSM);
    return { body, model, table: null, progressSM };
  }
  const table = buildPoseTable(bentPath(xM, yM, directionRad, n[7]!, n[8]!), model);
  const startSM = 20;
  if (n[9]! < 0.2) rollOutBraking(startSM, speedMps, model.brakingMps2, STEP_S, progressSM);
  else rollOut(startSM, speedMps, startSM + n[10]! * 60, { fromSM: [0, 35], limitMps: [8.3, 3 + n[11]! * 5] }, model, STEP_S, progressSM);
  motion.followPath(table, model, progressSM);
  return { body, model, table, progressSM };
}

/** 20 m straight up to a point, then a bend of 10 to 30 m radius to either side by up to a right angle, then straight. */
function bentPath(xM: number, yM: number, directionRad: number, radius: number, turn: number): ReturnType<typeof createPolyline> {
  const xyM: number[] = [];
  let x = xM - 20 * Math.cos(directionRad);
  let y = yM - 20 * Math.sin(directionRad);
  let headingRad = directionRad;
  const radiusM = 10 + radius * 20;
  const angleRad = (turn - 0.5) * Math.PI;
  const bendM = Math.abs(angleRad) * radiusM;
  for (let sM = 0; sM < 110; sM += 0.5) {
    xyM.push(x, y);
    if (sM > 28 && sM < 28 + bendM) headingRad += (Math.sign(angleRad) * 0.5) / radiusM;
    x += 0.5 * Math.cos(headingRad);
    y += 0.5 * Math.sin(headingRad);
  }
  return createPolyline(xyM);
}

function bruteForceS(a: MovingBody, b: MovingBody, marginM: number): number {
  const pa = new Float64Array(3);
  const pb = new Float64Array(3);
  return firstStepS((ms) => {
    let leastM = Infinity;
    for (let p = 0; p < a.shape.parts; p += 1) {
      sampledPose(a.motion, p, ms / 1000, pa);
      for (let q = 0; q < b.shape.parts; q += 1) {
        sampledPose(b.motion, q, ms / 1000, pb);
        leastM = Math.min(leastM, clearanceM(a.shape, p, pa, b.shape, q, pb) - marginM);
      }
    }
    return leastM;
  });
}

function onPathsS(a: OnPath, b: OnPath, marginM: number): number {
  const pa = new Float64Array(3);
  const pb = new Float64Array(3);
  const at = (placed: OnPath, ms: number): number => {
    const i = Math.min(Math.floor(ms / 100), SAMPLES - 2);
    return placed.progressSM[i]! + (ms / 100 - i) * (placed.progressSM[i + 1]! - placed.progressSM[i]!);
  };
  return firstStepS((ms) => {
    let leastM = Infinity;
    for (let p = 0; p < a.body.shape.parts; p += 1) {
      partPose(a.table, p, at(a, ms), pa);
      for (let q = 0; q < b.body.shape.parts; q += 1) {
        partPose(b.table, q, at(b, ms), pb);
        leastM = Math.min(leastM, clearanceM(a.body.shape, p, pa, b.body.shape, q, pb) - marginM);
      }
    }
    return leastM;
  });
}

/** No two points of these vehicles come nearer to each other faster than this [m/s]; the steps between are left out. */
const FASTEST_MPS = 60;

function firstStepS(clearM: (ms: number) => number): number {
  for (let ms = 0; ms <= HORIZON_S * 1000;) {
    const leastM = clearM(ms);
    if (leastM <= 0) return ms / 1000;
    ms += Math.max(1, Math.floor((leastM / FASTEST_MPS) * 1000));
  }
  return Infinity;
}

function sampledPose(motion: PredictedMotion, part: number, atS: number, out: Float64Array): void {
  const i = Math.min(Math.floor(atS / STEP_S + 1e-9), SAMPLES - 2);
  const ratio = atS / STEP_S - i;
  const at = part * SAMPLES + i;
  out[0] = motion.xM[at]! + ratio * (motion.xM[at + 1]! - motion.xM[at]!);
  out[1] = motion.yM[at]! + ratio * (motion.yM[at + 1]! - motion.yM[at]!);
  out[2] = motion.headingRad[at]! + ratio * (motion.headingRad[at + 1]! - motion.headingRad[at]!);
}

const ringA = new Float64Array(8);
const ringB = new Float64Array(8);
/** Lower bound of the distance of two parts, the separating axis' where they are near each other [m]. */
function clearanceM(a: MovingBody['shape'], p: number, pa: Float64Array, b: MovingBody['shape'], q: number, pb: Float64Array): number {
  const circlesM = Math.hypot(pa[0]! - pb[0]!, pa[1]! - pb[1]!) - a.radiusM[p]! - b.radiusM[q]!;
  if (circlesM > 1) return circlesM;
  transformPolygon(ringOf(a, p), pa[0]!, pa[1]!, pa[2]!, ringA);
  transformPolygon(ringOf(b, q), pb[0]!, pb[1]!, pb[2]!, ringB);
  return convexGapM(ringA, 8, ringB, 8);
}

const rings = new Map<MovingBody['shape'], number[][]>();
function ringOf(shape: MovingBody['shape'], part: number): number[] {
  let all = rings.get(shape);
  if (all === undefined) {
    all = Array.from({ length: shape.parts }, (_, p) => {
      const ring: number[] = [];
      for (let i = shape.offset[p]!; i < shape.offset[p + 1]!; i += 1) ring.push(shape.pointXM[i]!, shape.pointYM[i]!);
      return ring;
    });
    rings.set(shape, all);
  }
  return all[part]!;
}
