import { ConvexClipper, polygonAreaM2, seededRandom } from '@quaymaster/geometry';
import { createLocator } from './locator';
import { blocksOf, compiled, tJunction, variedRoads } from './testing/compiled';
import { arc, driving, line, network, road } from './testing/network-builder';
import type { VirtualMap } from './virtual-map';

const crossed = network([
  road('1', [line(60)], [driving(1), driving(-1), { ...driving(-2, 1), type: 'shoulder' }]), road('2', [arc(70, 0.02, 5, -25, 0.6)], [driving(-1), driving(-2)]),
]);

function cornersOf({ mesh }: VirtualMap, t: number): number[] {
  return [0, 1, 2].flatMap((k) => [...mesh.verticesM.subarray(3 * mesh.triangles[3 * t + k]!, 3 * mesh.triangles[3 * t + k]! + 2)]);
}

function isIn(triangle: readonly number[], x: number, y: number): boolean {
  for (let i = 0; i < 6; i += 2) {
    const [ax, ay, bx, by] = [triangle[i]!, triangle[i + 1]!, triangle[(i + 2) % 6]!, triangle[(i + 3) % 6]!];
    if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0) return false;
  }
  return true;
}

/** Rectangle of 16 m x 3 m, counter-clockwise. */
function bodyAt(x: number, y: number, headingRad: number, lengthM = 16, widthM = 3): number[] {
  const [cos, sin] = [Math.cos(headingRad), Math.sin(headingRad)];
  return [[-1, -1], [1, -1], [1, 1], [-1, 1]].flatMap(([u, v]) => {
    const [along, across] = [u! * lengthM / 2, v! * widthM / 2];
    return [x + along * cos - across * sin, y + along * sin + across * cos];
  });
}

