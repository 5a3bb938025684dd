export { RedisStateStore } from './redis-state-store';
export type { RedisStateOptions } from './redis-state-store';
