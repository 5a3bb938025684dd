import { polygonAreaM2 } from './convex-polygon';

/** Why a ring is no polygon. */
export type RingFault = 'too few points' | 'no area' | 'crosses or touches itself';

export type SimpleRing = { readonly kind: 'simple'; readonly ring: Float64Array } | { readonly kind: 'refused'; readonly because: RingFault };

/** A ring `[x, y, …]` [m] as a simple polygon: counter-clockwise, without repeated points, not closed. A last point equal to the first counts as closing it. */
export function simpleRing(points: ArrayLike<number>): SimpleRing {
  const xy: number[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) {
    const n = xy.length;
    if (n === 0 || points[i] !== xy[n - 2] || points[i + 1] !== xy[n - 1]) xy.push(points[i]!, points[i + 1]!);
  }
  while (xy.length > 2 && xy[0] === xy[xy.length - 2] && xy[1] === xy[xy.length - 1]) xy.length -= 2;
  if (points.length < 6) return { kind: 'refused', because: 'too few points' };
  const areaM2 = polygonAreaM2(xy);
  if (xy.length < 6 || isFlat(xy)) return { kind: 'refused', because: 'no area' };
  if (!isSimpleRing(xy)) return { kind: 'refused', because: 'crosses or touches itself' };
  if (areaM2 === 0) return { kind: 'refused', because: 'no area' };
  if (areaM2 > 0) return { kind: 'simple', ring: Float64Array.from(xy) };
  const ring = new Float64Array(xy.length);
  for (let i = 0; i < xy.length; i += 2) {
    ring[i] = xy[xy.length - 2 - i]!;
    ring[i + 1] = xy[xy.length - 1 - i]!;
  }
  return { kind: 'simple', ring };
}

function isFlat(xy: readonly number[]): boolean {
  for (let i = 4; i < xy.length; i += 2) if (side(xy, 0, 2, i) !== 0) return false;
  return true;
}

/** Twice the area of the triangle of the points at a, b and c, counter-clockwise positive. */
function side(xy: ArrayLike<number>, a: number, b: number, c: number): number {
  return (xy[b]! - xy[a]!) * (xy[c + 1]! - xy[a + 1]!) - (xy[b + 1]! - xy[a + 1]!) * (xy[c]! - xy[a]!);
}

/** True when edges of a ring meet only where one ends and the next begins, and none runs back over the one before it. */
function isSimpleRing(xy: readonly number[]): boolean {
  const n = xy.length;
  for (let a = 0; a < n; a += 2) {
    const b = (a + 2) % n;
    const after = (a + 4) % n;
    const ahead = (xy[b]! - xy[a]!) * (xy[after]! - xy[b]!) + (xy[b + 1]! - xy[a + 1]!) * (xy[after + 1]! - xy[b + 1]!);
    if (side(xy, a, b, after) === 0 && ahead < 0) return false;
    for (let c = a + 4; c < n; c += 2) {
      const d = (c + 2) % n;
      if (d !== a && edgesMeet(xy, a, b, c, d)) return false;
    }
  }
  return true;
}

function edgesMeet(xy: readonly number[], a: number, b: number, c: number, d: number): boolean {
  if (Math.max(xy[a]!, xy[b]!) < Math.min(xy[c]!, xy[d]!) || Math.max(xy[c]!, xy[d]!) < Math.min(xy[a]!, xy[b]!)) return false;
  if (Math.max(xy[a + 1]!, xy[b + 1]!) < Math.min(xy[c + 1]!, xy[d + 1]!) || Math.max(xy[c + 1]!, xy[d + 1]!) < Math.min(xy[a + 1]!, xy[b + 1]!)) return false;
  return Math.sign(side(xy, a, b, c)) * Math.sign(side(xy, a, b, d)) <= 0 && Math.sign(side(xy, c, d, a)) * Math.sign(side(xy, c, d, b)) <= 0;
}

/** Convex polygons, counter-clockwise, that make up a simple one: its triangles, joined while they stay convex (Hertel and Mehlhorn 1983). */
export function convexPieces(ring: Float64Array): Float64Array[] {
  const all = Array.from({ length: ring.length / 2 }, (_, i) => i);
  if (isConvex(ring, all)) return [ring];
  const pieces = triangulate(ring, all);
  for (let i = 0; i < pieces.length; i += 1) {
    for (let k = i + 1; k < pieces.length; k += 1) {
      const joined = joinAtEdge(pieces[i]!, pieces[k]!);
      if (joined === null || !isConvex(ring, joined)) continue;
      pieces[i] = joined;
      pieces.splice(k, 1);
      k = i;
    }
  }
  return pieces.map((piece) => Float64Array.from(piece.flatMap((corner) => [ring[2 * corner]!, ring[2 * corner + 1]!])));
}

/** Cuts ears off, corners between two sides of a simple polygon with no other corner in their triangle: there is always one (Meisters 1975). */
function triangulate(ring: Float64Array, corners: readonly number[]): number[][] {
  const left = [...corners];
  const triangles: number[][] = [];
  while (left.length > 3) {
    const ear = left.findIndex((_, i) => isEar(ring, left, i));
    // Rounding can hide every ear of a sliver; what is left then has no area to speak of.
    const at = ear < 0 ? 0 : ear;
    const [a, b, c] = [left[(at + left.length - 1) % left.length]!, left[at]!, left[(at + 1) % left.length]!];
    if (side(ring, 2 * a, 2 * b, 2 * c) > 0) triangles.push([a, b, c]);
    left.splice(at, 1);
  }
  if (side(ring, 2 * left[0]!, 2 * left[1]!, 2 * left[2]!) > 0) triangles.push(left);
  return triangles;
}

function isEar(ring: Float64Array, left: readonly number[], at: number): boolean {
  const n = left.length;
  const [a, b, c] = [2 * left[(at + n - 1) % n]!, 2 * left[at]!, 2 * left[(at + 1) % n]!];
  const turn = side(ring, a, b, c);
  // A corner on a straight side is cut off without a triangle.
  if (turn <= 0) return turn === 0;
  return left.every((corner) => {
    const p = 2 * corner;
    return p === a || p === b || p === c || side(ring, a, b, p) < 0 || side(ring, b, c, p) < 0 || side(ring, c, a, p) < 0;
  });
}

function isConvex(ring: Float64Array, corners: readonly number[]): boolean {
  return corners.every((corner, i) => side(ring, 2 * corner, 2 * corners[(i + 1) % corners.length]!, 2 * corners[(i + 2) % corners.length]!) >= 0);
}

/** Two rings of corners as one where an edge of the one is, reversed, an edge of the other; null where none is. */
function joinAtEdge(a: readonly number[], b: readonly number[]): number[] | null {
  for (let i = 0; i < a.length; i += 1) {
    const to = a[(i + 1) % a.length]!;
    const k = b.indexOf(to);
    if (k < 0 || b[(k + 1) % b.length] !== a[i]) continue;
    const around = Array.from({ length: b.length - 2 }, (_, n) => b[(k + 2 + n) % b.length]!);
    return [...a.slice(0, i + 1), ...around, ...a.slice(i + 1)];
  }
  return null;
}
