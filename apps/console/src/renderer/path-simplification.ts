/**
 * A path with fewer points that is nowhere further than the tolerance from the given one; first and last point stay.
 *
 * Source: Douglas & Peucker, Algorithms for the reduction of the number of points required to represent a digitized line (1973); distance to the chord as a
 * segment, so that loops which return to their start are kept.
 *
 * @param xyM `[x, y, …]` [m], at least two points
 * @param toleranceM > 0
 */
export function simplifyPath(xyM: ArrayLike<number>, toleranceM: number): Float64Array {
  const last = xyM.length / 2 - 1;
  const keep = new Uint8Array(last + 1);
  keep[0] = 1;
  keep[last] = 1;
  const open = [0, last];
  while (open.length > 0) {
    const to = open.pop()!;
    const from = open.pop()!;
    let worst = -1;
    let worstM2 = toleranceM * toleranceM;
    for (let i = from + 1; i < to; i += 1) {
      const offM2 = squaredDistanceM2(xyM, i, from, to);
      if (offM2 <= worstM2) continue;
      worstM2 = offM2;
      worst = i;
    }
    if (worst < 0) continue;
    keep[worst] = 1;
    open.push(from, worst, worst, to);
  }
  const kept: number[] = [];
  for (let i = 0; i <= last; i += 1) if (keep[i] === 1) kept.push(xyM[2 * i]!, xyM[2 * i + 1]!);
  return Float64Array.from(kept);
}

function squaredDistanceM2(xyM: ArrayLike<number>, point: number, from: number, to: number): number {
  const ax = xyM[2 * from]!;
  const ay = xyM[2 * from + 1]!;
  const dx = xyM[2 * to]! - ax;
  const dy = xyM[2 * to + 1]! - ay;
  const px = xyM[2 * point]! - ax;
  const py = xyM[2 * point + 1]! - ay;
  const length2 = dx * dx + dy * dy;
  const ratio = length2 === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
  const offX = px - ratio * dx;
  const offY = py - ratio * dy;
  return offX * offX + offY * offY;
}
