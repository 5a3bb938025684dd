import fc from 'fast-check';
import { convexHull } from './convex-hull';
import { convexGapM, inflateConvex, pointInPolygon, polygonAreaM2, polygonRadiusM, transformPolygon } from './convex-polygon';

const metres = (limitM: number) => fc.integer({ min: -limitM * 1e6, max: limitM * 1e6 }).map((um) => um / 1e6);
const angle = fc.integer({ min: -3_141_592, max: 3_141_592 }).map((urad) => urad / 1e6);
const square = [-1, -1, 1, -1, 1, 1, -1, 1];

/** Convex rings: hulls of points, flat ones left out. */
const convex = fc.array(fc.tuple(metres(10), metres(10)), { minLength: 3, maxLength: 9 })
  .map((points) => convexHull(points.flat())).filter((ring) => ring.length >= 6 && polygonAreaM2(ring) > 0.01);

function moved(ring: ArrayLike<number>, xM: number, yM: number, headingRad = 0): Float64Array {
  const out = new Float64Array(ring.length);
  transformPolygon(ring, xM, yM, headingRad, out);
  return out;
}

const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number => convexGapM(a, a.length, b, b.length);

function segmentDistanceM(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const ratio = Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
  return Math.hypot(px - ax - ratio * (bx - ax), py - ay - ratio * (by - ay));
}

function crosses(ax: number, ay: number, bx: number, by: number, cx: number, cy: number, dx: number, dy: number): boolean {
  const side = (px: number, py: number, qx: number, qy: number, x: number, y: number): number => Math.sign((qx - px) * (y - py) - (qy - py) * (x - px));
  return side(ax, ay, bx, by, cx, cy) * side(ax, ay, bx, by, dx, dy) < 0 && side(cx, cy, dx, dy, ax, ay) * side(cx, cy, dx, dy, bx, by) < 0;
}

/** Distance of two rings by every corner against every edge, 0 when one has a corner in the other or edges cross. */
function distanceM(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let least = Infinity;
  for (const [p, q] of [[a, b], [b, a]] as const) {
    for (let i = 0; i < p.length; i += 2) {
      if (pointInPolygon(q, p[i]!, p[i + 1]!)) return 0;
      const m = (i + 2) % p.length;
      for (let k = 0; k < q.length; k += 2) {
        const n = (k + 2) % q.length;
        if (crosses(p[i]!, p[i + 1]!, p[m]!, p[m + 1]!, q[k]!, q[k + 1]!, q[n]!, q[n + 1]!)) return 0;
        least = Math.min(least, segmentDistanceM(p[i]!, p[i + 1]!, q[k]!, q[k + 1]!, q[n]!, q[n + 1]!));
      }
    }
  }
  return least;
}

describe('convexGapM', () => {
  it.each([
    { x: 5, y: 0, gapM: 3, because: '5 m between middles less 1 m each' },
    { x: 2, y: 0, gapM: 0, because: 'edge lies on edge' },
    { x: 1.5, y: 0.25, gapM: -0.5, because: 'it overlaps by 0.5 m across and 1.75 m along' },
    { x: 5, y: 6, gapM: 4, because: 'the better of 3 m across and 4 m along counts' },
  ])('$gapM m when $because', ({ x, y, gapM }) => {
    expect(gap(square, moved(square, x, y))).toBeCloseTo(gapM, 12);
  });

  it('is positive exactly when the polygons are apart, and then no more than their distance', () => {
    fc.assert(fc.property(convex, convex, metres(20), metres(20), angle, (a, shape, xM, yM, headingRad) => {
      const b = moved(shape, xM, yM, headingRad);
      const trueM = distanceM(a, b);
      const gapM = gap(a, b);
      if (trueM > 1e-6) expect(gapM).toBeGreaterThan(0);
      expect(gapM).toBeLessThanOrEqual(trueM + 1e-9);
    }), { numRuns: 2000, seed: 1 });
  });

  it('is the same for swapped polygons and in a turned and moved frame', () => {
    fc.assert(fc.property(convex, convex, metres(20), metres(20), angle, (a, shape, xM, yM, headingRad) => {
      const b = moved(shape, xM, yM);
      const gapM = gap(a, b);
      expect(gap(b, a)).toBe(gapM);
      expect(gap(moved(a, yM, xM, headingRad), moved(b, yM, xM, headingRad))).toBeCloseTo(gapM, 9);
    }), { numRuns: 500, seed: 2 });
  });

  it('looks only at the first numbers of a longer array', () => {
    expect(convexGapM([...square, 99, 99], 8, moved(square, 5, 0), 8)).toBe(3);
  });
});

describe('transformPolygon', () => {
  it('turns counter-clockwise about the origin, then moves, and writes where it is told', () => {
    const out = new Float64Array(6);
    expect(transformPolygon([1, 0, 0, 2], 10, 20, Math.PI / 2, out, 2)).toBe(4);
    [0, 0, 10, 21, 8, 20].forEach((value, i) => { expect(out[i]).toBeCloseTo(value, 12); });
  });
});

