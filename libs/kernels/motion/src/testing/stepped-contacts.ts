/**
 * Contacts found by looking every millisecond: polygons as they are, concave or not, two of which touch when edges meet or one lies in the other. Shares nothing
 * with the search that it judges, and is slow.
 */
export interface SteppedBody {
  /** One simple polygon a part, in its own frame [m]. */
  readonly polygons: readonly (readonly (readonly [number, number])[])[];
  readonly samples: readonly { readonly tS: number; readonly poses: readonly (readonly [number, number, number])[] }[];
}

type Point = readonly [number, number];

/** Places of all parts at a time, null when the body does not exist then. */
export function placedAt(body: SteppedBody, atS: number): Point[][] | null {
  const { samples } = body;
  if (atS < samples[0]!.tS || atS > samples[samples.length - 1]!.tS) return null;
  let k = 0;
  while (k + 2 < samples.length && samples[k + 1]!.tS <= atS) k += 1;
  const from = samples[k]!;
  const to = samples[k + 1] ?? from;
  const ratio = to === from ? 0 : (atS - from.tS) / (to.tS - from.tS);
  return body.polygons.map((polygon, p) => {
    const [x, y, h] = from.poses[p]!;
    const [u, v, g] = to.poses[p]!;
    const turn = Math.atan2(Math.sin(g - h), Math.cos(g - h));
    const [px, py, heading] = [x + ratio * (u - x), y + ratio * (v - y), h + ratio * turn];
    return polygon.map(([a, b]) => [px + a * Math.cos(heading) - b * Math.sin(heading), py + a * Math.sin(heading) + b * Math.cos(heading)] as const);
  });
}

/** First time at which the bodies touch, of those looked at; Infinity when at none. */
export function steppedContactS(a: SteppedBody, b: SteppedBody, horizonS: number, stepS: number): number {
  const beginS = Math.max(0, a.samples[0]!.tS, b.samples[0]!.tS);
  const endS = Math.min(horizonS, a.samples[a.samples.length - 1]!.tS, b.samples[b.samples.length - 1]!.tS);
  for (let n = 0; beginS + n * stepS <= endS; n += 1) {
    const atS = beginS + n * stepS;
    const [here, there] = [placedAt(a, atS)!, placedAt(b, atS)!];
    if (here.some((one) => there.some((other) => touches(one, other)))) return atS;
  }
  return Infinity;
}

export function touches(a: readonly Point[], b: readonly Point[]): boolean {
  return a.some((p, i) => b.some((q, k) => segmentsMeet(p, a[(i + 1) % a.length]!, q, b[(k + 1) % b.length]!))) || isInside(a[0]!, b) || isInside(b[0]!, a);
}

/** Distance of a point from a polygon, 0 inside [m]. */
export function distanceM(point: Point, polygon: readonly Point[]): number {
  if (isInside(point, polygon)) return 0;
  return Math.min(...polygon.map((a, i) => {
    const b = polygon[(i + 1) % polygon.length]!;
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const ratio = Math.min(1, Math.max(0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(point[0] - a[0] - ratio * dx, point[1] - a[1] - ratio * dy);
  }));
}

function segmentsMeet(p: Point, q: Point, r: Point, s: Point): boolean {
  const turn = (a: Point, b: Point, c: Point): number => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  const spans = (a: number, b: number, c: number, d: number): boolean => Math.max(Math.min(a, b), Math.min(c, d)) <= Math.min(Math.max(a, b), Math.max(c, d));
  return spans(p[0], q[0], r[0], s[0]) && spans(p[1], q[1], r[1], s[1]) && turn(p, q, r) * turn(p, q, s) <= 0 && turn(r, s, p) * turn(r, s, q) <= 0;
}

function isInside([x, y]: Point, polygon: readonly Point[]): boolean {
  let inside = false;
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length]!;
    if (ay > y !== by > y && x < ax + (y - ay) * (bx - ax) / (by - ay)) inside = !inside;
  });
  return inside;
}
