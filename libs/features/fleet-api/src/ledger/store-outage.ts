import { FleetError } from '@quaymaster/ports';

/** The relational store cannot be reached now. Nothing was stored. */
export class StoreUnavailableError extends FleetError {
  readonly code = 'QM_STORE_UNAVAILABLE';
  readonly retryable = true;
}

/** SQLSTATE classes of a server that is away, shutting down, out of resources, or does not grant a lock in time. */
const OUTAGE_CLASSES = ['08', '53', '55', '57', '58'];
/** What says that a statement itself was wrong: data, constraints, syntax. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** True for an error that comes from a store which is away, false for a statement that it refused and for everything else. */
export function isStoreOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const driver: unknown = 'driverError' in error ? error.driverError : error;
  const code = driver instanceof Error && 'code' in driver && typeof driver.code === 'string' ? driver.code : '';
  if (SQLSTATE.test(code)) return OUTAGE_CLASSES.includes(code.slice(0, 2));
  // Without a SQLSTATE the server has not answered at all, if it was the store that was asked.
  return 'driverError' in error || /^E[A-Z]+$/.test(code) || /database|connection|pool|closed/i.test(error.message);
}
