import { polygonAreaM2 } from './convex-polygon';
import { seededRandom } from './random';
import { convexPieces, simpleRing } from './simple-polygon';

const because = (points: readonly number[]) => { const ring = simpleRing(points); return ring.kind === 'refused' ? ring.because : null; };

/** A star-shaped polygon, mostly concave. */
function star(random: () => number, corners: number): number[] {
  return Array.from({ length: corners }, (_, i) => 2 * Math.PI * i / corners).flatMap((angle) => { const r = 1 + 9 * random(); return [r * Math.cos(angle), r * Math.sin(angle)]; });
}

const isConvex = (ring: Float64Array): boolean => Array.from({ length: ring.length / 2 }, (_, i) => i).every((i) => {
  const n = ring.length / 2;
  const [a, b, c] = [i, (i + 1) % n, (i + 2) % n].map((k) => [ring[2 * k]!, ring[2 * k + 1]!] as const) as [readonly [number, number], readonly [number, number], readonly [number, number]];
  return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) >= -1e-12;
});

describe('simpleRing', () => {
  it('turns a ring counter-clockwise and takes repeated points out', () => {
    expect(simpleRing([0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0])).toEqual({ kind: 'simple', ring: Float64Array.from([1, 0, 1, 1, 0, 1, 0, 0]) });
  });
  it.each([
    ['two points', [0, 0, 1, 0], 'too few points'], ['three points on a line', [0, 0, 1, 1, 2, 2], 'no area'], ['one point three times', [1, 1, 1, 1, 1, 1], 'no area'],
    ['a bow', [0, 0, 2, 2, 2, 0, 0, 2], 'crosses or touches itself'], ['a corner on an edge', [0, 0, 4, 0, 4, 4, 2, 0, 0, 4], 'crosses or touches itself'],
    ['an edge that runs back', [0, 0, 4, 0, 2, 0, 2, 4], 'crosses or touches itself'],
  ])('refuses %s', (_, points, expected) => { expect(because(points)).toBe(expected); });
  it('accepts points in the middle of edges', () => { expect(because([0, 0, 1, 0, 2, 0, 2, 2, 0, 2])).toBeNull(); });
});

describe('convexPieces', () => {
  it('leaves a convex polygon as it is and takes an L apart into two', () => {
    const square = Float64Array.from([0, 0, 2, 0, 2, 2, 0, 2]);
    expect(convexPieces(square)).toEqual([square]);
    expect(convexPieces(Float64Array.from([0, 0, 3, 0, 3, 1, 1, 1, 1, 3, 0, 3]))).toHaveLength(2);
  });
  it('makes convex pieces of random stars that have their area together', () => {
    const random = seededRandom(4);
    for (let round = 0; round < 300; round += 1) {
      const simple = simpleRing(star(random, 3 + Math.floor(random() * 20)));
      if (simple.kind === 'refused') throw new Error(simple.because);
      const pieces = convexPieces(simple.ring);
      expect(pieces.every(isConvex)).toBe(true);
      expect(pieces.reduce((sum, piece) => sum + polygonAreaM2(piece), 0)).toBeCloseTo(polygonAreaM2(simple.ring), 8);
    }
  });
});
