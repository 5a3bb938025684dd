import { normalizeAngleRad, poseOnPolyline, projectOntoPolyline } from '@quaymaster/geometry';
import {
  brakingDistanceM, createBodyShape, type MovingBody, PredictedMotion, rollOut, rollOutBraking, rollOutSteady, type SpeedLimits, type VehicleModel,
} from '@quaymaster/motion';
import type { CollisionConfig } from './collision.config';
import type { PlanLibrary, PlannedPath } from './plan-library';
import { SAMPLE_S, STANDSTILL_MPS, type VehicleTrack } from './vehicle-track';

/** The reported arc length may differ this much from where the vehicle is on its path [m]. */
const PROGRESS_TOLERANCE_M = 10;
/** A vehicle turned further than this against its path does not follow it [rad]. */
const ASTRAY_RAD = Math.PI / 3;
/** A vehicle that would stop this far beyond its permission is still taken to stop at it [m]. */
export const STOP_TOLERANCE_M = 1;
/** Smaller accelerations are noise [m/s²]. */
const STEADY_MPS2 = 0.2;
/** Bodies of a lost vehicle are laid out at this distance along what it may have driven [m]. */
const GHOST_STEP_M = 4;
const NO_LIMIT: SpeedLimits = { fromSM: [-Infinity], limitMps: [Infinity] };

/**
 * How a vehicle is expected to move from its newest frame on: along its plan to the end of its permission; on, if it can no longer stop there; to a standstill,
 * if a stop is in force; on as it drives, if a person drives it; with its present curvature and acceleration, if it has no plan or has left it.
 */
export class MotionForecast {
  private readonly projection = new Float64Array(2);
  private readonly pose = new Float64Array(3);
  private readonly braking: Float64Array;

  constructor(private readonly plans: PlanLibrary, private readonly config: CollisionConfig, private readonly samples: number) {
    this.braking = new Float64Array(samples);
  }

  /** Places the vehicle beside its plan and rolls its motion out. Does nothing while its model is unknown. */
  foresee(track: VehicleTrack): void {
    this.place(track);
    this.roll(track);
  }

  /** Finds where the vehicle is beside its plan, and whether it follows it. Does nothing while its model is unknown. */
  place(track: VehicleTrack): void {
    if (track.model === null) return;
    this.placeOnPlan(track);
    const { onPlan, frame } = track;
    track.followsPlan = onPlan !== null && Math.abs(onPlan.lateralM) <= this.config.lateralM && Math.abs(onPlan.headingErrorRad) <= ASTRAY_RAD
      && frame.speedMps > -STANDSTILL_MPS;
  }

  /** Rolls the motion of a vehicle out that has been placed. Does nothing while its model is unknown. */
  roll(track: VehicleTrack): void {
    const { frame, model, shape, onPlan, progressSM } = track;
    if (model === null || shape === null) return;
    if (track.followsPlan) {
      const { plan, sM } = onPlan!;
      this.rollOnPlan(track, model, plan, sM);
      track.motion.followPath(plan.table(model), model, progressSM, frame);
    } else {
      this.rollFreely(track, model);
      track.motion.followArc(model, frame, frame.speedMps, frame.yawRateRadPs, progressSM);
    }
    track.bodyAtMs = frame.observedAtMs;
    if (track.body?.motion !== track.motion || track.body.shape !== shape) track.body = { shape, motion: track.motion };
  }

  /** The motion of a vehicle that goes on as foreseen for a while and then brakes in service. @param out receives it */
  foreseeBraking(track: VehicleTrack, delayS: number, out: PredictedMotion): void {
    const { model, onPlan } = track;
    if (model === null) return;
    this.brakeAfter(track, model, delayS);
    if (track.followsPlan) out.followPath(onPlan!.plan.table(model), model, this.braking, track.frame);
    else out.followArc(model, track.frame, track.frame.speedMps, track.frame.yawRateRadPs, this.braking);
  }

  /** The body of a vehicle that is heard of no more: all that it covers on the way that it may have gone until its lease lapsed and it had braked. */
  ghost(track: VehicleTrack): MovingBody | null {
    const { model, shape } = track;
    if (model === null || shape === null) return null;
    const motion = new PredictedMotion(model.parts.length, this.samples, SAMPLE_S);
    this.foreseeBraking(track, this.config.leaseS, motion);
    const contours: Float64Array[] = [];
    let laidOutM = -Infinity;
    for (let k = 0; k < this.samples; k += 1) {
      const wayM = Math.abs(this.braking[k]! - this.braking[0]!);
      if (k < this.samples - 1 && wayM - laidOutM < GHOST_STEP_M) continue;
      laidOutM = wayM;
      model.parts.forEach((part, p) => { contours.push(placed(part.contourM, motion, p, k, track.frame)); });
    }
    const still = new PredictedMotion(contours.length, 2, SAMPLE_S);
    still.moveStraight(contours.length, track.frame.xM, track.frame.yM, 0, 0);
    return { shape: createBodyShape(contours), motion: still };
  }

  /** True when service braking does not bring it to a stand in time, tolerance included. */
  static overruns(speedMps: number, brakingMps2: number, leftM: number, toleranceM: number): boolean {
    return speedMps > STANDSTILL_MPS && brakingDistanceM(speedMps, brakingMps2) > leftM + toleranceM;
  }

