/** A place on a path: arc length and distance to its left. */
export interface PathProjection { readonly sM: number; readonly tM: number; readonly distanceM: number }

export interface PathPose { readonly xM: number; readonly yM: number; readonly headingRad: number }

const STEP_M = 0.25;
const SAME_POINT_M = 1e-9;

/** A route as the vehicle's own guidance keeps it. Independent of the control plane's geometry on purpose. */
export class GuidePath {
  readonly lengthM: number;
  private readonly xyM: number[] = [];
  private readonly startSM: number[] = [0];
  private readonly headingRad: number[] = [];
  /** Turn at the end of each chord; none at the end of the path. */
  private readonly turnRad: number[];

  /**
   * @param xyM `[x, y, …]`, at least two points that differ
   * @param limitFromSM rising; `limitMps[i]` holds from `limitFromSM[i]`
   * @throws RangeError when all points are the same
   */
  constructor(readonly routeId: string, xyM: readonly number[], private readonly limitFromSM: readonly number[], private readonly limitMps: readonly number[]) {
    this.xyM.push(xyM[0]!, xyM[1]!);
    let lengthM = 0;
    for (let i = 2; i + 1 < xyM.length; i += 2) {
      const dx = xyM[i]! - this.xyM[this.xyM.length - 2]!;
      const dy = xyM[i + 1]! - this.xyM[this.xyM.length - 1]!;
      const chordM = Math.hypot(dx, dy);
      if (chordM < SAME_POINT_M) continue;
      lengthM += chordM;
      this.xyM.push(xyM[i]!, xyM[i + 1]!);
      this.startSM.push(lengthM);
      this.headingRad.push(Math.atan2(dy, dx));
    }
    if (this.headingRad.length === 0) throw new RangeError(`a path needs two different points, ${xyM.length / 2} equal ones were given`);
    this.lengthM = lengthM;
    this.turnRad = this.headingRad.map((own, i) => turn(own, this.headingRad[i + 1] ?? own));
  }

  /** Pose of the guided point, with the heading blended between neighbouring chords so that it turns smoothly. Straight on before the start. */
  pose(sM: number): PathPose {
    const at = Math.min(sM, this.lengthM);
    const i = this.chordAt(at);
    const ratio = (at - this.startSM[i]!) / (this.startSM[i + 1]! - this.startSM[i]!);
    // Half of the turn at either end of the chord is taken within it.
    const blend = ratio < 0.5 ? (i === 0 ? 0 : -this.turnRad[i - 1]! * (0.5 - ratio)) : this.turnRad[i]! * (ratio - 0.5);
    return {
      xM: this.xyM[2 * i]! + ratio * (this.xyM[2 * i + 2]! - this.xyM[2 * i]!),
      yM: this.xyM[2 * i + 1]! + ratio * (this.xyM[2 * i + 3]! - this.xyM[2 * i + 1]!),
      headingRad: this.headingRad[i]! + blend,
    };
  }

  /** The place between two arc lengths that is nearest to a point. */
  project(xM: number, yM: number, fromSM: number, toSM: number): PathProjection {
    let best: PathProjection = { sM: fromSM, tM: 0, distanceM: Infinity };
    const steps = Math.max(1, Math.ceil((toSM - fromSM) / STEP_M));
    for (let k = 0; k <= steps; k += 1) {
      const sM = Math.min(fromSM + k * STEP_M, toSM);
      const pose = this.pose(sM);
      // Along the tangent to the foot of the perpendicular, but not out of the window.
      const alongM = (xM - pose.xM) * Math.cos(pose.headingRad) + (yM - pose.yM) * Math.sin(pose.headingRad);
      const footSM = Math.min(Math.max(sM + Math.min(Math.max(alongM, -STEP_M), STEP_M), fromSM), toSM);
      const foot = this.pose(footSM);
      const distanceM = Math.hypot(xM - foot.xM, yM - foot.yM);
      if (distanceM >= best.distanceM) continue;
      best = { sM: footSM, distanceM, tM: -(xM - foot.xM) * Math.sin(foot.headingRad) + (yM - foot.yM) * Math.cos(foot.headingRad) };
    }
    return best;
  }

  /** Highest speed now from which every limit ahead can be kept with the given braking. */
  allowedMps(sM: number, brakingMps2: number, lookAheadM: number): number {
    let allowed = Infinity;
    for (let i = lastAtOrBefore(this.limitFromSM, sM, this.limitFromSM.length); i < this.limitFromSM.length; i += 1) {
      const fromSM = this.limitFromSM[i]!;
      if (fromSM > sM + lookAheadM) break;
      allowed = Math.min(allowed, Math.sqrt(this.limitMps[i]! ** 2 + 2 * brakingMps2 * Math.max(0, fromSM - sM)));
    }
    return allowed;
  }

  private chordAt(sM: number): number {
    return lastAtOrBefore(this.startSM, sM, this.headingRad.length);
  }
}

/** Index of the last of the first `count` rising values that is not above a value, 0 when all are. */
function lastAtOrBefore(rising: readonly number[], value: number, count: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rising[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Shortest turn from one heading to another, in (-π, π]. */
export function turn(fromRad: number, toRad: number): number {
  const difference = toRad - fromRad;
  return difference - 2 * Math.PI * Math.ceil((difference - Math.PI) / (2 * Math.PI));
}