describe('polygonAreaM2', () => {
  it('is positive counter-clockwise and negative clockwise', () => {
    expect(polygonAreaM2([0, 0, 4, 0, 4, 3])).toBe(6);
    expect(polygonAreaM2([4, 3, 4, 0, 0, 0])).toBe(-6);
  });
  it('does not change when the polygon is moved and turned', () => {
    fc.assert(fc.property(convex, metres(1000), metres(1000), angle, (ring, xM, yM, headingRad) => {
      expect(polygonAreaM2(moved(ring, xM, yM, headingRad))).toBeCloseTo(polygonAreaM2(ring), 6);
    }), { seed: 3 });
  });
});

describe('pointInPolygon', () => {
  it('knows the notch of a polygon that is not convex', () => {
    const notched = [0, 0, 4, 0, 4, 4, 2, 1, 0, 4];
    expect(pointInPolygon(notched, 1, 1)).toBe(true);
    expect(pointInPolygon(notched, 2, 2)).toBe(false);
    expect(pointInPolygon(notched, 5, 1)).toBe(false);
  });
  it('agrees with the sides of all edges of a convex polygon', () => {
    fc.assert(fc.property(convex, metres(12), metres(12), (ring, xM, yM) => {
      let leastM = Infinity;
      for (let i = 0; i < ring.length; i += 2) {
        const n = (i + 2) % ring.length;
        const dx = ring[n]! - ring[i]!;
        const dy = ring[n + 1]! - ring[i + 1]!;
        leastM = Math.min(leastM, (dx * (yM - ring[i + 1]!) - dy * (xM - ring[i]!)) / Math.hypot(dx, dy));
      }
      if (Math.abs(leastM) > 1e-9) expect(pointInPolygon(ring, xM, yM)).toBe(leastM > 0);
    }), { numRuns: 1000, seed: 4 });
  });
});

describe('inflateConvex', () => {
  it('moves each edge of a square outward and keeps its corners', () => {
    expect([...inflateConvex(square, 0.5)]).toEqual([-1.5, -1.5, 1.5, -1.5, 1.5, 1.5, -1.5, 1.5]);
  });
  it('leaves every point within the margin inside, and every edge exactly the margin away', () => {
    fc.assert(fc.property(convex, fc.integer({ min: 1, max: 2000 }), angle, (ring, mm, directionRad) => {
      const marginM = mm / 1000;
      const wide = inflateConvex(ring, marginM);
      for (let i = 0; i < ring.length; i += 2) {
        const n = (i + 2) % ring.length;
        const length = Math.hypot(ring[n]! - ring[i]!, ring[n + 1]! - ring[i + 1]!);
        const offM = -((ring[n]! - ring[i]!) * (wide[i + 1]! - ring[i + 1]!) - (ring[n + 1]! - ring[i + 1]!) * (wide[i]! - ring[i]!)) / length;
        expect(offM).toBeCloseTo(marginM, 6);
        const reachM = marginM * 0.999;
        expect(pointInPolygon(wide, ring[i]! + reachM * Math.cos(directionRad), ring[i + 1]! + reachM * Math.sin(directionRad))).toBe(true);
      }
    }), { numRuns: 300, seed: 5 });
  });
});

describe('polygonRadiusM', () => {
  it('is the farthest corner from the origin', () => {
    expect(polygonRadiusM([3, 4, -1, 0, 0, -2])).toBe(5);
  });
});

describe('convexHull', () => {
  it('drops points inside, on edges and given twice, and turns counter-clockwise', () => {
    expect([...convexHull([2, 2, 0, 0, 2, 0, 0, 2, 1, 1, 1, 0, 0, 0])]).toEqual([0, 0, 2, 0, 2, 2, 0, 2]);
  });
  it('has fewer than three points when all lie on a line or are one point', () => {
    expect([...convexHull([0, 0, 1, 1, 2, 2])]).toEqual([0, 0, 2, 2]);
    expect([...convexHull([3, 3, 3, 3])]).toEqual([3, 3]);
  });
  it('holds all its points, is convex and uses only given corners', () => {
    fc.assert(fc.property(fc.array(fc.tuple(metres(100), metres(100)), { minLength: 3, maxLength: 40 }), (points) => {
      const hull = convexHull(points.flat());
      if (hull.length < 6) return;
      for (let i = 0; i < hull.length; i += 2) {
        const n = (i + 2) % hull.length;
        expect(points.some(([x, y]) => x === hull[i] && y === hull[i + 1])).toBe(true);
        for (const [x, y] of points) {
          const side = (hull[n]! - hull[i]!) * (y - hull[i + 1]!) - (hull[n + 1]! - hull[i + 1]!) * (x - hull[i]!);
          expect(side).toBeGreaterThanOrEqual(-1e-6);
        }
      }
    }), { numRuns: 300, seed: 6 });
  });
});
