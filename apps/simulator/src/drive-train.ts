import type { GuidePath } from './guide-path';
import { VehicleBody } from './vehicle-body';
import type { VehicleKind } from './vehicle-kind';

/** What is wrong with a vehicle. */
export type Fault = 'none' | 'ignore-release' | 'breakdown' | 'off-route' | 'recovering';

/** A vehicle aims to stand this far before the end of its permission [m]. */
const STOP_SHORT_M = 0.15;
const OFF_ROUTE_M = 3.5;
const OFF_ROUTE_OVER_M = 20;
const RECOVER_OVER_M = 22;
const RECOVER_MPS = 1.2;
const LOOK_AHEAD_M = 40;

/** Longitudinal and lateral motion of one vehicle: what it does with the permissions it has. No messages here. */
export class DriveTrain {
  path: GuidePath | null = null;
  sM = 0;
  speedMps = 0;
  accelerationMps2 = 0;
  yawRateRadPs = 0;
  releasedToSM = 0;
  /** A controlled stop is in force. */
  stopped = false;
  fault: Fault = 'none';
  private faultFromSM = 0;
  private offsetM = 0;
  private recoverFromM = 0;
  readonly body: VehicleBody;

  constructor(readonly kind: VehicleKind, xM: number, yM: number, headingRad: number) {
    this.body = new VehicleBody(kind, xM, yM, headingRad);
  }

  follow(path: GuidePath, startSM: number): void {
    this.path = path;
    this.sM = startSM;
    this.releasedToSM = startSM;
    this.offsetM = 0;
  }

  inject(fault: Exclude<Fault, 'none' | 'recovering'>): void {
    this.fault = fault;
    this.faultFromSM = this.sM;
  }

  /** The repair crew has been: true when it is done at once, false when the vehicle first drives back onto its path. */
  repair(): boolean {
    if (this.fault === 'off-route' && Math.abs(this.offsetM) > 0.05) {
      this.fault = 'recovering';
      this.faultFromSM = this.sM;
      this.recoverFromM = this.offsetM;
      return false;
    }
    this.fault = 'none';
    return true;
  }

  get lateralOffsetM(): number {
    return this.offsetM;
  }

  step(stepS: number): void {
    const before = this.speedMps;
    this.speedMps = this.nextSpeed(stepS);
    this.accelerationMps2 = (this.speedMps - before) / stepS;
    const advanceM = (before + this.speedMps) * 0.5 * stepS;
    if (this.path === null || advanceM <= 0) {
      this.yawRateRadPs = 0;
      return;
    }
    const offsetBeforeM = this.offsetM;
    this.sM = Math.min(this.sM + advanceM, this.path.lengthM);
    this.offsetM = this.offsetAt(this.sM);
    const pose = this.path.pose(this.sM);
    const headingRad = pose.headingRad + Math.atan2(this.offsetM - offsetBeforeM, advanceM);
    const turned = headingRad - this.body.poses[0]!.headingRad;
    this.yawRateRadPs = Math.atan2(Math.sin(turned), Math.cos(turned)) / stepS;
    this.body.moveTo(pose.xM - this.offsetM * Math.sin(pose.headingRad), pose.yM + this.offsetM * Math.cos(pose.headingRad), headingRad);
  }

  private nextSpeed(stepS: number): number {
    const { accelerationMps2, brakingMps2, maximumSpeedMps } = this.kind;
    if (this.fault === 'recovering' && this.path !== null) {
      if (this.sM - this.faultFromSM >= RECOVER_OVER_M) {
        this.fault = 'none';
        this.offsetM = 0;
        return Math.max(0, this.speedMps - brakingMps2 * stepS);
      }
      return Math.min(RECOVER_MPS, this.speedMps + accelerationMps2 * stepS);
    }
    if (this.stopped || this.fault === 'breakdown' || this.path === null) return Math.max(0, this.speedMps - brakingMps2 * stepS);
    const endSM = this.fault === 'ignore-release' ? this.path.lengthM : Math.min(this.releasedToSM, this.path.lengthM);
    const leftM = endSM - STOP_SHORT_M - this.sM;
    // Half a step's travel is kept in hand, so that the end of the permission is never passed.
    const toStopMps = leftM <= 0 ? 0 : Math.sqrt((0.5 * brakingMps2 * stepS) ** 2 + 2 * brakingMps2 * leftM) - 0.5 * brakingMps2 * stepS;
    const wantedMps = Math.min(maximumSpeedMps, toStopMps, this.path.allowedMps(this.sM, brakingMps2, LOOK_AHEAD_M));
    if (wantedMps >= this.speedMps) return Math.min(wantedMps, this.speedMps + accelerationMps2 * stepS);
    return Math.max(wantedMps, this.speedMps - brakingMps2 * 1.3 * stepS, 0);
  }

  /** Lateral offset along the path: leaves it, or comes back to it, as a smooth S. */
  private offsetAt(sM: number): number {
    if (this.fault === 'off-route') return OFF_ROUTE_M * smooth((sM - this.faultFromSM) / OFF_ROUTE_OVER_M);
    if (this.fault === 'recovering') return this.recoverFromM * (1 - smooth((sM - this.faultFromSM) / RECOVER_OVER_M));
    return 0;
  }
}

function smooth(ratio: number): number {
  const x = Math.min(1, Math.max(0, ratio));
  return x * x * (3 - 2 * x);
}
