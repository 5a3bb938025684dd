import type { WireCommand } from '@quaymaster/telemetry';
import type { DriveTrain } from './drive-train';

/** `applied`: taken, and it took effect; `repeated`: a known id, answered again without effect; `refused`: no effect, for the reason that is given. */
export type EffectOutcome = 'applied' | 'repeated' | 'refused';

/** What came of one command that reached a vehicle. */
export interface Effect {
  readonly kind: 'effect';
  readonly commandId: string;
  readonly command: WireCommand['params']['kind'];
  readonly sequence: number;
  readonly epoch: number;
  readonly issuedAtMs: number;
  readonly outcome: EffectOutcome;
  /** '' when the id was known. */
  readonly because: string;
}

/** `hand`: by the people who repair it; `unexplained`: nothing that may change it has. */
export type MotionCause = 'stop' | 'resume' | 'lease-lapse' | 'reboot' | 'hand' | 'unexplained';

/** The controlled stop of a vehicle has come into force, or is lifted. */
export interface Motion {
  readonly kind: 'motion';
  readonly stopped: boolean;
  readonly cause: MotionCause;
  /** The stop or resume that did it, else ''. */
  readonly commandId: string;
}

/** The frames of a vehicle have begun to leave it, or leave it no more. */
export interface Reporting {
  readonly kind: 'reporting';
  readonly reporting: boolean;
}

export type VehicleRecord = (Effect | Motion | Reporting) & { readonly at: number; readonly vehicleId: string; readonly bootId: number };

/** Takes down what happens at vehicles, in order for each of them. Called within their control steps: it may not wait, nor throw. */
export type EffectLog = (record: VehicleRecord) => void;

/** Protections of a vehicle that are switched off, so that a check of its history is seen to find what they keep away. */
export interface UnsafeVehicle {
  /** A known id is carried out again, whatever its sequence. */
  readonly withoutDeduplication?: boolean;
  /** A command of an epoch that is over is carried out. */
  readonly withoutEpoch?: boolean;
}

/** What a vehicle's computer takes down. A stop that changes without a cause is taken down too, with the next command or control step. */
export class ComputerLog {
  private wasStopped: boolean;

  constructor(private readonly train: DriveTrain, private readonly write: (entry: Effect | Motion) => void = () => undefined) {
    this.wasStopped = train.stopped;
  }

  effect(command: WireCommand, outcome: EffectOutcome, because: string): void {
    const { commandId, sequence, epoch, issuedAtMs, params } = command;
    this.write({ kind: 'effect', commandId, command: params.kind, sequence, epoch, issuedAtMs, outcome, because });
  }

  /** Takes down why the stop has changed, if it has since the last call. */
  motion(cause: MotionCause, commandId = ''): void {
    const { stopped } = this.train;
    if (stopped === this.wasStopped) return;
    this.wasStopped = stopped;
    this.write({ kind: 'motion', stopped, cause, commandId });
  }
}
