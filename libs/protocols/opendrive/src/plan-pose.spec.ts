import type { PlanGeometry } from '@quaymaster/virtual-map';
import { endPose, paramPolyLengthM, startPose } from './plan-pose';

const base = { sM: 0, xM: 10, yM: 20, headingRad: Math.PI / 2, lengthM: 100 };

/** Heading and position by 200,000 small steps of the curvature: slow, and nothing like the closed forms and quadratures that it judges. */
function marched(piece: PlanGeometry, curvatureAt: (s: number) => number) {
  const steps = 200_000;
  const ds = piece.lengthM / steps;
  let { xM, yM, headingRad } = piece;
  for (let i = 0; i < steps; i += 1) {
    const turnRad = curvatureAt((i + 0.5) * ds) * ds;
    xM += Math.cos(headingRad + turnRad / 2) * ds;
    yM += Math.sin(headingRad + turnRad / 2) * ds;
    headingRad += turnRad;
  }
  return { xM, yM, headingRad };
}

it.each<{ piece: PlanGeometry; x: number; y: number; heading: number; because: string }>([
  { piece: { ...base, kind: 'line' }, x: 10, y: 120, heading: Math.PI / 2, because: '100 m north' },
  { piece: { ...base, lengthM: 50 * Math.PI, kind: 'arc', curvaturePerM: 0.01 }, x: -90, y: 120, heading: Math.PI, because: 'a quarter left on 100 m' },
  { piece: { ...base, kind: 'arc', curvaturePerM: 0 }, x: 10, y: 120, heading: Math.PI / 2, because: 'an arc of no curvature is a line' },
  { piece: { ...base, lengthM: 13, kind: 'poly3', a: 1, b: 5 / 12, c: 0, d: 0 }, x: 10 - 6, y: 32, heading: Math.PI / 2 + Math.atan(5 / 12), because: 'v = 1 + 5/12 u is 13 m long at u = 12' },
  { piece: { ...base, kind: 'paramPoly3', u: [0, 100, 0, 0], v: [0, 0, 30, 0], normalized: true }, x: -20, y: 120, heading: Math.PI / 2 + Math.atan2(60, 100), because: 'p runs to 1' },
  { piece: { ...base, kind: 'paramPoly3', u: [0, 1, 0, 0], v: [0, 0, 0.003, 0], normalized: false }, x: -20, y: 120, heading: Math.PI / 2 + Math.atan2(0.6, 1), because: 'p runs to 100' },
])('ends where it should: $because', ({ piece, x, y, heading }) => {
  const end = endPose(piece);
  expect(end.xM).toBeCloseTo(x, 8);
  expect(end.yM).toBeCloseTo(y, 8);
  expect(end.headingRad).toBeCloseTo(heading, 8);
});

it.each([[0, 0.02], [-0.05, 0.05], [0.1, 0], [0.3, -0.4]])('follows a clothoid from curvature %d to %d', (startPerM, endPerM) => {
  const piece: PlanGeometry = { ...base, kind: 'spiral', startPerM, endPerM };
  const [end, expected] = [endPose(piece), marched(piece, (s) => startPerM + ((endPerM - startPerM) * s) / piece.lengthM)];
  expect(Math.hypot(end.xM - expected.xM, end.yM - expected.yM)).toBeLessThan(1e-6);
  expect(end.headingRad).toBeCloseTo(expected.headingRad, 9);
});

it('measures a paramPoly3 by its curve', () => {
  expect(paramPolyLengthM({ ...base, kind: 'paramPoly3', u: [0, 3, 0, 0], v: [0, 4, 0, 0], normalized: true })).toBeCloseTo(5, 12);
});

it('starts a polynomial beside its origin where its constant says so', () => {
  expect(startPose({ ...base, kind: 'paramPoly3', u: [2, 1, 0, 0], v: [3, 0, 0, 0], normalized: true })).toEqual({ xM: expect.closeTo(7, 9) as number, yM: expect.closeTo(22, 9) as number, headingRad: base.headingRad });
});
