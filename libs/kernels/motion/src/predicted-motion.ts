import { normalizeAngleRad } from '@quaymaster/geometry';
import { partPose, type PoseTable, towedHeadingRad } from './pose-table';
import type { VehicleModel } from './vehicle-model';

/** Where a vehicle really is: its guided point and the heading of each trailer minus that of the part before it. */
export interface VehiclePose {
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
  readonly hitchAnglesRad: readonly number[];
}

/** A vehicle beside its path is taken to be back on it after about three times this distance [m]. */
const RETURN_M = 8;
/** A vehicle this near the table's pose is where the table says: 2 mm, and 1 mrad at every part. */
const ON_TABLE_M = 0.002;
const ON_TABLE_RAD = 0.001;
/** Samples of a stretch over which a motion is also kept as one straight, even move with its deviation, for searches to stride along. */
export const STRIDE = 8;
/** Below this a curvature from speed and turn rate is noise [m/s]. */
const CRAWL_MPS = 0.5;

/**
 * How the parts of one body are expected to move: poses at 0, stepS, 2 stepS, …, linear in between in position and heading; after the last sample the body
 * stands. Part p at sample k is at index `p * samples + k`. Memory is taken once; every `follow…` and `move…` overwrites the motion and allocates nothing.
 *
 * Error against the path itself: the chord between two samples leaves an arc of radius R by (v stepS)²/(8 R), 5 mm at 8.3 m/s, R = 18 m and 0.1 s.
 */
export class PredictedMotion {
  readonly xM: Float64Array;
  readonly yM: Float64Array;
  /** Unwrapped. */
  readonly headingRad: Float64Array;
  /** How far each part has turned since sample 0, either way summed up [rad]. */
  readonly turnedRad: Float64Array;
  /**
   * How far a part's origin is at most from moving straight and evenly between samples `STRIDE j` and `STRIDE (j + 1)` (the last sample for the last stretch),
   * at index `p * strides + j` [m].
   */
  readonly strayM: Float64Array;
  readonly strides: number;
  parts = 0;
  /** False when the body stands all the time. */
  moves = false;
  /** What the origins of all parts sweep over [m]. */
  minXM = 0;
  minYM = 0;
  maxXM = 0;
  maxYM = 0;
  private readonly pose = new Float64Array(3);
  private readonly offsetRad: Float64Array;

  /** @param samples >= 2; the motion covers `(samples - 1) * stepS` */
  constructor(readonly maximumParts: number, readonly samples: number, readonly stepS: number) {
    if (samples < 2 || !(stepS > 0)) throw new RangeError(`a motion needs 2 samples and a positive step, got ${samples} and ${stepS} s`);
    this.xM = new Float64Array(maximumParts * samples);
    this.yM = new Float64Array(maximumParts * samples);
    this.headingRad = new Float64Array(maximumParts * samples);
    this.turnedRad = new Float64Array(maximumParts * samples);
    this.offsetRad = new Float64Array(maximumParts);
    this.strides = Math.ceil((samples - 1) / STRIDE);
    this.strayM = new Float64Array(maximumParts * this.strides);
  }

