import { once } from 'node:events';
import { connect } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { connectMqtt, type MqttConnection } from './connect-mqtt';
import { EmbeddedBroker } from './embedded-broker';

let broker: EmbeddedBroker;
let clients: MqttClient[];

beforeEach(async () => {
  clients = [];
  broker = await EmbeddedBroker.start({
    host: '127.0.0.1', port: 0,
    authenticate: async (username, password) => {
      if (password !== `secret of ${username}`) return null;
      return username === 'dispatch' ? { kind: 'service', name: username } : { kind: 'vehicle', vehicleId: username };
    },
  });
});
afterEach(async () => {
  for (const client of clients) client.end(true);
  await broker.close();
});

const url = () => `mqtt://127.0.0.1:${broker.port}`;

async function enter(username: string, changes: Partial<MqttConnection> = {}): Promise<MqttClient> {
  const client = await connectMqtt({ url: url(), clientId: username, username, password: `secret of ${username}`, ...changes });
  clients.push(client);
  return client;
}

interface Heard { readonly topic: string; readonly text: string; readonly retained: boolean }

/** What a client hears on a filter; `until` resolves when a text has come. */
async function listen(client: MqttClient, filter: string): Promise<{ readonly heard: Heard[]; readonly until: (text: string) => Promise<void> }> {
  const heard: Heard[] = [];
  let wake = (): void => undefined;
  client.on('message', (topic, payload, packet) => {
    heard.push({ topic, text: payload.toString(), retained: packet.retain });
    wake();
  });
  await client.subscribeAsync(filter, { qos: 1 });
  return {
    heard,
    until: async (text) => { while (!heard.some((one) => one.text === text)) await new Promise<void>((resolve) => { wake = resolve; }); },
  };
}

function closing(client: MqttClient): Promise<void> {
  return new Promise((resolve) => { client.once('close', () => { resolve(); }); });
}

/** Resolves when the broker has cut a client off; it does not come back. */
async function isCutOff(client: MqttClient): Promise<void> {
  await closing(client);
  client.end(true);
}

describe('who may enter', () => {
  it.each([
    ['without a name', {}], ['with a name and no password', { username: 'T-1' }], ['with a wrong password', { username: 'T-1', password: 'guess' }],
    ['as a vehicle under another id than its name', { clientId: 'T-2', username: 'T-1', password: 'secret of T-1' }],
  ])('nobody %s', async (_, options) => {
    await expect(connectAsync(url(), { clientId: 'T-1', protocolVersion: 4, reconnectPeriod: 0, ...options }, false)).rejects.toMatchObject({ code: 4 });
  });

  it('a service under any id', async () => {
    expect((await enter('dispatch', { clientId: 'dispatch-7' })).connected).toBe(true);
  });

  it('nobody whose check fails', async () => {
    const closed = await EmbeddedBroker.start({ host: '127.0.0.1', port: 0, authenticate: async () => { throw new Error('the database is away'); } });
    await expect(connectMqtt({ url: `mqtt://127.0.0.1:${closed.port}`, clientId: 'a', username: 'a', password: 'a' })).rejects.toMatchObject({ code: 4 });
    await closed.close();
  });

  it('nobody who speaks something else, and the others go on', async () => {
    const stranger = connect(broker.port, '127.0.0.1');
    stranger.on('error', () => undefined);
    stranger.write('GET / HTTP/1.1\r\n\r\n');
    await once(stranger, 'close');
    expect((await enter('T-1')).connected).toBe(true);
  });
});

describe('a vehicle speaks', () => {
  it('on its own topics', async () => {
    const { heard, until } = await listen(await enter('dispatch'), 'fleet/v1/+/+');
    const vehicle = await enter('T-1');
    await vehicle.publishAsync('fleet/v1/T-1/frame', 'frame', { qos: 0 });
    await vehicle.publishAsync('fleet/v1/T-1/ack', 'ack', { qos: 1 });
    await vehicle.publishAsync('fleet/v1/T-1/connection', 'here', { qos: 1, retain: true });
    await until('here');
    expect(heard.map(({ topic, text }) => [topic, text])).toEqual([['fleet/v1/T-1/frame', 'frame'], ['fleet/v1/T-1/ack', 'ack'], ['fleet/v1/T-1/connection', 'here']]);
  });

  it.each([
    ['in the name of another', 'fleet/v1/T-2/frame', false], ['commands to itself', 'fleet/v1/T-1/command', false], ['a lease to itself', 'fleet/v1/T-1/lease', false],
    ['elsewhere', 'anything', false], ['in the broker\'s own name', '$SYS/uptime', false], ['a frame that outlives it', 'fleet/v1/T-1/frame', true],
  ])('never %s: it is cut off and nobody hears it', async (_, topic, retain) => {
    const service = await enter('dispatch');
    const { heard, until } = await listen(service, '#');
    const vehicle = await enter('T-1');
    const cutOff = isCutOff(vehicle);
    vehicle.publish(topic, 'forged', { qos: 1, retain });
    await cutOff;
    await service.publishAsync('marker', 'marker', { qos: 1 });
    await until('marker');
    expect(heard.map(({ text }) => text)).toEqual(['marker']);
    const later = await listen(await enter('dispatch', { clientId: 'later' }), topic);
    expect(later.heard).toEqual([]);
  });

  it('in payloads of bounded size', async () => {
    const { heard, until } = await listen(await enter('dispatch'), 'fleet/v1/+/frame');
    const vehicle = await enter('T-1');
    const cutOff = isCutOff(vehicle);
    vehicle.publish('fleet/v1/T-1/frame', Buffer.alloc(256 * 1024 + 1), { qos: 1 });
    await cutOff;
    await (await enter('T-2')).publishAsync('fleet/v1/T-2/frame', 'T-2 goes on', { qos: 1 });
    await until('T-2 goes on');
    expect(heard).toHaveLength(1);
  });
});