describe.each([['T junction', tJunction()], ['varied roads', variedRoads()], ['crossing roads with a shoulder', crossed]])('a locator on %s', (_, source) => {
  const { map } = compiled(source);
  const locator = createLocator(map);
  const random = seededRandom(7);
  const [minX, minY, maxX, maxY] = map.boundsM;
  const somewhere = (): [number, number] => [minX - 5 + random() * (maxX - minX + 10), minY - 5 + random() * (maxY - minY + 10)];
  const triangles = Array.from(map.mesh.triangleBlock, (__, t) => cornersOf(map, t));
  const blocksAt = (x: number, y: number): Set<number> => new Set([...map.mesh.triangleBlock].filter((block, t) => block >= 0 && isIn(triangles[t]!, x, y)));

  it('gives the same place into an array as in an object, and leaves the array alone where there is none', () => {
    const { map } = compiled(tJunction());
    const locator = createLocator(map);
    const out = new Float64Array([7, 7]);
    expect(locator.locateInto(200, 200, out)).toBe(-1);
    expect([...out]).toEqual([7, 7]);
    for (const [x, y] of [[10, 0.5], [50, 1], [58, 9], [80, -1]]) {
      const { block, sM, tM } = locator.locate(x!, y!)!;
      expect(locator.locateInto(x!, y!, out)).toBe(block);
      expect([...out]).toEqual([sM, tM]);
    }
  });
  it('finds a block exactly where a triangle of it is', () => {
    for (let i = 0; i < 1500; i += 1) {
      const [x, y] = somewhere();
      const under = blocksAt(x, y);
      const found = locator.locate(x, y);
      if (found === null) expect(under.size).toBe(0);
      else expect(under).toContain(found.block);
      expect(locator.isOnSurface(x, y)).toBe(triangles.some((triangle) => isIn(triangle, x, y)));
    }
  });
  it('gives the arc length and the distance of the nearest point of the centre line', () => {
    const { blocks } = map;
    for (let i = 0; i < 500; i += 1) {
      const [x, y] = somewhere();
      const found = locator.locate(x, y);
      if (found === null) continue;
      let best = Infinity;
      let bestSM = 0;
      let sM = blocks.startSM[found.block]!;
      for (let p = blocks.centreOffset[found.block]!; p + 1 < blocks.centreOffset[found.block + 1]!; p += 1) {
        const [ax, ay, bx, by] = blocks.centreXyM.subarray(2 * p, 2 * p + 4) as unknown as [number, number, number, number];
        const length = Math.hypot(bx - ax, by - ay);
        const along = Math.min(length, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
        const off = Math.hypot(ax + (bx - ax) * along / length - x, ay + (by - ay) * along / length - y);
        if (off < best) [best, bestSM] = [off, sM + along];
        sM += length;
      }
      expect(Math.abs(found.tM)).toBeCloseTo(best, 9);
      expect(found.sM).toBeCloseTo(bestSM, 6);
      expect(found.lane).toBe(blocks.lane[found.block]);
    }
  });
  it('touches exactly the blocks that share area with a body, and shares with each what clipping shares', () => {
    const clipper = new ConvexClipper();
    const out = new Int32Array(64);
    for (let i = 0; i < 200; i += 1) {
      const body = bodyAt(...somewhere(), random() * 7);
      const sharedM2 = new Map<number, number>();
      triangles.forEach((triangle, t) => {
        const block = map.mesh.triangleBlock[t]!;
        if (block >= 0) sharedM2.set(block, (sharedM2.get(block) ?? 0) + clipper.sharedAreaM2(body, 8, triangle, 0, 6));
      });
      const found = [...out.subarray(0, locator.touching(body, out))];
      expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
      for (const [block, areaM2] of sharedM2) {
        if (areaM2 > 1e-9) expect(found).toContain(block);
        if (areaM2 === 0) expect(found).not.toContain(block);
        expect(locator.overlapAreaM2(body, block)).toBeCloseTo(areaM2, 9);
      }
    }
  });
  it('measures the covered share of a body as counting points of it does', () => {
    for (let i = 0; i < 40; i += 1) {
      const [x, y] = somewhere();
      const headingRad = random() * 7;
      const body = bodyAt(x, y, headingRad);
      let covered = 0;
      for (let u = 0; u < 80; u += 1) {
        for (let v = 0; v < 15; v += 1) {
          const [along, across] = [(u + 0.5) / 80 * 16 - 8, (v + 0.5) / 15 * 3 - 1.5];
          const [cos, sin] = [Math.cos(headingRad), Math.sin(headingRad)];
          if (locator.isOnSurface(x + along * cos - across * sin, y + along * sin + across * cos)) covered += 1;
        }
      }
      expect(Math.abs(locator.surfaceShareRatio(body) - covered / 1200)).toBeLessThan(0.02);
    }
  });
});

describe('a locator', () => {
  const { map } = compiled(tJunction());
  const locator = createLocator(map);

  it('counts left of the driving direction as positive', () => {
    expect(locator.locate(3, 1)).toEqual({ block: 0, lane: 0, sM: expect.closeTo(3, 9) as number, tM: expect.closeTo(1, 9) as number });
  });
  it('takes the lane whose direction fits the heading where several cover a point', () => {
    const straight = blocksOf(map, 'ahead');
    const turning = blocksOf(map, 'turn');
    expect(straight).toContain(locator.locateHeading(48, 1, 0)!.block);
    expect(turning).toContain(locator.locateHeading(48, 1, 0.5)!.block);
  });
  it('finds nothing off the map, at what is no number, or with a polygon without area', () => {
    expect(locator.locate(-100, 0)).toBeNull();
    expect(locator.locate(NaN, 0)).toBeNull();
    expect(locator.locateHeading(3, 100, 0)).toBeNull();
    expect(locator.isOnSurface(Infinity, 0)).toBe(false);
    expect(locator.surfaceShareRatio([0, 0, 1, 0, 2, 0])).toBe(0);
    expect(locator.touching(bodyAt(-100, 0, 0), new Int32Array(1))).toBe(0);
  });
  it('does not touch what only shares an edge', () => {
    expect(locator.touching([0, 2, 10, 2, 10, 5, 0, 5], new Int32Array(4))).toBe(0);
  });
  it('refuses an output that is too small', () => {
    expect(() => locator.touching(bodyAt(15, 0, 0), new Int32Array(1))).toThrow(RangeError);
  });
  it('covers a body in its lane wholly and one half beside it by half', () => {
    expect(locator.surfaceShareRatio(bodyAt(20, 0, 0, 10, 3))).toBe(1);
    const beside = bodyAt(20, 2, 0, 10, 3);
    expect(polygonAreaM2(beside)).toBeCloseTo(30, 9);
    expect(locator.surfaceShareRatio(beside)).toBeCloseTo(0.5, 9);
  });
});