  /**
   * Along a path. What the vehicle is beside its path and turned against it fades out with distance, and so does what a trailer's heading differs from the
   * table's: exp(-s/L) with the trailer's wheel base.
   *
   * @param progressSM arc length of the guided point at each sample, never falling [m]
   * @param actual where it is at sample 0; without it, it is where the table says
   */
  followPath(table: PoseTable, model: VehicleModel, progressSM: Float64Array, actual?: VehiclePose): void {
    this.begin(table.parts);
    const { pose, samples, offsetRad } = this;
    const startSM = progressSM[0]!;
    let forwardM = 0;
    let leftM = 0;
    offsetRad.fill(0);
    let isOnTable = true;
    if (actual !== undefined) {
      partPose(table, 0, startSM, pose);
      const cos = Math.cos(pose[2]!);
      const sin = Math.sin(pose[2]!);
      const dx = actual.xM - pose[0]!;
      const dy = actual.yM - pose[1]!;
      forwardM = dx * cos + dy * sin;
      leftM = dy * cos - dx * sin;
      let actualRad = actual.headingRad;
      for (let part = 0; part < table.parts; part += 1) {
        if (part > 0) actualRad += actual.hitchAnglesRad[part - 1] ?? 0;
        partPose(table, part, startSM, pose);
        offsetRad[part] = normalizeAngleRad(actualRad - pose[2]!);
        isOnTable &&= Math.abs(offsetRad[part]!) < ON_TABLE_RAD;
      }
      isOnTable &&= Math.abs(forwardM) < ON_TABLE_M && Math.abs(leftM) < ON_TABLE_M;
    }
    for (let k = 0; k < samples; k += 1) {
      const sM = progressSM[k]!;
      if (k > 0 && sM === progressSM[k - 1]!) {
        this.repeat(k);
        continue;
      }
      if (isOnTable) {
        for (let part = 0; part < table.parts; part += 1) {
          partPose(table, part, sM, pose);
          this.put(part, k, pose[0]!, pose[1]!, pose[2]!);
        }
        continue;
      }
      const fade = Math.exp((startSM - sM) / RETURN_M);
      partPose(table, 0, sM, pose);
      const cos = Math.cos(pose[2]!) * fade;
      const sin = Math.sin(pose[2]!) * fade;
      this.put(0, k, pose[0]! + forwardM * cos - leftM * sin, pose[1]! + forwardM * sin + leftM * cos, pose[2]! + offsetRad[0]! * fade);
      for (let part = 1; part < table.parts; part += 1) {
        const tow = (part - 1) * samples + k;
        const { hitchForwardM } = model.parts[part - 1]!;
        partPose(table, part, sM, pose);
        const headingRad = pose[2]! + offsetRad[part]! * Math.exp((startSM - sM) / model.parts[part]!.axleBehindHitchM);
        this.put(
          part, k, this.xM[tow]! + hitchForwardM * Math.cos(this.headingRad[tow]!), this.yM[tow]! + hitchForwardM * Math.sin(this.headingRad[tow]!), headingRad,
        );
      }
    }
    this.finish();
  }

  /**
   * On an arc: the curvature of now (turn rate by speed) is kept, the turn rate follows the speed. Trailers follow their hitch.
   *
   * @param progressM way driven since sample 0 at each sample, may be negative for reversing [m]
   */
  followArc(model: VehicleModel, actual: VehiclePose, speedMps: number, yawRateRadPs: number, progressM: Float64Array): void {
    this.begin(model.parts.length);
    const { samples } = this;
    const curvaturePerM = Math.abs(speedMps) < CRAWL_MPS ? 0 : yawRateRadPs / speedMps;
    let { xM, yM, headingRad } = actual;
    for (let k = 0; k < samples; k += 1) {
      if (k > 0) {
        const wayM = progressM[k]! - progressM[k - 1]!;
        if (wayM === 0) {
          this.repeat(k);
          continue;
        }
        const turnRad = curvaturePerM * wayM;
        // Chord of the arc: its direction is the mean heading, its length shorter by sinc.
        const half = turnRad / 2;
        const chordM = Math.abs(half) < 1e-6 ? wayM : (wayM * Math.sin(half)) / half;
        xM += chordM * Math.cos(headingRad + half);
        yM += chordM * Math.sin(headingRad + half);
        headingRad += turnRad;
      }
      this.put(0, k, xM, yM, headingRad);
      let trailerRad = actual.headingRad;
      for (let part = 1; part < this.parts; part += 1) {
        const { hitchForwardM } = model.parts[part - 1]!;
        const tow = (part - 1) * samples + k;
        const at = part * samples + k;
        const hitchXM = this.xM[tow]! + hitchForwardM * Math.cos(this.headingRad[tow]!);
        const hitchYM = this.yM[tow]! + hitchForwardM * Math.sin(this.headingRad[tow]!);
        trailerRad += actual.hitchAnglesRad[part - 1] ?? 0;
        this.put(part, k, hitchXM, hitchYM, k === 0 ? trailerRad
          : towedHeadingRad(this.headingRad[at - 1]!, hitchXM - this.xM[at - 1]!, hitchYM - this.yM[at - 1]!, model.parts[part]!.axleBehindHitchM));
      }
    }
    this.finish();
  }

