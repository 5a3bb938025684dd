export { fleetFilters, parseVehicleTopic, vehicleTopics } from './topics';
export { wireAcknowledgementSchema, wireCommandSchema, wireConnectionSchema, wireLeaseSchema } from './control';
export type { WireAcknowledgement, WireCommand, WireConnection, WireLease } from './control';
