import * as fc from 'fast-check';
import { simplifyPath } from './path-simplification';

function distanceToPathM(path: ArrayLike<number>, xM: number, yM: number): number {
  let best = Infinity;
  for (let i = 2; i < path.length; i += 2) {
    const [ax, ay, bx, by] = [path[i - 2]!, path[i - 1]!, path[i]!, path[i + 1]!];
    const length2 = (bx - ax) ** 2 + (by - ay) ** 2;
    const ratio = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((xM - ax) * (bx - ax) + (yM - ay) * (by - ay)) / length2));
    best = Math.min(best, Math.hypot(xM - ax - ratio * (bx - ax), yM - ay - ratio * (by - ay)));
  }
  return best;
}

describe('simplifyPath', () => {
  it('leaves two points of a straight path', () => {
    expect([...simplifyPath([0, 0, 1, 0, 2, 0, 3, 0], 0.1)]).toEqual([0, 0, 3, 0]);
  });
  it('keeps a loop that ends where it began', () => {
    expect([...simplifyPath([0, 0, 10, 0, 10, 10, 0, 0], 0.1)]).toEqual([0, 0, 10, 0, 10, 10, 0, 0]);
  });
  it('stays within the tolerance of every point it drops', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -500, max: 500 }).map((cm) => cm / 100), { minLength: 4, maxLength: 80 }), (numbers) => {
      const path = numbers.slice(0, numbers.length - (numbers.length % 2));
      const simple = simplifyPath(path, 0.5);
      for (let i = 0; i < path.length; i += 2) expect(distanceToPathM(simple, path[i]!, path[i + 1]!)).toBeLessThanOrEqual(0.5 + 1e-9);
    }));
  });
});
