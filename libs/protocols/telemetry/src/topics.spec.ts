import fc from 'fast-check';
import { fleetFilters, parseVehicleTopic, vehicleTopics } from './topics';

/** MQTT's rule, level by level. */
const matches = (filter: string, topic: string): boolean => {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  return wanted.length === levels.length && wanted.every((level, i) => level === '+' || level === levels[i]);
};
const vehicleId = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,64}$/);

it('finds the vehicle and the channel of each topic again', () => {
  fc.assert(fc.property(vehicleId, (id) => {
    const channels = Object.values(vehicleTopics).map((topicOf) => parseVehicleTopic(topicOf(id)));
    expect(channels.map((address) => address?.vehicleId)).toEqual(Array.from({ length: 5 }, () => id));
    expect(channels.map((address) => address?.channel)).toEqual(['frame', 'connection', 'ack', 'command', 'lease']);
  }));
});

it.each([
  [fleetFilters.frames, vehicleTopics.frame], [fleetFilters.connections, vehicleTopics.connection], [fleetFilters.acknowledgements, vehicleTopics.acknowledgement],
])('%s hears that topic of every vehicle and no other topic', (filter, topicOf) => {
  for (const other of Object.values(vehicleTopics)) expect(matches(filter, other('T-1'))).toBe(other === topicOf);
});

it.each(['', 'fleet', 'fleet/v1/T-1', 'fleet/v1//frame', 'fleet/v2/T-1/frame', 'Fleet/v1/T-1/frame', '/fleet/v1/T-1/frame', 'fleet/v1/T-1/frame/', 'fleet/v1/T-1/a/b', '$SYS/v1/T-1/frame'])(
  '"%s" is none of ours', (topic) => { expect(parseVehicleTopic(topic)).toBeNull(); },
);

it('answers whatever text there is', () => {
  fc.assert(fc.property(fc.string(), (topic) => {
    const address = parseVehicleTopic(topic);
    return address === null || topic === `fleet/v1/${address.vehicleId}/${address.channel}`;
  }));
});
