export { describeAnalyticsStore } from './analytics-store.contract';
export { describeClock } from './clock.contract';
export type { ClockUnderTest } from './clock.contract';
export { describeMessageBus } from './message-bus.contract';
export type { BusSettings } from './message-bus.contract';
export { describeWithServices } from './describe-with-services';
export { describeStateStore } from './state-store.contract';
export type { StateStoreUnderTest } from './state-store.contract';
