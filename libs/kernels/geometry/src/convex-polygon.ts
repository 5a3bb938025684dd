/**
 * Convex polygons as flat rings `[x0, y0, x1, y1, …]`, counter-clockwise, not closed [m]. Nothing here allocates unless it says so.
 */

/**
 * Separation of two convex polygons along the best of their edge normals (separating axis theorem) [m]: positive when they are apart and then a lower
 * bound of their distance, 0 or negative when they share a point (then minus the least overlap).
 *
 * Source: Ericson, Real-Time Collision Detection (2005), section 5.2.1.
 */
export function convexGapM(a: ArrayLike<number>, aLength: number, b: ArrayLike<number>, bLength: number): number {
  return Math.max(gapAlongEdgesOf(a, aLength, b, bLength), gapAlongEdgesOf(b, bLength, a, aLength));
}

function gapAlongEdgesOf(a: ArrayLike<number>, aLength: number, b: ArrayLike<number>, bLength: number): number {
  let best = -Infinity;
  let px = a[aLength - 2]!;
  let py = a[aLength - 1]!;
  for (let i = 0; i < aLength; i += 2) {
    const qx = a[i]!;
    const qy = a[i + 1]!;
    const dx = qx - px;
    const dy = qy - py;
    const length = Math.sqrt(dx * dx + dy * dy);
    if (length > 0) {
      const nx = dy / length;
      const ny = -dx / length;
      let nearest = Infinity;
      for (let k = 0; k < bLength; k += 2) {
        const along = nx * (b[k]! - px) + ny * (b[k + 1]! - py);
        if (along < nearest) nearest = along;
      }
      if (nearest > best) best = nearest;
    }
    px = qx;
    py = qy;
  }
  return best;
}

/** Moves a polygon from its own frame into the site frame. @returns numbers written to `out` */
export function transformPolygon(contourM: ArrayLike<number>, xM: number, yM: number, headingRad: number, out: Float64Array, at = 0): number {
  const cos = Math.cos(headingRad);
  const sin = Math.sin(headingRad);
  for (let i = 0; i < contourM.length; i += 2) {
    const x = contourM[i]!;
    const y = contourM[i + 1]!;
    out[at + i] = xM + x * cos - y * sin;
    out[at + i + 1] = yM + x * sin + y * cos;
  }
  return contourM.length;
}

/** Signed area: positive for counter-clockwise rings [m²]. */
export function polygonAreaM2(ring: ArrayLike<number>): number {
  let twice = 0;
  for (let i = 0, k = ring.length - 2; i < ring.length; k = i, i += 2) twice += ring[k]! * ring[i + 1]! - ring[i]! * ring[k + 1]!;
  return twice / 2;
}

/** True when the point is inside the ring, convex or not; points on the edge may count either way. */
export function pointInPolygon(ring: ArrayLike<number>, xM: number, yM: number): boolean {
  let inside = false;
  for (let i = 0, k = ring.length - 2; i < ring.length; k = i, i += 2) {
    const yi = ring[i + 1]!;
    const yk = ring[k + 1]!;
    if (yi > yM !== yk > yM && xM < ((ring[k]! - ring[i]!) * (yM - yi)) / (yk - yi) + ring[i]!) inside = !inside;
  }
  return inside;
}

/**
 * The convex polygon whose edges are moved outward by a distance; corners are mitred, so it contains every point within that distance.
 * Allocates its result.
 *
 * @param marginM >= 0
 */
export function inflateConvex(ring: ArrayLike<number>, marginM: number): Float64Array {
  const count = ring.length / 2;
  const out = new Float64Array(ring.length);
  for (let i = 0; i < count; i += 1) {
    const before = (i + count - 1) % count;
    const after = (i + 1) % count;
    const [ax, ay] = outwardNormal(ring, before, i);
    const [bx, by] = outwardNormal(ring, i, after);
    const scale = marginM / (1 + ax * bx + ay * by);
    out[2 * i] = ring[2 * i]! + (ax + bx) * scale;
    out[2 * i + 1] = ring[2 * i + 1]! + (ay + by) * scale;
  }
  return out;
}

function outwardNormal(ring: ArrayLike<number>, from: number, to: number): readonly [number, number] {
  const dx = ring[2 * to]! - ring[2 * from]!;
  const dy = ring[2 * to + 1]! - ring[2 * from + 1]!;
  const length = Math.hypot(dx, dy);
  return [dy / length, -dx / length];
}

/** Greatest distance of a ring's points from its frame's origin [m]. */
export function polygonRadiusM(ring: ArrayLike<number>): number {
  let radiusM = 0;
  for (let i = 0; i < ring.length; i += 2) radiusM = Math.max(radiusM, Math.hypot(ring[i]!, ring[i + 1]!));
  return radiusM;
}
