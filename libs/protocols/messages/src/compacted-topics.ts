import { incidents, missions, vehicleModels, vehicleRegistrations, vehicleStatuses } from './fleet';
import { plans } from './plans';

/** Names of topics that are state: who comes later gets the newest message of each key. */
export const compactedTopics: readonly string[] = [plans, vehicleModels, vehicleRegistrations, vehicleStatuses, missions, incidents].map(({ name }) => name);
