import { ConvexClipper } from './clip-convex';
import { seededRandom } from './random';

const clipper = new ConvexClipper(4);
const square = [0, 0, 2, 0, 2, 2, 0, 2];

describe('ConvexClipper', () => {
  it.each([
    { clip: [1, 1, 3, 1, 3, 3, 1, 3], areaM2: 1, because: 'a quarter of it is covered' },
    { clip: [2, 0, 4, 0, 4, 2, 2, 2], areaM2: 0, because: 'they share an edge' },
    { clip: [5, 5, 6, 5, 6, 6], areaM2: 0, because: 'they are apart' },
    { clip: [-1, -1, 3, -1, 3, 3, -1, 3], areaM2: 4, because: 'it is wholly inside' },
    { clip: [0, 0, 2, 0, 1, 1], areaM2: 1, because: 'the triangle is inside' },
  ])('shares $areaM2 m² when $because', ({ clip, areaM2 }) => {
    expect(clipper.sharedAreaM2(square, 8, clip, 0, clip.length)).toBeCloseTo(areaM2, 12);
    expect(clipper.sharedAreaM2(clip, clip.length, square, 0, 8)).toBeCloseTo(areaM2, 12);
  });
  it('reads the clip from where it starts in a longer table', () => {
    expect(clipper.sharedAreaM2(square, 8, [9, 9, 9, 9, 0, 0, 2, 0, 1, 1, 9, 9], 4, 6)).toBeCloseTo(1, 12);
  });
  it('takes a concave subject', () => {
    // A U of three unit bars; the clip covers the upper half of both arms.
    expect(clipper.sharedAreaM2([0, 0, 3, 0, 3, 3, 2, 3, 2, 1, 1, 1, 1, 3, 0, 3], 16, [-1, 2, 4, 2, 4, 4, -1, 4], 0, 8)).toBeCloseTo(2, 12);
  });
  it('agrees with counting points on random triangles', () => {
    const random = seededRandom(3);
    for (let i = 0; i < 50; i += 1) {
      const [a, b] = [turned(Array.from({ length: 6 }, random)), turned(Array.from({ length: 6 }, random))];
      let inside = 0;
      for (let k = 0; k < 40_000; k += 1) {
        const [x, y] = [(k % 200 + 0.5) / 200, (Math.floor(k / 200) + 0.5) / 200];
        if (isIn(a, x, y) && isIn(b, x, y)) inside += 1;
      }
      expect(Math.abs(clipper.sharedAreaM2(a, 6, b, 0, 6) - inside / 40_000)).toBeLessThan(0.01);
    }
  });
});

function turned(t: number[]): number[] {
  const twice = (t[2]! - t[0]!) * (t[5]! - t[1]!) - (t[3]! - t[1]!) * (t[4]! - t[0]!);
  return twice > 0 ? t : [t[0]!, t[1]!, t[4]!, t[5]!, t[2]!, t[3]!];
}

function isIn(t: readonly number[], x: number, y: number): boolean {
  return [0, 2, 4].every((i) => (t[(i + 2) % 6]! - t[i]!) * (y - t[i + 1]!) - (t[(i + 3) % 6]! - t[i + 1]!) * (x - t[i]!) >= 0);
}
