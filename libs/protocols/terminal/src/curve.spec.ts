import fc from 'fast-check';
import { curveEnd, curveLengthM, joinPoses } from './curve';
import { numberText } from './number-text';

const tenths = (limitM: number) => fc.integer({ min: -10 * limitM, max: 10 * limitM }).map((tenth) => tenth / 10);
const headings = fc.integer({ min: -3141, max: 3141 }).map((milli) => milli / 1000);

describe('joinPoses', () => {
  it.each([
    { to: { xM: 30, yM: 0, headingRad: 0 }, lengthM: 30, radiusM: Infinity, because: 'straight on is one line' },
    { to: { xM: 16, yM: 16, headingRad: Math.PI / 2 }, lengthM: 8 * Math.PI, radiusM: 16, because: 'a quarter turn that fits exactly is one arc' },
    { to: { xM: 20, yM: -26, headingRad: -Math.PI / 2 }, lengthM: 9 * Math.PI + 2 + 8, radiusM: 18, because: 'a wide quarter turn is 2 m, an arc of 18 m, 8 m' },
  ])('$because', ({ to, lengthM, radiusM }) => {
    const joined = joinPoses({ xM: 0, yM: 0, headingRad: 0 }, to, 18)!;
    expect(curveLengthM(joined.pieces)).toBeCloseTo(lengthM, 9);
    expect(joined.radiusM).toBeCloseTo(radiusM, 9);
  });

  it.each([
    { to: { xM: -1, yM: 0, headingRad: 0 }, because: 'the goal lies behind' },
    { to: { xM: 30, yM: 6, headingRad: Math.PI }, because: 'it is a U-turn' },
    { to: { xM: 30, yM: -5, headingRad: Math.PI / 2 }, because: 'the straights meet behind the goal' },
  ])('has no answer when $because', ({ to }) => {
    expect(joinPoses({ xM: 0, yM: 0, headingRad: 0 }, to, 18)).toBeNull();
  });

  it('ends at the goal, in its direction, whenever it has an answer', () => {
    let answered = 0;
    fc.assert(fc.property(tenths(100), tenths(100), headings, tenths(60), tenths(60), headings, (xM, yM, headingRad, dx, dy, goalRad) => {
      const to = { xM: xM + dx, yM: yM + dy, headingRad: goalRad };
      const joined = joinPoses({ xM, yM, headingRad }, to, 18);
      if (joined === null) return;
      answered += 1;
      const end = curveEnd({ xM, yM, headingRad }, joined.pieces);
      expect(Math.hypot(end.xM - to.xM, end.yM - to.yM)).toBeLessThan(1e-4);
      expect(Math.abs(Math.sin((end.headingRad - goalRad) / 2))).toBeLessThan(1e-4);
    }), { numRuns: 2000 });
    expect(answered).toBeGreaterThan(100);
  });

  it('turns the mirrored way between mirrored poses', () => {
    const left = joinPoses({ xM: 0, yM: 0, headingRad: 0 }, { xM: 40, yM: 30, headingRad: 1 }, 18)!;
    const right = joinPoses({ xM: 0, yM: 0, headingRad: 0 }, { xM: 40, yM: -30, headingRad: -1 }, 18)!;
    expect(right.pieces.map(({ lengthM, curvaturePerM }) => [lengthM, 0 - curvaturePerM])).toEqual(left.pieces.map(({ lengthM, curvaturePerM }) => [lengthM, curvaturePerM]));
  });
});

describe('numberText', () => {
  it.each([
    [0, '0'], [-0, '0'], [-1e-30, '0'], [12, '12'], [-4.5, '-4.5'], [100, '100'], [0.1 + 0.2, '0.3'], [1 / 16, '0.0625'], [488.30000000000007, '488.3'], [1.23456789e-4, '0.000123456789'],
  ])('writes %d as %s', (value, text) => {
    expect(numberText(value)).toBe(text);
  });
});
