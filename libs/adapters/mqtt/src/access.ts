import { parseVehicleTopic } from '@quaymaster/telemetry';

/** Who a broker client is. */
export type Principal = { readonly kind: 'service'; readonly name: string } | { readonly kind: 'vehicle'; readonly vehicleId: string };

const VEHICLE_PUBLISHES: ReadonlySet<string> = new Set(['frame', 'connection', 'ack']);
const VEHICLE_HEARS: ReadonlySet<string> = new Set(['command', 'lease']);

/** A vehicle speaks in its own name only; retained words are allowed on `connection` alone, so that nothing planted outlives its sender. */
export function mayPublish(principal: Principal, topic: string, retained: boolean): boolean {
  const address = parseVehicleTopic(topic);
  if (principal.kind === 'service') return true;
  return address !== null && address.vehicleId === principal.vehicleId && VEHICLE_PUBLISHES.has(address.channel) && (!retained || address.channel === 'connection');
}

/** A vehicle hears its own commands only; wildcards never match its own topics literally, so they are refused. */
export function maySubscribe(principal: Principal, filter: string): boolean {
  if (principal.kind === 'service') return true;
  const address = parseVehicleTopic(filter);
  return address !== null && address.vehicleId === principal.vehicleId && VEHICLE_HEARS.has(address.channel);
}
