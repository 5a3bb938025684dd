export { fleetFilters, parseVehicleTopic, vehicleTopics } from './topics';
export { wireAcknowledgementSchema, wireCommandSchema, wireConnectionSchema, wireLeaseSchema } from './control';
export type { WireAcknowledgement, WireCommand, WireConnection, WireLease } from './control';
export { decodeFrame, encodeFrame } from './frame-codec';
export type { DecodedFrame, WireFrame, WireFusedObject } from './frame-codec';
