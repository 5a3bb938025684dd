import { separationM, sharedMiddle } from '../convex-contact';
import type { DriveTrain } from '../drive-train';
import { VehicleBody, type PartPose } from '../vehicle-body';

/** Time between two samples of a rollout [s]. */
export const SAMPLE_S = 0.1;

export interface RolloutContact { readonly inS: number; readonly xM: number; readonly yM: number }

/** A vehicle's motion ahead, sampled: what a copy of it did under the given assumption. */
export class Rollout {
  readonly sM: Float64Array;
  readonly speedMps: Float64Array;
  readonly end: DriveTrain;
  private readonly poses: readonly PartPose[][];
  private readonly rings: (readonly number[][] | undefined)[];
  private readonly scratch: VehicleBody;
  private readonly reachM: number;

  /**
   * @param train is copied, not moved
   * @param overS how far to look [s]
   * @param brakeFromS a controlled stop comes into force then, Infinity for never [s]
   */
  constructor(train: DriveTrain, overS: number, brakeFromS = Infinity) {
    const samples = Math.round(overS / SAMPLE_S) + 1;
    const twin = train.copy();
    this.sM = new Float64Array(samples);
    this.speedMps = new Float64Array(samples);
    const poses: PartPose[][] = [];
    for (let k = 0; k < samples; k += 1) {
      if (k * SAMPLE_S >= brakeFromS) twin.stopped = true;
      if (k > 0) twin.step(SAMPLE_S);
      this.sM[k] = twin.sM;
      this.speedMps[k] = twin.speedMps;
      poses.push(twin.body.poses.map((pose) => ({ ...pose })));
    }
    this.end = twin;
    this.poses = poses;
    this.rings = new Array<undefined>(samples);
    this.scratch = new VehicleBody(train.kind, 0, 0, 0);
    this.reachM = train.kind.frontM + train.kind.rearM + train.kind.widthM;
  }

  get samples(): number {
    return this.sM.length;
  }

  ringsAt(sample: number): readonly number[][] {
    const known = this.rings[sample];
    if (known !== undefined) return known;
    this.scratch.place(this.poses[sample]!);
    return (this.rings[sample] = this.scratch.contours());
  }

  /** First sample at which a condition on place and speed holds, -1 when none does. */
  find(holds: (sM: number, speedMps: number) => boolean): number {
    return this.sM.findIndex((sM, k) => holds(sM, this.speedMps[k]!));
  }

  /** First contact of true contours with another vehicle. @param aheadSamples how much earlier than foreseen this one arrives everywhere; negative for later */
  firstContact(other: Rollout, aheadSamples = 0): RolloutContact | null {
    for (let k = Math.max(0, -aheadSamples); k + aheadSamples < this.samples && k < other.samples; k += 1) {
      const own = this.poses[k + aheadSamples]![0]!;
      const its = other.poses[k]![0]!;
      const betweenM = this.reachM + other.reachM;
      if (Math.abs(own.xM - its.xM) > betweenM || Math.abs(own.yM - its.yM) > betweenM) continue;
      const place = contactPlace(this.ringsAt(k + aheadSamples), other.ringsAt(k));
      if (place !== null) return { inS: k * SAMPLE_S, ...place };
    }
    return null;
  }
}

function contactPlace(a: readonly number[][], b: readonly number[][]): { readonly xM: number; readonly yM: number } | null {
  for (const ringA of a) {
    for (const ringB of b) {
      if (separationM(ringA, ringB) > 0) continue;
      const place = sharedMiddle(ringA, ringB);
      if (place !== null) return place;
    }
  }
  return null;
}
