import type { RunningPlan } from '@quaymaster/messages';
import type { WireFrame } from '@quaymaster/telemetry';

const BRAKING_MPS2 = 1.5;
/** Permission reaches this far ahead [m]. */
const AHEAD_M = 100;

export interface LoadVehicleStart {
  readonly vehicleId: string;
  readonly modelId: string;
  /** Where its path begins, its direction along x, its length and how fast it is driven; a path of 0 m is a place to stand at. */
  readonly xM: number;
  readonly yM: number;
  readonly direction: 1 | -1;
  readonly lengthM: number;
  readonly speedMps: number;
}

/** What a vehicle of the load reports: it drives its straight path at a steady speed, and brakes in service when it is told to stop. */
export class LoadVehicle {
  sM: number;
  stopped = false;
  epoch = 0;
  commandSequence = 0;
  private speedMps: number;
  private sequence = 0;
  private reportedAtMs: number | null = null;

  constructor(readonly start: LoadVehicleStart, readonly bootId: number) {
    this.sM = Math.min(10, start.lengthM);
    this.speedMps = start.lengthM > 0 ? start.speedMps : 0;
  }

  get xM(): number {
    return this.start.xM + this.start.direction * this.sM;
  }

  /** Null for one that stands from the start on. */
  get plan(): Omit<RunningPlan, 'publishedAtMs'> | null {
    const { vehicleId, xM, yM, direction, lengthM, speedMps } = this.start;
    if (lengthM === 0) return null;
    const points = Math.ceil(lengthM / 5) + 1;
    const pathXyM = Array.from({ length: points }, (_, i) => [xM + (direction * lengthM * i) / (points - 1), yM]).flat();
    return { vehicleId, routeId: `route-${vehicleId}`, pathXyM, limitFromSM: [0], limitMps: [speedMps] };
  }

  /** Its next report. */
  frame(nowMs: number): WireFrame {
    const { vehicleId, modelId, yM, direction, lengthM } = this.start;
    const elapsedS = this.reportedAtMs === null ? 0 : (nowMs - this.reportedAtMs) / 1000;
    this.reportedAtMs = nowMs;
    const brakes = this.stopped || this.sM + (this.speedMps * this.speedMps) / (2 * BRAKING_MPS2) >= lengthM;
    const before = this.speedMps;
    if (brakes) this.speedMps = Math.max(0, before - BRAKING_MPS2 * elapsedS);
    this.sM = Math.min(lengthM, this.sM + ((before + this.speedMps) / 2) * elapsedS);
    this.sequence += 1;
    return {
      vehicleId, bootId: this.bootId, sequence: this.sequence, observedAtMs: nowMs, modelId, mode: 'AUTOMATIC', xM: this.xM, yM, headingRad: direction === 1 ? 0 : Math.PI,
      speedMps: this.speedMps, accelerationMps2: brakes && this.speedMps > 0 ? -BRAKING_MPS2 : 0, yawRateRadPs: 0, positionSigmaM: 0.03, hitchAnglesRad: [],
      routeId: lengthM > 0 ? `route-${vehicleId}` : '', routeSM: this.sM, releasedToSM: Math.min(lengthM, this.sM + AHEAD_M), stopped: this.stopped, leaseAlive: true, epoch: this.epoch,
      commandSequence: this.commandSequence, errors: [], objects: [],
    };
  }
}
