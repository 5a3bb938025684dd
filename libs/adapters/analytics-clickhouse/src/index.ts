export { ClickHouseAnalyticsStore } from './click-house-analytics-store';
export { openAnalytics } from './open-analytics';
export type { AnalyticsOptions } from './open-analytics';
