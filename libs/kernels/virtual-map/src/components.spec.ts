import { seededRandom } from '@quaymaster/geometry';
import { findComponents } from './components';

function graphOf(rows: readonly (readonly number[])[]): [Int32Array, Int32Array] {
  const offset = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => { offset[i + 1] = offset[i]! + row.length; });
  return [offset, Int32Array.from(rows.flat())];
}

/** Which nodes are reached from which, by repeated products. */
function reachOf(rows: readonly (readonly number[])[]): boolean[][] {
  const reach = rows.map((row, i) => rows.map((_, k) => i === k || row.includes(k)));
  for (let via = 0; via < rows.length; via += 1) {
    for (let i = 0; i < rows.length; i += 1) for (let k = 0; k < rows.length; k += 1) if (reach[i]![via]! && reach[via]![k]!) reach[i]![k] = true;
  }
  return reach;
}

describe('findComponents', () => {
  it('finds two circles and the way between them', () => {
    const { count, componentOf } = findComponents(...graphOf([[1], [2], [0, 3], [4], [5], [4]]));
    expect(count).toBe(3);
    expect([...componentOf]).toEqual([2, 2, 2, 1, 0, 0]);
  });
  it('finds nothing in nothing', () => {
    expect(findComponents(new Int32Array(1), new Int32Array(0)).count).toBe(0);
  });
  it('joins in random graphs what reaches each other, and numbers against the edges', () => {
    const random = seededRandom(8);
    for (let round = 0; round < 300; round += 1) {
      const nodes = 1 + Math.floor(random() * 14);
      const rows = Array.from({ length: nodes }, () => Array.from({ length: Math.floor(random() * 3) }, () => Math.floor(random() * nodes)));
      const { count, componentOf } = findComponents(...graphOf(rows));
      const reach = reachOf(rows);
      expect(new Set(componentOf).size).toBe(count);
      rows.forEach((row, i) => {
        rows.forEach((_, k) => { expect(componentOf[i] === componentOf[k]).toBe(reach[i]![k]! && reach[k]![i]!); });
        for (const k of row) expect(componentOf[i]).toBeGreaterThanOrEqual(componentOf[k]!);
      });
    }
  });
  it('goes a way of a million nodes to its end', () => {
    const nodes = 1_000_000;
    const offset = Int32Array.from({ length: nodes + 1 }, (_, i) => Math.min(i, nodes - 1));
    expect(findComponents(offset, Int32Array.from({ length: nodes - 1 }, (_, i) => i + 1)).count).toBe(nodes);
  });
});