describe('a vehicle hears', () => {
  it('its own commands and leases', async () => {
    const vehicle = await enter('T-1');
    const { heard, until } = await listen(vehicle, 'fleet/v1/T-1/command');
    await vehicle.subscribeAsync('fleet/v1/T-1/lease');
    const service = await enter('dispatch');
    await service.publishAsync('fleet/v1/T-2/command', 'for another', { qos: 1 });
    await service.publishAsync('fleet/v1/T-1/lease', 'lease', { qos: 0 });
    await service.publishAsync('fleet/v1/T-1/command', 'stop', { qos: 1 });
    await until('stop');
    expect(heard.map(({ text }) => text)).toEqual(['lease', 'stop']);
  });

  it.each(['fleet/v1/T-2/command', 'fleet/v1/+/command', 'fleet/v1/T-1/+', 'fleet/v1/T-1/#', 'fleet/#', '#', '+/+/+/+', 'fleet/v1/T-1/frame', '$SYS/#', '$share/g/fleet/v1/T-2/command'])(
    'nothing on %s', async (filter) => {
      const vehicle = await enter('T-1');
      await expect(vehicle.subscribeAsync(filter, { qos: 1 })).rejects.toThrow();
      const { heard, until } = await listen(vehicle, 'fleet/v1/T-1/command');
      const service = await enter('dispatch');
      await service.publishAsync('fleet/v1/T-2/command', 'for another', { qos: 1 });
      await service.publishAsync('fleet/v1/T-1/command', 'marker', { qos: 1 });
      await until('marker');
      expect(heard.map(({ text }) => text)).toEqual(['marker']);
    },
  );
});

describe('a connection', () => {
  const will = { topic: 'fleet/v1/T-1/connection', payload: 'broken', retain: true };

  it('that breaks is told by its last will, to those who come later too', async () => {
    const { heard, until } = await listen(await enter('dispatch'), 'fleet/v1/+/connection');
    const vehicle = await enter('T-1', { will });
    await vehicle.publishAsync('fleet/v1/T-1/connection', 'online', { qos: 1, retain: true });
    await until('online');
    vehicle.options.reconnectPeriod = 0;
    vehicle.stream.destroy();
    await until('broken');
    expect(heard.map(({ text }) => text)).toEqual(['online', 'broken']);
    const later = await listen(await enter('dispatch', { clientId: 'later' }), 'fleet/v1/+/connection');
    await later.until('broken');
    expect(later.heard).toEqual([{ topic: 'fleet/v1/T-1/connection', text: 'broken', retained: true }]);
  });

  it('that is ended in good order leaves no will', async () => {
    const service = await enter('dispatch');
    const { heard, until } = await listen(service, '#');
    await (await enter('T-1', { will })).endAsync();
    await service.publishAsync('marker', 'marker', { qos: 1 });
    await until('marker');
    expect(heard.map(({ text }) => text)).toEqual(['marker']);
  });

  it('may not leave a will in the name of another', async () => {
    const service = await enter('dispatch');
    const { heard, until } = await listen(service, '#');
    const vehicle = await enter('T-1', { will: { ...will, topic: 'fleet/v1/T-2/connection' } });
    const other = await enter('T-3', { will: { ...will, topic: 'fleet/v1/T-3/connection', payload: 'marker' } });
    for (const client of [vehicle, other]) client.options.reconnectPeriod = 0;
    vehicle.stream.destroy();
    await closing(vehicle);
    other.stream.destroy();
    await until('marker');
    expect(heard.map(({ text }) => text)).toEqual(['marker']);
  });

  it('gives way to a newer one of the same id, which is counted', async () => {
    const first = await enter('T-1');
    const cutOff = isCutOff(first);
    expect(broker.takeovers).toBe(0);
    const second = await enter('T-1');
    await cutOff;
    expect(second.connected).toBe(true);
    expect(broker.takeovers).toBe(1);
  });

  it('that ended and came back is no takeover', async () => {
    await (await enter('T-1')).endAsync();
    await enter('T-1');
    expect(broker.takeovers).toBe(0);
  });
});

it('ends with its clients connected', async () => {
  const vehicle = await enter('T-1');
  const cutOff = isCutOff(vehicle);
  const closedUrl = url();
  await broker.close();
  await cutOff;
  await expect(connectMqtt({ url: closedUrl, clientId: 'a', username: 'a', password: 'a' })).rejects.toThrow();
  broker = await EmbeddedBroker.start({ host: '127.0.0.1', port: 0, authenticate: async () => null });
});
