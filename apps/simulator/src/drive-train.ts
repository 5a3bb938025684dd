import { type GuidePath, turn } from './guide-path';
import { LateralJoin } from './lateral-join';
import { VehicleBody } from './vehicle-body';
import type { VehicleKind } from './vehicle-kind';

/** What is wrong with a vehicle. `recovering`: the repair crew drives it back onto its path by hand. */
export type Fault = 'none' | 'ignore-release' | 'breakdown' | 'off-route' | 'recovering';

/** A vehicle aims to stand this far before the end of its permission [m]. */
export const STOP_SHORT_M = 0.15;
/** How far it leaves its path to the left when its lane keeping fails, and over what length. */
export const OFF_ROUTE_M = 3.5;
const OFF_ROUTE_OVER_M = 20;
const RECOVER_MPS = 1.2;
const LOOK_AHEAD_M = 40;
/** This near it lets go of the last creep and stands [m]. */
const ARRIVED_M = 0.005;
/** Less than this left to drive is no permission to move [m]. */
const NOTHING_LEFT_M = 0.05;

/** Longitudinal and lateral motion of one vehicle: what it does with the permissions it has. No messages here. */
export class DriveTrain {
  path: GuidePath | null = null;
  /** Arc length of the guided point on the path. */
  sM = 0;
  speedMps = 0;
  accelerationMps2 = 0;
  yawRateRadPs = 0;
  releasedToSM = 0;
  /** A controlled stop is in force. */
  stopped = false;
  /** Without it the vehicle brakes, whatever it was released to. */
  leaseAlive = false;
  fault: Fault = 'none';
  readonly body: VehicleBody;
  private faultFromSM = 0;
  private offsetM = 0;
  private join: LateralJoin | null = null;

  constructor(readonly kind: VehicleKind, xM: number, yM: number, headingRad: number) {
    this.body = new VehicleBody(kind, xM, yM, headingRad);
  }

  /**
   * Takes a path, with the vehicle at an arc length and near enough. It gives no permission: one that is moving keeps what it needs to brake, out of what it
   * had left on the path before.
   */
  follow(path: GuidePath, startSM: number): void {
    const leftM = this.path === null ? 0 : Math.max(0, this.releasedToSM - this.sM);
    const brakingM = this.speedMps === 0 ? 0 : this.speedMps ** 2 / (2 * this.kind.brakingMps2) + STOP_SHORT_M;
    this.path = path;
    this.sM = startSM;
    this.releasedToSM = startSM + Math.min(leftM, brakingM);
    this.joinFromHere((offsetM, slope) => Math.min(15, Math.max(4, 12 * Math.abs(offsetM) + 10 * Math.abs(slope))));
  }

  /** Forgets its path; it stands or comes to a stand where it is. */
  leavePath(): void {
    this.path = null;
    this.join = null;
    this.offsetM = 0;
    this.releasedToSM = 0;
    this.sM = 0;
  }

  inject(fault: Exclude<Fault, 'none' | 'recovering'>): void {
    this.fault = fault;
    this.faultFromSM = this.sM;
  }

  /** The repair crew has been: true when it is done at once, false when the vehicle first drives back onto its path. */
  repair(): boolean {
    if (this.fault === 'off-route' && this.path !== null && Math.abs(this.offsetM) > 0.05) {
      this.joinFromHere((offsetM) => Math.min(22, Math.max(8, 6 * Math.abs(offsetM))));
      this.fault = 'recovering';
      return false;
    }
    this.fault = 'none';
    return true;
  }

  get lateralOffsetM(): number {
    return this.offsetM;
  }

  get standsStill(): boolean {
    return this.speedMps === 0;
  }

  /** Whether it has somewhere to go on its own: permission that is not used up. */
  get hasPermissionLeft(): boolean {
    return this.path !== null && Math.min(this.releasedToSM, this.path.lengthM) - STOP_SHORT_M - this.sM > NOTHING_LEFT_M;
  }

  step(stepS: number): void {
    const before = this.speedMps;
    this.speedMps = this.nextSpeed(stepS);
    this.accelerationMps2 = (this.speedMps - before) / stepS;
    const advanceM = (before + this.speedMps) * 0.5 * stepS;
    if (advanceM <= 0) {
      this.yawRateRadPs = 0;
      return;
    }
    const headingBeforeRad = this.body.poses[0]!.headingRad;
    if (this.path === null) this.rollOn(advanceM);
    else this.advance(this.path, advanceM);
    this.yawRateRadPs = turn(headingBeforeRad, this.body.poses[0]!.headingRad) / stepS;
  }

