/** MQTT topics of the native protocol. A vehicle's broker user name is its id. */
export const vehicleTopics = {
  /** Vehicle -> cloud, QoS 0: protobuf `Frame`. */
  frame: (vehicleId: string): string => `fleet/v1/${vehicleId}/frame`,
  /** Vehicle -> cloud, QoS 1, retained, last will: JSON `WireConnection`. */
  connection: (vehicleId: string): string => `fleet/v1/${vehicleId}/connection`,
  /** Vehicle -> cloud, QoS 1: JSON `WireAcknowledgement`. */
  acknowledgement: (vehicleId: string): string => `fleet/v1/${vehicleId}/ack`,
  /** Cloud -> vehicle, QoS 1: JSON `WireCommand`. */
  command: (vehicleId: string): string => `fleet/v1/${vehicleId}/command`,
  /** Cloud -> vehicle, QoS 0, each second: JSON `WireLease`. */
  lease: (vehicleId: string): string => `fleet/v1/${vehicleId}/lease`,
} as const;

/** What a service subscribes to hear every vehicle. */
export const fleetFilters = {
  frames: 'fleet/v1/+/frame',
  connections: 'fleet/v1/+/connection',
  acknowledgements: 'fleet/v1/+/ack',
} as const;

/** Vehicle id and channel of a topic, null when it is none of ours. */
export function parseVehicleTopic(topic: string): { vehicleId: string; channel: string } | null {
  const levels = topic.split('/');
  if (levels.length !== 4 || levels[0] !== 'fleet' || levels[1] !== 'v1') return null;
  const [, , vehicleId, channel] = levels;
  if (vehicleId === undefined || vehicleId === '' || channel === undefined) return null;
  return { vehicleId, channel };
}
