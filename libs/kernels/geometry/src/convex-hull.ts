/**
 * Smallest convex polygon around points, counter-clockwise, not closed, without points on its edges. Allocates its result.
 *
 * Source: A. M. Andrew, Another efficient algorithm for convex hulls in two dimensions (1979).
 *
 * @param xyM `[x0, y0, …]` [m]
 * @returns fewer than three points when all lie on a line
 */
export function convexHull(xyM: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: xyM.length >> 1 }, (_, i) => 2 * i).sort((a, b) => xyM[a]! - xyM[b]! || xyM[a + 1]! - xyM[b + 1]!);
  const lower = chain(xyM, order);
  const upper = chain(xyM, order.reverse());
  // Each chain ends where the other begins.
  const hull = lower.length === 1 ? lower : [...lower.slice(0, -1), ...upper.slice(0, -1)];
  const out = new Float64Array(hull.length * 2);
  hull.forEach((at, i) => {
    out[2 * i] = xyM[at]!;
    out[2 * i + 1] = xyM[at + 1]!;
  });
  return out;
}

function chain(xyM: ArrayLike<number>, order: readonly number[]): number[] {
  const kept: number[] = [];
  for (const at of order) {
    while (kept.length >= 2 && !turnsLeft(xyM, kept[kept.length - 2]!, kept[kept.length - 1]!, at)) kept.pop();
    const last = kept[kept.length - 1];
    if (last === undefined || xyM[last] !== xyM[at] || xyM[last + 1] !== xyM[at + 1]) kept.push(at);
  }
  return kept;
}

function turnsLeft(xyM: ArrayLike<number>, a: number, b: number, c: number): boolean {
  return (xyM[b]! - xyM[a]!) * (xyM[c + 1]! - xyM[a + 1]!) - (xyM[b + 1]! - xyM[a + 1]!) * (xyM[c]! - xyM[a]!) > 0;
}