  /** The same vehicle once more, for looking ahead. Paths are shared, they never change. */
  copy(): DriveTrain {
    const twin = new DriveTrain(this.kind, 0, 0, 0);
    const { path, sM, speedMps, accelerationMps2, yawRateRadPs, releasedToSM, stopped, leaseAlive, fault, faultFromSM, offsetM, join } = this;
    Object.assign(twin, { path, sM, speedMps, accelerationMps2, yawRateRadPs, releasedToSM, stopped, leaseAlive, fault, faultFromSM, offsetM, join });
    twin.body.place(this.body.poses);
    return twin;
  }

  private advance(path: GuidePath, advanceM: number): void {
    const offsetBeforeM = this.offsetM;
    this.sM = Math.min(this.sM + advanceM, path.lengthM);
    this.offsetM = this.offsetAt(this.sM);
    const pose = path.pose(this.sM);
    const headingRad = pose.headingRad + Math.atan2(this.offsetM - offsetBeforeM, advanceM);
    this.body.moveTo(pose.xM - this.offsetM * Math.sin(pose.headingRad), pose.yM + this.offsetM * Math.cos(pose.headingRad), headingRad);
    const backOnPath = (this.join?.isDone(this.sM) ?? true) || path.lengthM - this.sM <= STOP_SHORT_M + NOTHING_LEFT_M;
    if (this.fault === 'recovering' && backOnPath) this.fault = 'none';
  }

  /** Without a path it can only brake, straight on. */
  private rollOn(advanceM: number): void {
    const { xM, yM, headingRad } = this.body.poses[0]!;
    this.body.moveTo(xM + advanceM * Math.cos(headingRad), yM + advanceM * Math.sin(headingRad), headingRad);
  }

  private nextSpeed(stepS: number): number {
    const { accelerationMps2, brakingMps2, maximumSpeedMps } = this.kind;
    const slowerMps = Math.max(0, this.speedMps - brakingMps2 * stepS);
    if (this.path === null || this.fault === 'breakdown') return slowerMps;
    const byHand = this.fault === 'recovering';
    if (!byHand && (this.stopped || !this.leaseAlive)) return slowerMps;
    const endSM = byHand || this.fault === 'ignore-release' ? this.path.lengthM : Math.min(this.releasedToSM, this.path.lengthM);
    const leftM = endSM - STOP_SHORT_M - this.sM;
    // Half a step's travel is kept in hand, so that the end of the permission is never passed.
    const toStopMps = leftM <= ARRIVED_M ? 0 : Math.sqrt((0.5 * brakingMps2 * stepS) ** 2 + 2 * brakingMps2 * leftM) - 0.5 * brakingMps2 * stepS;
    const topMps = byHand ? RECOVER_MPS : Math.min(maximumSpeedMps, this.path.allowedMps(this.sM, brakingMps2, LOOK_AHEAD_M));
    const wantedMps = Math.min(toStopMps, topMps);
    if (wantedMps >= this.speedMps) return Math.min(wantedMps, this.speedMps + accelerationMps2 * stepS);
    return Math.max(wantedMps, this.speedMps - brakingMps2 * 1.3 * stepS, 0);
  }

  private offsetAt(sM: number): number {
    const joinM = this.join?.offsetM(sM) ?? 0;
    if (this.fault !== 'off-route') return joinM;
    const u = Math.min(1, Math.max(0, (sM - this.faultFromSM) / OFF_ROUTE_OVER_M));
    return joinM + OFF_ROUTE_M * u * u * (3 - 2 * u);
  }

  /** From where the vehicle is beside its path, however it stands, back onto it. */
  private joinFromHere(overM: (offsetM: number, slope: number) => number): void {
    const at = this.path!.pose(this.sM);
    const own = this.body.poses[0]!;
    const offsetM = -(own.xM - at.xM) * Math.sin(at.headingRad) + (own.yM - at.yM) * Math.cos(at.headingRad);
    const slope = Math.tan(Math.min(1, Math.max(-1, turn(at.headingRad, own.headingRad))));
    this.offsetM = offsetM;
    this.join = new LateralJoin(this.sM, offsetM, slope, overM(offsetM, slope));
  }
}
