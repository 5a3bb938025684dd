/** An error that a caller can act on. Anything else that is thrown is a bug and is never retried. */
export abstract class FleetError extends Error {
  abstract readonly code: `QM_${string}`;
  /** True if the same call may succeed later with nothing changed. */
  abstract readonly retryable: boolean;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The message bus cannot take messages now. Nothing was published. */
export class BusUnavailableError extends FleetError {
  readonly code = 'QM_BUS_UNAVAILABLE';
  readonly retryable = true;
}

/** The state cache cannot answer now. It holds nothing that control needs: whoever reads or writes it goes on without. */
export class StateUnavailableError extends FleetError {
  readonly code = 'QM_STATE_UNAVAILABLE';
  readonly retryable = true;
}

/** The analytics store cannot answer; history routes say so, control goes on without it. */
export class AnalyticsUnavailableError extends FleetError {
  readonly code = 'QM_ANALYTICS_UNAVAILABLE';
  readonly retryable = true;
}
