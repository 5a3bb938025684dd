export { ClickHouseAnalyticsStore } from './click-house-analytics-store';
export type { ClickHouseStoreOptions } from './click-house-analytics-store';
export { migrateAnalytics, openAnalytics } from './open-analytics';
export type { AnalyticsOptions, AnalyticsServer } from './open-analytics';
