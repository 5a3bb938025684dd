export { InMemoryBus } from './in-memory-bus';
export type { InMemoryBusOptions } from './in-memory-bus';
