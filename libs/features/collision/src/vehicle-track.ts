import type { Connection, Frame } from '@quaymaster/messages';
import { type BodyShape, brakingDistanceM, createBodyShape, type MovingBody, PredictedMotion, type VehicleModel } from '@quaymaster/motion';
import type { PlannedPath } from './plan-library';

/** Time between two samples of a predicted motion [s]. */
export const SAMPLE_S = 0.1;
/** A predicted motion reaches this far beyond the horizon, so that it still serves when its frame is old [s]. */
const SLACK_S = 2;
const MAXIMUM_PARTS = 4;
export const STANDSTILL_MPS = 0.1;
/** Braking of a vehicle whose model is not known yet [m/s²]. */
const CAUTIOUS_BRAKING_MPS2 = 1;
/** Time in which a vehicle that is given another route may still drive as before [s]. */
const SWITCHING_S = 1;

export function samplesFor(horizonS: number): number {
  return Math.ceil((horizonS + SLACK_S) / SAMPLE_S) + 1;
}

export function newMotion(samples: number): PredictedMotion {
  return new PredictedMotion(MAXIMUM_PARTS, samples, SAMPLE_S);
}

/** Where a vehicle is beside its plan. */
export interface OnPlan {
  readonly plan: PlannedPath;
  sM: number;
  /** From the nearest point of the path that counts, along it or across [m]. */
  besideM: number;
  /** Left of the path positive [m]. */
  lateralM: number;
  headingErrorRad: number;
}

/** What is known of one vehicle, and how it is expected to move. */
export class VehicleTrack {
  readonly motion: PredictedMotion;
  /** Way on the path (or driven) at each sample of the motion. */
  readonly progressSM: Float64Array;
  model: VehicleModel | null = null;
  shape: BodyShape | null = null;
  /** What to look for contact with; null until the model is known. A lost vehicle's is all that it may cover. */
  body: MovingBody | null = null;
  /** Instant of sample 0 of the body's motion. */
  bodyAtMs = 0;
  onPlan: OnPlan | null = null;
  /** True when the motion follows the plan's path, false when it follows an arc. */
  followsPlan = false;
  /** Permission on the present route; what the route before had left counts until the new one has its own [m]. */
  permittedToSM: number;
  heardAtMs: number;
  checkedAtMs = 0;
  connection: Connection['state'] = 'ONLINE';
  /** When the connection was reported as cut off or closed. */
  offlineSinceMs = 0;
  lost = false;
  private carriedRouteId = '';
  private carriedToSM = -Infinity;

  constructor(public frame: Frame, samples: number, nowMs: number) {
    this.motion = newMotion(samples);
    this.progressSM = new Float64Array(samples);
    this.permittedToSM = frame.releasedToSM;
    this.heardAtMs = nowMs;
  }

  get vehicleId(): string {
    return this.frame.vehicleId;
  }

  get stands(): boolean {
    return Math.abs(this.frame.speedMps) < STANDSTILL_MPS;
  }

  /** A person drives it: neither permissions nor stops bind it. */
  get byHand(): boolean {
    return this.frame.mode !== 'AUTOMATIC';
  }

  /** It has permission to move and would use it. */
  get mayMove(): boolean {
    return this.frame.routeId !== '' && !this.frame.stopped && this.permittedToSM > this.frame.routeSM + 0.5;
  }

  /** False when the frame is not newer than the one that is known. */
  report(frame: Frame, nowMs: number): boolean {
    const known = this.frame;
    if (frame.bootId < known.bootId || (frame.bootId === known.bootId && frame.sequence <= known.sequence)) return false;
    if (frame.routeId !== known.routeId) {
      // The routes may part ahead, but a vehicle under way cannot be asked to stand before it can: so much of the old permission goes on.
      const leftM = Math.min(this.permittedToSM - known.routeSM, this.stoppingM(frame.speedMps));
      this.carriedRouteId = frame.routeId;
      this.carriedToSM = known.routeId === '' ? -Infinity : frame.routeSM + leftM;
    }
    const carried = this.carriedRouteId === frame.routeId ? this.carriedToSM : -Infinity;
    this.permittedToSM = Math.max(frame.releasedToSM, carried);
    this.frame = frame;
    // A frame that was already under way when the connection broke proves nothing.
    if (frame.receivedAtMs > this.offlineSinceMs) {
      this.heardAtMs = nowMs;
      this.connection = 'ONLINE';
      this.lost = false;
    }
    return true;
  }

  private stoppingM(speedMps: number): number {
    return brakingDistanceM(speedMps, this.model?.brakingMps2 ?? CAUTIOUS_BRAKING_MPS2) + Math.abs(speedMps) * SWITCHING_S;
  }

  is(model: VehicleModel): void {
    if (this.model === model) return;
    this.model = model;
    this.shape = createBodyShape(model.parts.map((part) => part.contourM));
  }
}
