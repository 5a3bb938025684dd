import type { Frame } from '@quaymaster/messages';

export interface TelemetryQuery {
  readonly vehicleId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

export interface FleetMinute {
  readonly minuteAtMs: number;
  readonly vehicles: number;
  readonly frames: number;
  readonly meanSpeedMps: number;
  readonly standingRatio: number;
}

/** History of what vehicles reported. The control path never waits for it. Every call rejects with AnalyticsUnavailableError when it cannot be served. */
export abstract class AnalyticsStore {
  /** Appends in one batch. The same token twice stores the rows once. */
  abstract appendFrames(rows: readonly Frame[], deduplicationToken: string): Promise<void>;
  abstract telemetry(query: TelemetryQuery): Promise<readonly Frame[]>;
  abstract fleetMinutes(fromMs: number, toMs: number): Promise<readonly FleetMinute[]>;
  abstract countFrames(): Promise<number>;
  abstract close(): Promise<void>;
}
