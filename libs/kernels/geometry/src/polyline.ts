import { normalizeAngleRad } from './angle';

/**
 * A curve through points in the site frame, measured along its length.
 *
 * `xyM` is `[x0, y0, x1, y1, …]` [m]; `sM[i]` is the arc length from point 0 to point i [m], strictly rising.
 * At least two points. `headingRad[i]` is the direction of travel at point i, CCW from +x, in (-π, π].
 */
export interface Polyline {
  readonly xyM: Float64Array;
  readonly sM: Float64Array;
  readonly headingRad: Float64Array;
}

/** Points closer than this are one point [m]. */
const SAME_POINT_M = 1e-6;

/**
 * The curve through the given points; repeated points are dropped. The heading at an inner point is the mean of its two chords', which is the tangent
 * to second order where the points sample a smooth curve evenly; at the ends it is extrapolated from the first and last two chords.
 *
 * @param xyM `[x0, y0, …]` [m]
 * @throws RangeError when fewer than two distinct points are left
 */
export function createPolyline(xyM: ArrayLike<number>): Polyline {
  const kept: number[] = [];
  for (let i = 0; i + 1 < xyM.length; i += 2) {
    const x = xyM[i]!;
    const y = xyM[i + 1]!;
    const n = kept.length;
    if (n === 0 || Math.hypot(x - kept[n - 2]!, y - kept[n - 1]!) > SAME_POINT_M) kept.push(x, y);
  }
  const count = kept.length / 2;
  if (count < 2) throw new RangeError(`a curve needs 2 distinct points, ${count} given`);
  const sM = new Float64Array(count);
  const chordRad = new Float64Array(count - 1);
  for (let i = 1; i < count; i += 1) {
    const dx = kept[2 * i]! - kept[2 * i - 2]!;
    const dy = kept[2 * i + 1]! - kept[2 * i - 1]!;
    sM[i] = sM[i - 1]! + Math.hypot(dx, dy);
    chordRad[i - 1] = Math.atan2(dy, dx);
  }
  return { xyM: Float64Array.from(kept), sM, headingRad: headings(sM, chordRad) };
}

function headings(sM: Float64Array, chordRad: Float64Array): Float64Array {
  const last = chordRad.length;
  const headingRad = new Float64Array(last + 1);
  for (let i = 1; i < last; i += 1) {
    const before = sM[i]! - sM[i - 1]!;
    const after = sM[i + 1]! - sM[i]!;
    // The chord's heading is the tangent's at its middle: weigh by how near that middle is.
    headingRad[i] = normalizeAngleRad(chordRad[i - 1]! + normalizeAngleRad(chordRad[i]! - chordRad[i - 1]!) * (before / (before + after)));
  }
  headingRad[0] = last === 1 ? chordRad[0]! : normalizeAngleRad(2 * chordRad[0]! - unwrapTo(headingRad[1]!, chordRad[0]!));
  headingRad[last] = last === 1 ? chordRad[0]! : normalizeAngleRad(2 * chordRad[last - 1]! - unwrapTo(headingRad[last - 1]!, chordRad[last - 1]!));
  return headingRad;
}

function unwrapTo(angleRad: number, nearRad: number): number {
  return nearRad + normalizeAngleRad(angleRad - nearRad);
}

/** Index i of the stretch `[sM[i], sM[i + 1]]` that holds an arc length; clamped to the first and last. */
export function stretchAt(sM: Float64Array, atSM: number): number {
  let low = 0;
  let high = sM.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sM[middle]! <= atSM) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Pose at an arc length; beyond the ends it is that of the end. Headings turn along the shorter arc.
 *
 * @param out receives x [m], y [m], heading [rad] (unwrapped)
 */
export function poseOnPolyline(line: Polyline, atSM: number, out: Float64Array): void {
  const i = stretchAt(line.sM, atSM);
  const fromSM = line.sM[i]!;
  const ratio = Math.min(1, Math.max(0, (atSM - fromSM) / (line.sM[i + 1]! - fromSM)));
  const x = line.xyM[2 * i]!;
  const y = line.xyM[2 * i + 1]!;
  const heading = line.headingRad[i]!;
  out[0] = x + ratio * (line.xyM[2 * i + 2]! - x);
  out[1] = y + ratio * (line.xyM[2 * i + 3]! - y);
  out[2] = heading + ratio * normalizeAngleRad(line.headingRad[i + 1]! - heading);
}

/**
 * Nearest point of the curve, searched between two arc lengths.
 *
 * @param out receives s [m] and signed distance t [m], left of the direction of travel positive
 */
export function projectOntoPolyline(line: Polyline, xM: number, yM: number, out: Float64Array, fromSM = -Infinity, toSM = Infinity): void {
  const { sM, xyM } = line;
  let best = Infinity;
  for (let i = stretchAt(sM, fromSM); i + 1 < sM.length && (sM[i]! <= toSM || best === Infinity); i += 1) {
    const ax = xyM[2 * i]!;
    const ay = xyM[2 * i + 1]!;
    const dx = xyM[2 * i + 2]! - ax;
    const dy = xyM[2 * i + 3]! - ay;
    const length = sM[i + 1]! - sM[i]!;
    const ratio = Math.min(1, Math.max(0, ((xM - ax) * dx + (yM - ay) * dy) / (length * length)));
    const offX = xM - ax - ratio * dx;
    const offY = yM - ay - ratio * dy;
    const distance = Math.hypot(offX, offY);
    if (distance >= best) continue;
    best = distance;
    out[0] = sM[i]! + ratio * length;
    out[1] = dx * offY - dy * offX >= 0 ? distance : -distance;
  }
}
