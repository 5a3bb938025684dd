import { FleetError } from '@quaymaster/ports';

/** The state cache cannot answer now. It holds nothing that control needs: whoever reads or writes it goes on without. */
export class StateUnavailableError extends FleetError {
  readonly code = 'QM_STATE_UNAVAILABLE';
  readonly retryable = true;
}
