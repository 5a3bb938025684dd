import {
  commandEvents, commands, conflicts, connections, deadLetters, deviations, frames, heartbeats, incidents, missions, operatorRequests, plans, requestResults,
  stopRequests, vehicleModels, vehicleRegistrations, vehicleStatuses,
} from '@quaymaster/messages';

const names = (topics: readonly { readonly name: string }[]): readonly string[] => topics.map(({ name }) => name);

/** Streams whose order matters within a key alone, a vehicle's as a rule: their keys are spread, and as many instances can share their work. */
export const spreadTopics = {
  partitions: 8,
  names: names([frames, connections, commands, commandEvents, plans, vehicleStatuses, missions, incidents, conflicts, deviations, requestResults]),
} as const;

/**
 * Topics in one partition. Operators' requests are carried out in the order in which they were made, whoever made them. A request to stop can name several
 * vehicles and has the key of the first: only one partition keeps it in order with the other stops of each of them. Models and registrations are few, and one
 * partition is read in soonest; heartbeats have few keys; dead letters are read by people.
 */
export const singleTopics = {
  partitions: 1,
  names: names([operatorRequests, stopRequests, heartbeats, vehicleModels, vehicleRegistrations, deadLetters]),
} as const;
