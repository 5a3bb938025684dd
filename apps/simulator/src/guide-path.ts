/** A route as the vehicle's own guidance keeps it. Independent of the control plane's geometry on purpose. */
export class GuidePath {
  readonly lengthM: number;
  private readonly startSM: number[] = [0];
  private readonly headingRad: number[] = [];

  constructor(readonly routeId: string, private readonly xyM: readonly number[], private readonly limitFromSM: readonly number[], private readonly limitMps: readonly number[]) {
    let lengthM = 0;
    for (let i = 2; i < xyM.length; i += 2) {
      const dx = xyM[i]! - xyM[i - 2]!;
      const dy = xyM[i + 1]! - xyM[i - 1]!;
      lengthM += Math.hypot(dx, dy);
      this.startSM.push(lengthM);
      this.headingRad.push(Math.atan2(dy, dx));
    }
    this.lengthM = lengthM;
  }

  /** Pose of the guided point, with the heading blended between neighbouring chords so that it turns smoothly. */
  pose(sM: number): { xM: number; yM: number; headingRad: number } {
    const at = Math.min(Math.max(sM, 0), this.lengthM);
    const i = this.chordAt(at);
    const chordM = this.startSM[i + 1]! - this.startSM[i]!;
    const ratio = chordM === 0 ? 0 : (at - this.startSM[i]!) / chordM;
    const neighbour = ratio < 0.5 ? Math.max(0, i - 1) : Math.min(this.headingRad.length - 1, i + 1);
    const own = this.headingRad[i]!;
    const blend = turn(own, this.headingRad[neighbour]!) * Math.abs(ratio - 0.5);
    return {
      xM: this.xyM[2 * i]! + ratio * (this.xyM[2 * i + 2]! - this.xyM[2 * i]!),
      yM: this.xyM[2 * i + 1]! + ratio * (this.xyM[2 * i + 3]! - this.xyM[2 * i + 1]!),
      headingRad: own + blend,
    };
  }

  /** Highest speed now from which every limit ahead can be kept with the given braking. */
  allowedMps(sM: number, brakingMps2: number, lookAheadM: number): number {
    let allowed = Infinity;
    for (let i = 0; i < this.limitFromSM.length; i += 1) {
      const fromSM = this.limitFromSM[i]!;
      const untilSM = this.limitFromSM[i + 1] ?? Infinity;
      if (untilSM <= sM) continue;
      if (fromSM > sM + lookAheadM) break;
      allowed = Math.min(allowed, Math.sqrt(this.limitMps[i]! ** 2 + 2 * brakingMps2 * Math.max(0, fromSM - sM)));
    }
    return allowed;
  }

  private chordAt(sM: number): number {
    let low = 0;
    let high = this.headingRad.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.startSM[middle]! <= sM) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Shortest turn from one heading to another, in (-π, π]. */
export function turn(fromRad: number, toRad: number): number {
  const difference = (toRad - fromRad) % (2 * Math.PI);
  if (difference > Math.PI) return difference - 2 * Math.PI;
  return difference <= -Math.PI ? difference + 2 * Math.PI : difference;
}