  /** All parts keep their headings and move at one velocity; for bodies whose contours are given in the site frame, from the origin. */
  moveStraight(parts: number, xM: number, yM: number, vxMps: number, vyMps: number): void {
    this.begin(parts);
    for (let part = 0; part < parts; part += 1) {
      for (let k = 0; k < this.samples; k += 1) this.put(part, k, xM + vxMps * k * this.stepS, yM + vyMps * k * this.stepS, 0);
    }
    this.finish();
  }

  private begin(parts: number): void {
    if (parts > this.maximumParts) throw new RangeError(`a motion of ${this.maximumParts} parts cannot hold ${parts}`);
    this.parts = parts;
  }

  private put(part: number, k: number, xM: number, yM: number, headingRad: number): void {
    const at = part * this.samples + k;
    this.xM[at] = xM;
    this.yM[at] = yM;
    this.headingRad[at] = headingRad;
  }

  private repeat(k: number): void {
    for (let part = 0; part < this.parts; part += 1) {
      const at = part * this.samples + k;
      this.xM[at] = this.xM[at - 1]!;
      this.yM[at] = this.yM[at - 1]!;
      this.headingRad[at] = this.headingRad[at - 1]!;
    }
  }

  private finish(): void {
    const { samples, xM, yM, headingRad, turnedRad } = this;
    let minXM = Infinity;
    let minYM = Infinity;
    let maxXM = -Infinity;
    let maxYM = -Infinity;
    let moves = false;
    for (let part = 0; part < this.parts; part += 1) {
      const first = part * samples;
      for (let at = first; at < first + samples; at += 1) {
        const x = xM[at]!;
        const y = yM[at]!;
        if (x < minXM) minXM = x;
        if (x > maxXM) maxXM = x;
        if (y < minYM) minYM = y;
        if (y > maxYM) maxYM = y;
        turnedRad[at] = at === first ? 0 : turnedRad[at - 1]! + Math.abs(headingRad[at]! - headingRad[at - 1]!);
      }
      const last = first + samples - 1;
      if (turnedRad[last] !== 0 || xM[last] !== xM[first] || yM[last] !== yM[first]) moves = true;
    }
    if (moves) this.measureStray();
    else this.strayM.fill(0);
    this.minXM = minXM;
    this.minYM = minYM;
    this.maxXM = maxXM;
    this.maxYM = maxYM;
    this.moves = moves;
  }

  private measureStray(): void {
    const { samples, xM, yM, strides, strayM } = this;
    for (let part = 0; part < this.parts; part += 1) {
      for (let j = 0; j < strides; j += 1) {
        const from = part * samples + j * STRIDE;
        const count = Math.min(STRIDE, samples - 1 - j * STRIDE);
        const x = xM[from]!;
        const y = yM[from]!;
        const dx = (xM[from + count]! - x) / count;
        const dy = (yM[from + count]! - y) / count;
        let worstM2 = 0;
        for (let i = 1; i < count; i += 1) {
          const offX = xM[from + i]! - x - i * dx;
          const offY = yM[from + i]! - y - i * dy;
          const offM2 = offX * offX + offY * offY;
          if (offM2 > worstM2) worstM2 = offM2;
        }
        strayM[part * strides + j] = Math.sqrt(worstM2);
      }
    }
  }
}
