import type { Cancel, Clock } from '@quaymaster/ports';
import { encodeFrame, type WireFrame } from '@quaymaster/telemetry';
import { DriveTrain, type Fault } from './drive-train';
import type { Effect, EffectLog, Motion, Reporting, UnsafeVehicle } from './effect-log';
import { PositionNoise } from './position-noise';
import type { PathPose } from './guide-path';
import { VehicleComputer } from './vehicle-computer';
import type { VehicleCredentials } from './vehicle-credentials';
import type { VehicleKind } from './vehicle-kind';
import { VehicleLink } from './vehicle-link';

export interface SimulatedVehicleOptions {
  readonly credentials: VehicleCredentials;
  readonly kind: VehicleKind;
  readonly pose: PathPose;
  readonly brokerUrl: string;
  readonly clock: Clock;
  /** Time between frames, and when within it this vehicle's are due [ms]. */
  readonly framePeriodMs: number;
  readonly framePhaseMs: number;
  /** Standard deviation of the reported position in x and in y [m]; the truth is not touched. */
  readonly positionSigmaM: number;
  readonly seed: number;
  /** Takes down what comes of commands and why it stops and goes; without it nothing is. */
  readonly effectLog?: EffectLog | undefined;
  readonly unsafe?: UnsafeVehicle | undefined;
}

/** How a broken-down vehicle falls silent: the broker is told by a cut connection, or nobody is told at all. */
export type Silence = 'socket-open' | 'connection-cut';

/** One vehicle of the terminal as the control plane meets it: a client of the broker that obeys what arrives there and nothing else. */
export class SimulatedVehicle {
  readonly train: DriveTrain;
  readonly computer: VehicleComputer;
  /** Rises with each boot, and above that of any earlier run of the simulator. */
  bootId: number;
  /** Since the beginning, over all boots. */
  framesSent = 0;
  private link: VehicleLink | null = null;
  private sequence = 0;
  private steppedAtMs: number;
  private cancelFrames: Cancel = () => undefined;
  private readonly noise: PositionNoise;
  private reporting = false;

  constructor(private readonly options: SimulatedVehicleOptions) {
    const { kind, pose, clock, positionSigmaM, seed, effectLog, unsafe } = options;
    this.train = new DriveTrain(kind, pose.xM, pose.yM, pose.headingRad);
    this.noise = new PositionNoise(positionSigmaM, seed);
    this.steppedAtMs = clock.nowMs();
    this.bootId = Math.floor(this.steppedAtMs / 1000);
    this.computer = new VehicleComputer(this.train, clock, (reply) => {
      this.link?.acknowledge({ ...reply, vehicleId: this.vehicleId, bootId: this.bootId, atMs: clock.nowMs() });
    }, { unsafe, log: effectLog && ((entry) => { this.log(entry); }) });
  }

  get vehicleId(): string {
    return this.options.credentials.vehicleId;
  }

  get fault(): Fault {
    return this.train.fault;
  }

  /** Connects and begins to report. @throws when the broker refuses it or is not there */
  async start(): Promise<void> {
    const { brokerUrl, credentials, clock, framePeriodMs, framePhaseMs } = this.options;
    const { vehicleId, password, modelId } = credentials;
    this.link = await VehicleLink.open({ brokerUrl, vehicleId, password, modelId }, this.bootId, () => clock.nowMs(), {
      onCommand: (payload) => { this.computer.receiveCommand(payload); },
      onLease: (payload) => { this.computer.receiveLease(payload); },
    });
    this.cancelFrames();
    this.cancelFrames = clock.after(framePhaseMs, () => {
      this.report();
      this.cancelFrames = clock.every(framePeriodMs, () => { this.report(); });
    });
  }

  /** Says OFFLINE and leaves. A vehicle that is on the move should have been stopped before. */
  async stop(): Promise<void> {
    this.cancelFrames();
    const { link } = this;
    this.link = null;
    this.noteReporting(false);
    await link?.close();
  }

  /** One control step. */
  step(stepS: number): void {
    this.steppedAtMs = this.options.clock.nowMs();
    this.computer.step(stepS);
  }

  inject(fault: Exclude<Fault, 'none' | 'recovering'>, silence: Silence = 'socket-open'): void {
    this.train.inject(fault);
    if (fault !== 'breakdown' || this.link === null) return;
    this.link.silent = true;
    if (silence === 'connection-cut') this.link.cut().catch(() => undefined);
  }

  /** The repair crew has been. Whatever it was, the vehicle moves by itself again only after a resume. */
  async repair(): Promise<void> {
    const wasSilent = this.train.fault === 'breakdown';
    this.train.repair();
    this.computer.stopByHand();
    if (!wasSilent) return;
    const { link } = this;
    this.link = null;
    this.noteReporting(false);
    await link?.close();
    this.computer.reboot();
    this.bootId += 1;
    this.sequence = 0;
    await this.start();
  }

  /** What it reports now. The time is that of the control step whose state it is. */
  frame(): WireFrame {
    const { train, computer } = this;
    const own = train.body.poses[0]!;
    const seen = this.noise.around(own);
    return {
      vehicleId: this.vehicleId, bootId: this.bootId, sequence: this.sequence, observedAtMs: this.steppedAtMs, modelId: train.kind.id,
      mode: train.fault === 'recovering' ? 'MANUAL' : 'AUTOMATIC',
      xM: seen.xM, yM: seen.yM, headingRad: normalize(own.headingRad), speedMps: train.speedMps, accelerationMps2: train.accelerationMps2,
      yawRateRadPs: train.yawRateRadPs, positionSigmaM: this.noise.sigmaM, hitchAnglesRad: train.body.hitchAnglesRad,
      routeId: train.path?.routeId ?? '', routeSM: train.sM, releasedToSM: train.releasedToSM, stopped: train.stopped,
      leaseAlive: computer.lease.isAlive, epoch: computer.desk.epoch, commandSequence: computer.desk.sequence,
      errors: [], objects: [],
    };
  }

  private report(): void {
    if (this.link === null) return;
    this.sequence += 1;
    const hasLeft = this.link.frame(encodeFrame(this.frame()));
    if (hasLeft) this.framesSent += 1;
    this.noteReporting(hasLeft);
  }

  private noteReporting(reporting: boolean): void {
    if (reporting === this.reporting) return;
    this.reporting = reporting;
    this.log({ kind: 'reporting', reporting });
  }

  private log(entry: Effect | Motion | Reporting): void {
    this.options.effectLog?.({ ...entry, at: this.options.clock.nowMs(), vehicleId: this.vehicleId, bootId: this.bootId });
  }
}

function normalize(headingRad: number): number {
  return Math.atan2(Math.sin(headingRad), Math.cos(headingRad));
}
