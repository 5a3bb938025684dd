import { convexGapM, createPolyline, normalizeAngleRad, poseOnPolyline, type Polyline } from '@quaymaster/geometry';
import type { Frame, RunningPlan } from '@quaymaster/messages';
import type { VehicleModel } from '@quaymaster/motion';

export const box = (frontM: number, rearM: number, widthM: number): number[] =>
  [-rearM, -widthM / 2, frontM, -widthM / 2, frontM, widthM / 2, -rearM, widthM / 2];
const limits = { maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5 };

export const agv: VehicleModel = {
  id: 'agv', parts: [{ contourM: box(7.4, 7.4, 3), axleBehindHitchM: 0, hitchForwardM: 0 }], frontM: 7.4, rearM: 7.4, widthM: 3, ...limits,
};
export const tractor: VehicleModel = {
  id: 'tractor',
  parts: [{ contourM: box(4.2, 1.4, 2.6), axleBehindHitchM: 0, hitchForwardM: 0.4 }, { contourM: box(0.9, 11.7, 2.6), axleBehindHitchM: 8, hitchForwardM: 0 }],
  frontM: 4.2, rearM: 11.3, widthM: 2.6, ...limits,
};

/** A straight path. */
export function line(fromXM: number, fromYM: number, toXM: number, toYM: number): number[] {
  return [fromXM, fromYM, toXM, toYM];
}

/** A path that runs straight, turns by an angle on a radius, and runs straight again. */
export function bend(xM: number, yM: number, headingRad: number, beforeM: number, radiusM: number, turnRad: number, afterM: number): number[] {
  const xyM = [xM, yM];
  let heading = headingRad;
  const go = (lengthM: number, curvaturePerM: number): void => {
    const steps = Math.ceil(lengthM / 0.5);
    for (let i = 0; i < steps; i += 1) {
      const stepM = lengthM / steps;
      const middleRad = heading + (curvaturePerM * stepM) / 2;
      xyM.push(xyM[xyM.length - 2]! + stepM * Math.cos(middleRad), xyM[xyM.length - 1]! + stepM * Math.sin(middleRad));
      heading += curvaturePerM * stepM;
    }
  };
  go(beforeM, 0);
  go(Math.abs(turnRad) * radiusM, Math.sign(turnRad) / radiusM);
  go(afterM, 0);
  return xyM;
}

export interface ActorStart {
  readonly sM: number;
  readonly speedMps?: number;
  readonly releasedToSM?: number;
  readonly limitMps?: number;
}

/** A vehicle of the tests: drives its path to the end of its permission, or does what it should not. Written apart from the predictor's kernels. */
export class Actor {
  sM: number;
  speedMps: number;
  releasedToSM: number;
  stopped = false;
  /** Runs on beyond its permission, but obeys a stop. */
  ignoresRelease = false;
  /** Beside its path, left positive. */
  offsetM = 0;
  turnedRad = 0;
  accelerationMps2 = 0;
  objects: Frame['objects'] = [];
  reportsRoute = true;
  mode: Frame['mode'] = 'AUTOMATIC';
  routeId: string;
  connected = true;
  bootId = 1;
  sequence = 0;
  readonly path: Polyline;
  private readonly limitMps: number;
  private trailerRad: number;
  private pose = new Float64Array(3);
  private yawRateRadPs = 0;

  constructor(readonly vehicleId: string, readonly model: VehicleModel, readonly pathXyM: number[], start: ActorStart) {
    this.path = createPolyline(pathXyM);
    this.sM = start.sM;
    this.speedMps = start.speedMps ?? 0;
    this.releasedToSM = start.releasedToSM ?? start.sM;
    this.limitMps = start.limitMps ?? 8.3;
    this.routeId = `route-${vehicleId}`;
    this.place();
    this.trailerRad = this.pose[2]!;
  }

  get plan(): Omit<RunningPlan, 'publishedAtMs'> {
    return { vehicleId: this.vehicleId, routeId: this.routeId, pathXyM: this.pathXyM, limitFromSM: [0], limitMps: [this.limitMps] };
  }

