export { describeAnalyticsStore } from './analytics-store.contract';
