import { clothoidEnd } from './clothoid';
import { poseOnGeometry, turnOnGeometryRad } from './reference-line';
import type { PlanGeometry } from './road-network';

const at = { sM: 0, xM: 0, yM: 0, headingRad: 0 };

function poseOf(piece: PlanGeometry, dsM: number): number[] {
  const pose = new Float64Array(3);
  poseOnGeometry(piece, dsM, pose);
  return [...pose];
}

/** Fresnel integrals of cos and sin of a u², by their power series in exact integers scaled by 10^60: no rounding worth mentioning for a few dozen radians. */
function fresnelSeries(a: number, lengthM: number): [number, number] {
  const scale = 10n ** 60n;
  const one = BigInt(Math.round(a * lengthM * lengthM * 1e12)) * 10n ** 48n;
  let power = scale;
  let x = 0n;
  let y = 0n;
  for (let n = 0n; n < 400n; n += 1n) {
    const term = power / (2n * n + 1n);
    if (n % 2n === 0n) x += n % 4n === 0n ? term : -term;
    else y += n % 4n === 1n ? term : -term;
    power = power * one / scale / (n + 1n);
  }
  return [Number(x) / 1e60 * lengthM, Number(y) / 1e60 * lengthM];
}

describe('clothoidEnd', () => {
  it.each([[0.0002, 500], [0.00001, 500], [0.01, 40], [0.001, 100]])('is within 1e-6 m of the Fresnel series for a sharpness of %s over %s m', (sharpness, lengthM) => {
    const end = new Float64Array(2);
    clothoidEnd(0, sharpness, lengthM, end);
    const [x, y] = fresnelSeries(sharpness / 2, lengthM);
    expect(Math.abs(end[0]! - x)).toBeLessThan(1e-6);
    expect(Math.abs(end[1]! - y)).toBeLessThan(1e-6);
  });
  it('is an arc where the curvature stays', () => {
    const end = new Float64Array(2);
    clothoidEnd(0.01, 0, 500, end);
    expect(end[0]).toBeCloseTo(100 * Math.sin(5), 9);
    expect(end[1]).toBeCloseTo(100 * (1 - Math.cos(5)), 9);
  });
});

describe('poseOnGeometry', () => {
  it('goes a quarter circle of radius 10 to (10, 10), heading north', () => {
    const [x, y, headingRad] = poseOf({ ...at, kind: 'arc', lengthM: 20, curvaturePerM: 0.1 }, 5 * Math.PI);
    expect([x, y, headingRad]).toEqual([expect.closeTo(10, 9), expect.closeTo(10, 9), expect.closeTo(Math.PI / 2, 9)]);
  });
  it('is turned and moved with the start of its piece', () => {
    expect(poseOf({ kind: 'line', sM: 5, xM: 3, yM: 4, headingRad: Math.PI / 2, lengthM: 10 }, 2)).toEqual([3, 6, Math.PI / 2]);
  });
  it('reads the parameter of paramPoly3 as a share of the length or as arc length', () => {
    const u = [0, 20, 0, 0] as const;
    const v = [0, 0, 4, 0] as const;
    const [x, y, headingRad] = poseOf({ ...at, kind: 'paramPoly3', lengthM: 21, u, v, normalized: true }, 10.5);
    expect([x, y]).toEqual([10, 1]);
    expect(headingRad).toBeCloseTo(Math.atan2(4, 20), 12);
    expect(poseOf({ ...at, kind: 'paramPoly3', lengthM: 21, u: [0, 1, 0, 0], v: [0, 0, 0.01, 0], normalized: false }, 10)).toEqual([10, 1, Math.atan2(0.2, 1)]);
  });
  it('finds the point of a poly3 by its arc length', () => {
    // v = u² / 20 from the start: length of a parabola up to u, in closed form.
    const u = 12;
    const slope = u / 10;
    const lengthM = 5 * (slope * Math.sqrt(1 + slope * slope) + Math.asinh(slope));
    const [x, y, headingRad] = poseOf({ ...at, kind: 'poly3', lengthM, a: 0, b: 0, c: 0.05, d: 0 }, lengthM);
    expect(x).toBeCloseTo(12, 5);
    expect(y).toBeCloseTo(7.2, 5);
    expect(headingRad).toBeCloseTo(Math.atan(1.2), 5);
  });
  it.each<PlanGeometry>([
    { ...at, kind: 'line', lengthM: 30 }, { ...at, kind: 'arc', lengthM: 30, curvaturePerM: -0.05 },
    { ...at, kind: 'spiral', lengthM: 30, startPerM: -0.02, endPerM: 0.1 }, { ...at, kind: 'poly3', lengthM: 30, a: 0, b: 0, c: 0.01, d: 0.0001 },
  ])('heads where a $kind goes and turns as far as it says', (piece) => {
    const before = poseOf(piece, 19.999);
    const after = poseOf(piece, 20.001);
    const [, , headingRad] = poseOf(piece, 20);
    expect(Math.atan2(after[1]! - before[1]!, after[0]! - before[0]!)).toBeCloseTo(Math.atan2(Math.sin(headingRad!), Math.cos(headingRad!)), 6);
    expect(Math.hypot(after[1]! - before[1]!, after[0]! - before[0]!)).toBeCloseTo(0.002, 6);
    expect(turnOnGeometryRad(piece, 5, 20)).toBeCloseTo(headingRad! - poseOf(piece, 5)[2]!, 9);
  });
});
