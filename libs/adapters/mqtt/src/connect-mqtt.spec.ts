import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { MqttClient } from 'mqtt';
import { SubscriptionLostError, SubscriptionRefusedError } from './broker-errors';
import { connectMqtt, type MqttConnection, sharedFilter, subscribeTo } from './connect-mqtt';
import { EmbeddedBroker } from './embedded-broker';

const clients: MqttClient[] = [];
let broker: EmbeddedBroker;
/** Words that open the door; a case may take them back. */
let password: string;

beforeEach(async () => {
  password = 'open';
  broker = await EmbeddedBroker.start({
    host: '127.0.0.1', port: 0,
    authenticate: async (username, given) => {
      if (given !== password) return null;
      return username.startsWith('T-') ? { kind: 'vehicle', vehicleId: username } : { kind: 'service', name: username };
    },
  });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  await broker.close();
});

async function enter(username: string, changes: Partial<MqttConnection> = {}): Promise<MqttClient> {
  const client = await connectMqtt({ url: `mqtt://127.0.0.1:${broker.port}`, clientId: username, username, password: 'open', ...changes });
  clients.push(client);
  return client;
}

const turn = () => new Promise<void>((resolve) => { setImmediate(resolve); });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

describe('a client that was connected', () => {
  it('comes back by itself after the broker has refused it for a while', async () => {
    const faults: Error[] = [];
    const client = await enter('dispatch', { onFault: (error) => faults.push(error) });
    password = 'closed';
    client.stream.destroy();
    await until(() => faults.length >= 2);
    expect(client.connected).toBe(false);
    password = 'open';
    await until(() => client.connected);
    expect(faults[0]!.message).toMatch(/refused/i);
  });

  it('comes back in pauses that differ, and grow to five seconds at most', async () => {
    const client = await enter('dispatch');
    const pauses = Array.from({ length: 200 }, () => {
      client.emit('reconnect');
      return client.options.reconnectPeriod ?? NaN;
    });
    expect(new Set(pauses).size).toBeGreaterThan(100);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5300);
    expect(Math.max(...pauses)).toBeGreaterThan(3000);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(300);
  });

  it('hears again what it had subscribed to', async () => {
    const client = await enter('dispatch');
    await subscribeTo(client, ['fleet/v1/+/frame']);
    const heard = new Promise<void>((resolve) => { client.once('message', () => { resolve(); }); });
    client.stream.destroy();
    await until(() => client.connected);
    const vehicle = await enter('T-1');
    const sending = setInterval(() => { vehicle.publish('fleet/v1/T-1/frame', 'frame'); }, 20);
    await heard;
    clearInterval(sending);
  });
});

it('says which subscription is refused', async () => {
  const vehicle = await enter('T-1');
  await expect(subscribeTo(vehicle, ['fleet/v1/T-1/command', 'fleet/v1/T-2/command'])).rejects.toMatchObject({ code: 'QM_SUBSCRIPTION_REFUSED', filter: 'fleet/v1/T-2/command', reasonCode: 0x80 });
});

it('makes filters of groups, and refuses names that are none', () => {
  expect(sharedFilter('ingest', 'fleet/v1/+/frame')).toBe('$share/ingest/fleet/v1/+/frame');
  for (const group of ['', 'a/b', '+', '#']) expect(() => sharedFilter(group, 'x')).toThrow(RangeError);
});

describe('a broker that grants what it refused before', () => {
  let server: Server;
  let grants: number;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    grants = 0;
    // MQTT 3.1.1 by hand: greets everybody, and answers each subscription with the code at hand; 255 for no answer.
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        if (bytes[0] === 0x10) socket.write(Buffer.of(0x20, 2, 0, 0));
        else if (bytes[0] === 0x82 && grants !== 255) socket.write(Buffer.of(0x90, 3, bytes[2]!, bytes[3]!, grants));
        else if (bytes[0] === 0xc0) socket.write(Buffer.of(0xd0, 0));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const client of clients) client.end(true);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = () => `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it.each([['refuses', 0x80, SubscriptionRefusedError], ['leaves open', 255, SubscriptionLostError]])(
    'is asked until it does: one that %s a subscription after a reconnect is reported', async (_, code, kind) => {
      const faults: Error[] = [];
      const client = await enter('dispatch', { url: url(), onFault: (error) => faults.push(error) });
      await subscribeTo(client, ['fleet/v1/+/frame']);
      grants = code;
      client.stream.destroy();
      await until(() => faults.some((fault) => fault instanceof kind));
      grants = 1;
      const granted = new Promise<void>((resolve) => {
        client.on('packetreceive', (packet) => { if (packet.cmd === 'suback' && packet.granted[0] === 1) resolve(); });
      });
      await granted;
    }, 20_000,
  );
});
