import { turn } from './guide-path';
import type { VehicleKind } from './vehicle-kind';

export interface PartPose { xM: number; yM: number; headingRad: number }

/** Where each part of a vehicle really is. Trailers follow their hitch, step by step. */
export class VehicleBody {
  readonly poses: PartPose[];
  /** No corner of any part is ever farther from the origin of the first part [m]. */
  readonly reachM: number;

  constructor(readonly kind: VehicleKind, xM: number, yM: number, headingRad: number) {
    this.reachM = reachOf(kind);
    this.poses = kind.parts.map(() => ({ xM, yM, headingRad }));
    for (let part = 1; part < this.poses.length; part += 1) Object.assign(this.poses[part]!, this.hitch(part));
  }

  /** Moves the guided point to a pose and pulls the trailers after it. */
  moveTo(xM: number, yM: number, headingRad: number): void {
    Object.assign(this.poses[0]!, { xM, yM, headingRad });
    for (let part = 1; part < this.poses.length; part += 1) {
      const pose = this.poses[part]!;
      const hitch = this.hitch(part);
      const dx = hitch.xM - pose.xM;
      const dy = hitch.yM - pose.yM;
      // The axle moves only along the trailer: its lateral part turns the trailer about the hitch.
      const lateralM = -dx * Math.sin(pose.headingRad) + dy * Math.cos(pose.headingRad);
      pose.headingRad += Math.atan2(lateralM, this.kind.parts[part]!.axleBehindHitchM);
      pose.xM = hitch.xM;
      pose.yM = hitch.yM;
    }
  }

  get hitchAnglesRad(): number[] {
    return this.poses.slice(1).map((pose, i) => turn(this.poses[i]!.headingRad, pose.headingRad));
  }

  /** Contours in the site frame, one counter-clockwise ring `[x, y, …]` a part [m]. */
  contours(): number[][] {
    return this.kind.parts.map((part, k) => {
      const { xM, yM, headingRad } = this.poses[k]!;
      const cos = Math.cos(headingRad);
      const sin = Math.sin(headingRad);
      const ring = new Array<number>(part.contourM.length);
      for (let i = 0; i < part.contourM.length; i += 2) {
        const x = part.contourM[i]!;
        const y = part.contourM[i + 1]!;
        ring[i] = xM + x * cos - y * sin;
        ring[i + 1] = yM + x * sin + y * cos;
      }
      return ring;
    });
  }

  /** Puts every part where another body of the same kind has it. */
  place(poses: readonly PartPose[]): void {
    poses.forEach((pose, k) => Object.assign(this.poses[k]!, pose));
  }

  private hitch(part: number): { xM: number; yM: number } {
    const before = this.poses[part - 1]!;
    const { hitchForwardM } = this.kind.parts[part - 1]!;
    return { xM: before.xM + hitchForwardM * Math.cos(before.headingRad), yM: before.yM + hitchForwardM * Math.sin(before.headingRad) };
  }
}

function reachOf(kind: VehicleKind): number {
  let reachM = 0;
  let originM = 0;
  for (const { contourM, hitchForwardM } of kind.parts) {
    for (let i = 0; i < contourM.length; i += 2) reachM = Math.max(reachM, originM + Math.hypot(contourM[i]!, contourM[i + 1]!));
    originM += Math.abs(hitchForwardM);
  }
  return reachM;
}
