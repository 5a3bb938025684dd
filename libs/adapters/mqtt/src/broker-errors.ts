import { FleetError } from '@quaymaster/ports';

/** The broker does not let this client hear what it asked for. Nothing changes by asking again: the client's rights are wrong. */
export class SubscriptionRefusedError extends FleetError {
  readonly code = 'QM_SUBSCRIPTION_REFUSED';
  readonly retryable = false;

  constructor(readonly filter: string, readonly reasonCode: number) {
    super(`the broker refuses the subscription ${filter} (reason 0x${reasonCode.toString(16)}): this client's rights do not cover it`);
  }
}

/** The broker has not confirmed a subscription. It is asked for again. */
export class SubscriptionLostError extends FleetError {
  readonly code = 'QM_SUBSCRIPTION_LOST';
  readonly retryable = true;
}

/** The broker did not answer in time, or is not connected. The request may or may not have been carried out; all of them may be repeated. */
export class BrokerUnavailableError extends FleetError {
  readonly code = 'QM_BROKER_UNAVAILABLE';
  readonly retryable = true;
}

/** The broker refused to change its clients or roles. */
export class BrokerRefusedError extends FleetError {
  readonly code = 'QM_BROKER_REFUSED';
  readonly retryable = false;
}
