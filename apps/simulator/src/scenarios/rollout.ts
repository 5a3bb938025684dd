import { separationM, sharedMiddle } from '../convex-contact';
import type { DriveTrain } from '../drive-train';
import { type PartPose, VehicleBody } from '../vehicle-body';

/** Time between two samples of a rollout [s]. */
export const SAMPLE_S = 0.1;

export interface RolloutContact { readonly inS: number; readonly xM: number; readonly yM: number }

/** No point of a vehicle moves faster than its guided point by more than this: the tail of a long one swings out in a turn. */
const SWING = 2;

/** A vehicle's motion ahead, sampled: what a copy of it did under the given assumption. */
export class Rollout {
  readonly sM: Float64Array;
  readonly speedMps: Float64Array;
  readonly end: DriveTrain;
  private readonly poses: (readonly PartPose[])[] = [];
  private readonly rings: (readonly number[][] | undefined)[];
  private readonly scratch: VehicleBody;
  private readonly reachM: number;
  private readonly fastestMps: number;

  /**
   * @param train is copied, not moved
   * @param overS how far to look [s]
   * @param brakeFromS a controlled stop comes into force then, Infinity for never [s]
   */
  constructor(train: DriveTrain, overS: number, brakeFromS = Infinity) {
    const samples = Math.round(overS / SAMPLE_S) + 1;
    this.end = train.copy();
    this.sM = new Float64Array(samples);
    this.speedMps = new Float64Array(samples);
    this.rings = new Array<undefined>(samples);
    this.scratch = new VehicleBody(train.kind, 0, 0, 0);
    this.reachM = train.kind.frontM + train.kind.rearM + train.kind.widthM;
    this.drive(brakeFromS);
    this.fastestMps = this.speedMps.reduce((most, speedMps) => Math.max(most, speedMps), 0);
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

  /**
   * First contact of true contours with another vehicle. Samples at which they are too far apart to have come together are left out.
   *
   * @param aheadSamples how much earlier than foreseen this one arrives everywhere; negative for later
   */
  firstContact(other: Rollout, aheadSamples = 0): RolloutContact | null {
    const closingM = (this.fastestMps + other.fastestMps) * SWING * SAMPLE_S;
    const samples = Math.min(this.samples - aheadSamples, other.samples);
    for (let k = Math.max(0, -aheadSamples); k < samples;) {
      const own = this.poses[k + aheadSamples]![0]!;
      const its = other.poses[k]![0]!;
      let apartM = Math.max(Math.abs(own.xM - its.xM), Math.abs(own.yM - its.yM)) - this.reachM - other.reachM;
      if (apartM <= 0) {
        const ringsA = this.ringsAt(k + aheadSamples);
        const ringsB = other.ringsAt(k);
        apartM = apartByM(ringsA, ringsB);
        const place = apartM <= 0 ? contactPlace(ringsA, ringsB) : null;
        if (place !== null) return { inS: k * SAMPLE_S, ...place };
      }
      if (closingM === 0) return null;
      k += Math.max(1, Math.floor(apartM / closingM));
    }
    return null;
  }

  private drive(brakeFromS: number): void {
    const { end } = this;
    let pose: readonly PartPose[] = [];
    let rests = false;
    for (let k = 0; k < this.samples; k += 1) {
      if (k * SAMPLE_S >= brakeFromS) end.stopped = true;
      // One that stood through a whole step stands for good: nothing that it obeys changes here.
      if (k > 0 && !rests) {
        const stood = end.standsStill;
        end.step(SAMPLE_S);
        rests = stood && end.standsStill;
      }
      if (k === 0 || !rests) pose = end.body.poses.map((part) => ({ ...part }));
      this.sM[k] = end.sM;
      this.speedMps[k] = end.speedMps;
      this.poses.push(pose);
    }
  }
}

/** Lower bound of the distance between two vehicles, not positive when parts of them overlap [m]. */
function apartByM(a: readonly number[][], b: readonly number[][]): number {
  return a.reduce((least, ringA) => b.reduce((nearest, ringB) => Math.min(nearest, separationM(ringA, ringB)), least), Infinity);
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
