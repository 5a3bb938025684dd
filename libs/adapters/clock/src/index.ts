export { ManualClock } from './manual-clock';
export { PacedClock } from './paced-clock';
export type { PacedClockOptions } from './paced-clock';
export { SystemClock } from './system-clock';
