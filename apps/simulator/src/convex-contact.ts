/**
 * Greatest separation of two convex rings over the directions of their edges: negative when they overlap, else a lower bound of their distance [m].
 * Separating-axis theorem, with the rings' own edges as axes.
 *
 * @param a, b counter-clockwise rings `[x, y, …]`
 */
export function separationM(a: readonly number[], b: readonly number[]): number {
  return Math.max(beyondEdgesM(a, b), beyondEdgesM(b, a));
}

function beyondEdgesM(a: readonly number[], b: readonly number[]): number {
  let greatest = -Infinity;
  for (let i = 0, before = a.length - 2; i < a.length; before = i, i += 2) {
    const ex = a[i]! - a[before]!;
    const ey = a[i + 1]! - a[before + 1]!;
    const length = Math.hypot(ex, ey);
    if (length === 0) continue;
    let nearest = Infinity;
    for (let k = 0; k < b.length; k += 2) {
      // Outward normal of a counter-clockwise edge.
      const beyond = (b[k]! - a[i]!) * (ey / length) - (b[k + 1]! - a[i + 1]!) * (ex / length);
      if (beyond < nearest) nearest = beyond;
    }
    if (nearest > greatest) greatest = nearest;
  }
  return greatest;
}

/** Middle of the area that two overlapping convex rings share (mean of its corners), null when they share none. Clipping by Sutherland and Hodgman. */
export function sharedMiddle(a: readonly number[], b: readonly number[]): { readonly xM: number; readonly yM: number } | null {
  let ring = [...a];
  for (let i = 0, before = b.length - 2; i < b.length; before = i, i += 2) {
    ring = clip(ring, b[before]!, b[before + 1]!, b[i]!, b[i + 1]!);
    if (ring.length === 0) return null;
  }
  let xM = 0;
  let yM = 0;
  for (let i = 0; i < ring.length; i += 2) {
    xM += ring[i]!;
    yM += ring[i + 1]!;
  }
  const corners = ring.length / 2;
  return { xM: xM / corners, yM: yM / corners };
}

/** What of a ring lies left of the line from p to q. */
function clip(ring: readonly number[], px: number, py: number, qx: number, qy: number): number[] {
  const left = (x: number, y: number): number => (qx - px) * (y - py) - (qy - py) * (x - px);
  const kept: number[] = [];
  for (let i = 0, before = ring.length - 2; i < ring.length; before = i, i += 2) {
    const x0 = ring[before]!;
    const y0 = ring[before + 1]!;
    const x1 = ring[i]!;
    const y1 = ring[i + 1]!;
    const d0 = left(x0, y0);
    const d1 = left(x1, y1);
    if (d0 >= 0 !== d1 >= 0) {
      const ratio = d0 / (d0 - d1);
      kept.push(x0 + ratio * (x1 - x0), y0 + ratio * (y1 - y0));
    }
    if (d1 >= 0) kept.push(x1, y1);
  }
  return kept;
}
