export { BusUnavailableError, AnalyticsUnavailableError, FleetError } from './errors';
export { Clock } from './clock';
export type { Cancel } from './clock';
export { MessageBus } from './message-bus';
export type { Delivery, MessageHeader, SubscribeOptions, Subscription } from './message-bus';
export { StateStore } from './state-store';
export { AnalyticsStore } from './analytics-store';
export type { FleetMinute, TelemetryQuery } from './analytics-store';
