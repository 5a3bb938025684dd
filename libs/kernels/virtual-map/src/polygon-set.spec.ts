import { polygonAreaM2, seededRandom } from '@quaymaster/geometry';
import { growPolygons, intersectPolygons, unitePolygons, type PolygonSet } from './polygon-set';

const square = (xM: number, yM: number, sideM: number): number[] => [xM, yM, xM + sideM, yM, xM + sideM, yM + sideM, xM, yM + sideM];
const areaM2 = (set: PolygonSet): number => set.reduce((sum, ring) => sum + polygonAreaM2(ring), 0);
const rectangle = (random: () => number): [number, number, number, number] => [random() * 10, random() * 10, 1 + random() * 6, 1 + random() * 6].map((value) => Math.round(value * 100) / 100) as [number, number, number, number];
const ringOf = ([x, y, w, h]: readonly [number, number, number, number]): number[] => [x, y, x, y + h, x + w, y + h, x + w, y];

describe('sets of polygons', () => {
  it('unite squares that overlap, also those that wind the other way, and keep those apart that do not', () => {
    const clockwise = [0, 0, 0, 4, 4, 4, 4, 0];
    expect(areaM2(unitePolygons([clockwise, square(2, 2, 4)]))).toBeCloseTo(28, 6);
    expect(unitePolygons([square(0, 0, 1), square(5, 5, 1)])).toHaveLength(2);
  });
  it('have a hole where squares enclose what none of them covers', () => {
    const frame = [[0, 0, 10, 1], [9, 0, 1, 10], [0, 9, 10, 1], [0, 0, 1, 10]].map((r) => ringOf(r as [number, number, number, number]));
    const united = unitePolygons(frame);
    expect(united.map((ring) => Math.sign(polygonAreaM2(ring))).sort()).toEqual([-1, 1]);
    expect(areaM2(united)).toBeCloseTo(100 - 64, 6);
  });
  it('take a ring that crosses itself apart', () => {
    const bow = [0, 0, 4, 4, 4, 0, 0, 4];
    const united = unitePolygons([bow]);
    expect(united).toHaveLength(2);
    expect(areaM2(united)).toBeCloseTo(8, 6);
  });
  it('intersect, far from the origin too', () => {
    for (const atM of [0, 600_000, -5_790_000.5]) expect(areaM2(intersectPolygons([square(atM, atM, 4)], [square(atM + 1, atM + 3, 4)]))).toBeCloseTo(3, 5);
    expect(intersectPolygons([square(0, 0, 1)], [square(2, 0, 1)])).toEqual([]);
    expect(unitePolygons([])).toEqual([]);
  });
  it('grow a square by a band and quarter circles, and shrink back', () => {
    const grown = growPolygons([square(0, 0, 10)], 2);
    expect(Math.abs(areaM2(grown) - (100 + 4 * 20 + Math.PI * 4))).toBeLessThan(0.1);
    expect(Math.abs(areaM2(growPolygons(grown, -2)) - 100)).toBeLessThan(0.1);
    expect(growPolygons([square(0, 0, 2)], -1.5)).toEqual([]);
    expect(() => growPolygons([square(0, 0, 1)], NaN)).toThrow(RangeError);
  });
  it('hold for random rectangles: areas add up, and points are where they should be', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 200; round += 1) {
      const [a, b] = [rectangle(random), rectangle(random)];
      const sharedM2 = Math.max(0, Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]));
      expect(areaM2(intersectPolygons([ringOf(a)], [ringOf(b)]))).toBeCloseTo(sharedM2, 4);
      expect(areaM2(unitePolygons([ringOf(a), ringOf(b)]))).toBeCloseTo(a[2] * a[3] + b[2] * b[3] - sharedM2, 4);
    }
  });
});