  private placeOnPlan(track: VehicleTrack): void {
    const { frame } = track;
    const plan = frame.routeId === '' ? null : this.plans.find(frame.vehicleId, frame.routeId);
    if (plan === null) {
      track.onPlan = null;
      return;
    }
    projectOntoPolyline(plan.path, frame.xM, frame.yM, this.projection, frame.routeSM - PROGRESS_TOLERANCE_M, frame.routeSM + PROGRESS_TOLERANCE_M);
    const sM = this.projection[0]!;
    poseOnPolyline(plan.path, sM, this.pose);
    const cos = Math.cos(this.pose[2]!);
    const sin = Math.sin(this.pose[2]!);
    // Beyond an end of the path only what lies across counts.
    const acrossM = (frame.yM - this.pose[1]!) * cos - (frame.xM - this.pose[0]!) * sin;
    const besideM = Math.hypot(frame.yM - this.pose[1]!, frame.xM - this.pose[0]!);
    const atEnd = sM <= 0 || sM >= plan.lengthM;
    const lateralM = atEnd ? acrossM : this.projection[1]!;
    const headingErrorRad = normalizeAngleRad(frame.headingRad - this.pose[2]!);
    if (track.onPlan?.plan === plan) Object.assign(track.onPlan, { sM, besideM, lateralM, headingErrorRad });
    else track.onPlan = { plan, sM, besideM, lateralM, headingErrorRad };
  }

  private rollOnPlan(track: VehicleTrack, model: VehicleModel, plan: PlannedPath, sM: number): void {
    const { frame, progressSM } = track;
    const speedMps = Math.max(0, frame.speedMps);
    if (frame.stopped && !track.byHand) {
      rollOutBraking(sM, speedMps, model.brakingMps2, SAMPLE_S, progressSM);
      return;
    }
    const leftM = track.permittedToSM - frame.routeSM;
    if (track.byHand || MotionForecast.overruns(speedMps, model.brakingMps2, leftM, STOP_TOLERANCE_M)) {
      rollOutSteady(sM, speedMps, steady(frame.accelerationMps2), model.maximumSpeedMps, SAMPLE_S, progressSM);
      return;
    }
    const stopSM = sM + Math.max(0, leftM, speedMps < STANDSTILL_MPS ? 0 : brakingDistanceM(speedMps, model.brakingMps2));
    rollOut(sM, speedMps, stopSM, plan.limits, model, SAMPLE_S, progressSM);
  }

  private rollFreely(track: VehicleTrack, model: VehicleModel): void {
    const { frame, progressSM, onPlan } = track;
    const leftM = track.permittedToSM - frame.routeSM;
    if (Math.abs(frame.speedMps) < STANDSTILL_MPS && !(track.mayMove && onPlan === null)) progressSM.fill(0);
    else if (frame.stopped && !track.byHand) {
      rollOutBraking(0, Math.abs(frame.speedMps), model.brakingMps2, SAMPLE_S, progressSM);
      if (frame.speedMps < 0) for (let k = 0; k < progressSM.length; k += 1) progressSM[k] = -progressSM[k]!;
    } else if (frame.routeId !== '' && onPlan === null && frame.speedMps >= 0 && !track.byHand
      && !MotionForecast.overruns(frame.speedMps, model.brakingMps2, leftM, STOP_TOLERANCE_M)) {
      // Its plan has not been heard of yet, but how far it may go is known.
      rollOut(0, frame.speedMps, Math.max(0, leftM), NO_LIMIT, model, SAMPLE_S, progressSM);
    } else rollOutSteady(0, frame.speedMps, steady(frame.accelerationMps2), model.maximumSpeedMps, SAMPLE_S, progressSM);
  }

  private brakeAfter(track: VehicleTrack, model: VehicleModel, delayS: number): void {
    const { progressSM } = track;
    const { braking, samples } = this;
    const position = Math.min(Math.max(0, delayS) / SAMPLE_S, samples - 1);
    const index = Math.min(Math.floor(position), samples - 2);
    const stepM = progressSM[index + 1]! - progressSM[index]!;
    const speedMps = stepM / SAMPLE_S;
    const fromM = progressSM[index]! + (position - index) * stepM;
    const stopS = Math.abs(speedMps) / model.brakingMps2;
    const direction = Math.sign(speedMps);
    for (let k = 0; k < samples; k += 1) {
      if (k <= position) {
        braking[k] = progressSM[k]!;
        continue;
      }
      const timeS = Math.min((k - position) * SAMPLE_S, stopS);
      const brakedM = fromM + speedMps * timeS - 0.5 * direction * model.brakingMps2 * timeS * timeS;
      // It was to stop anyway, and sooner.
      braking[k] = direction >= 0 ? Math.min(brakedM, progressSM[k]!) : Math.max(brakedM, progressSM[k]!);
    }
  }
}

function steady(accelerationMps2: number): number {
  return Math.abs(accelerationMps2) < STEADY_MPS2 ? 0 : accelerationMps2;
}

/** A part's contour where it is at a sample, seen from an origin. */
function placed(contourM: readonly number[], motion: PredictedMotion, part: number, k: number, origin: { readonly xM: number; readonly yM: number }): Float64Array {
  const at = part * motion.samples + k;
  const cos = Math.cos(motion.headingRad[at]!);
  const sin = Math.sin(motion.headingRad[at]!);
  const out = new Float64Array(contourM.length);
  for (let i = 0; i < contourM.length; i += 2) {
    out[i] = motion.xM[at]! - origin.xM + contourM[i]! * cos - contourM[i + 1]! * sin;
    out[i + 1] = motion.yM[at]! - origin.yM + contourM[i]! * sin + contourM[i + 1]! * cos;
  }
  return out;
}
