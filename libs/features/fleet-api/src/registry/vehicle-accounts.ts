import { FleetError } from '@quaymaster/ports';

/**
 * Broker accounts of vehicles, for a broker that keeps accounts of its own. Both calls are idempotent, reject when the broker has not done what they ask, and
 * are made inside the transaction of the change that they belong to: what the broker refuses is not stored.
 */
export abstract class VehicleAccounts {
  /** Makes the vehicle's account, or gives it a new password. */
  abstract admit(vehicleId: string, password: string): Promise<void>;
  /** Cuts the vehicle off and ends its account, if it has one. */
  abstract withdraw(vehicleId: string): Promise<void>;
}

/** Nothing to do: the embedded broker asks the registry whenever a vehicle connects. */
export class AccountsInRegistry extends VehicleAccounts {
  async admit(): Promise<void> {
    await Promise.resolve();
  }

  async withdraw(): Promise<void> {
    await Promise.resolve();
  }
}

/** The broker has not changed a vehicle's account, so that nothing was changed in the registry either. */
export class VehicleAccountError extends FleetError {
  readonly code = 'QM_VEHICLE_ACCOUNT_UNAVAILABLE';
  readonly retryable = true;

  constructor(vehicleId: string, cause: unknown) {
    super(`the vehicle broker has not changed the account of ${vehicleId}: ${cause instanceof Error ? cause.message : String(cause)}; nothing was changed, ask again`, { cause });
  }
}