  step(stepS: number): void {
    const before = this.speedMps;
    this.speedMps = this.nextMps(stepS);
    this.accelerationMps2 = (this.speedMps - before) / stepS;
    this.sM += ((before + this.speedMps) / 2) * stepS;
    const [hitchX, hitchY] = this.hitch();
    const headingBefore = this.pose[2]!;
    this.place();
    this.yawRateRadPs = normalizeAngleRad(this.pose[2]! - headingBefore) / stepS;
    const [x, y] = this.hitch();
    // The trailer's axle moves along the trailer only.
    const acrossM = (y - hitchY) * Math.cos(this.trailerRad) - (x - hitchX) * Math.sin(this.trailerRad);
    if (this.model.parts.length > 1) this.trailerRad += Math.atan2(acrossM, this.model.parts[1]!.axleBehindHitchM);
  }

  frame(nowMs: number): Frame {
    this.sequence += 1;
    return {
      vehicleId: this.vehicleId, bootId: this.bootId, sequence: this.sequence, observedAtMs: nowMs, receivedAtMs: nowMs, modelId: this.model.id,
      mode: this.mode, xM: this.pose[0]!, yM: this.pose[1]!, headingRad: normalizeAngleRad(this.pose[2]!), speedMps: this.speedMps,
      accelerationMps2: this.accelerationMps2, yawRateRadPs: this.yawRateRadPs, positionSigmaM: 0.03,
      hitchAnglesRad: this.model.parts.length > 1 ? [normalizeAngleRad(this.trailerRad - this.pose[2]!)] : [],
      routeId: this.reportsRoute ? this.routeId : '', routeSM: this.sM, releasedToSM: this.releasedToSM, stopped: this.stopped, leaseAlive: true, epoch: 1,
      commandSequence: 1, errors: [], objects: this.objects, match: null,
    };
  }

  gapTo(other: Actor): number {
    return Math.min(...this.contours().flatMap((a) => other.contours().map((b) => convexGapM(a, a.length, b, b.length))));
  }

  private contours(): number[][] {
    return this.model.parts.map((part, p) => {
      const [x, y] = p === 0 ? [this.pose[0]!, this.pose[1]!] : this.hitch();
      const headingRad = p === 0 ? this.pose[2]! : this.trailerRad;
      const ring: number[] = [];
      for (let i = 0; i < part.contourM.length; i += 2) {
        ring.push(
          x + part.contourM[i]! * Math.cos(headingRad) - part.contourM[i + 1]! * Math.sin(headingRad),
          y + part.contourM[i]! * Math.sin(headingRad) + part.contourM[i + 1]! * Math.cos(headingRad),
        );
      }
      return ring;
    });
  }

  private hitch(): [number, number] {
    const { hitchForwardM } = this.model.parts[0]!;
    return [this.pose[0]! + hitchForwardM * Math.cos(this.pose[2]!), this.pose[1]! + hitchForwardM * Math.sin(this.pose[2]!)];
  }

  private place(): void {
    poseOnPolyline(this.path, this.sM, this.pose);
    const headingRad = this.pose[2]!;
    this.pose[0]! -= this.offsetM * Math.sin(headingRad);
    this.pose[1]! += this.offsetM * Math.cos(headingRad);
    this.pose[2]! += this.turnedRad;
  }

  private nextMps(stepS: number): number {
    const { brakingMps2, accelerationMps2 } = this.model;
    if (this.stopped) return Math.max(0, this.speedMps - brakingMps2 * stepS);
    const leftM = this.ignoresRelease ? Infinity : this.releasedToSM - 0.15 - this.sM;
    const half = 0.5 * brakingMps2 * stepS;
    const stopMps = leftM <= 0 ? 0 : Math.sqrt(half * half + 2 * brakingMps2 * leftM) - half;
    const wantedMps = Math.min(this.limitMps, stopMps);
    if (wantedMps >= this.speedMps) return Math.min(wantedMps, this.speedMps + accelerationMps2 * stepS);
    return Math.max(0, wantedMps, this.speedMps - 1.3 * brakingMps2 * stepS);
  }
}
