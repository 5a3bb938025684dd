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

describe('work on messages, many at once,', () => {
  interface Job { readonly topic: string; readonly text: string; readonly done: (error?: Error) => void }

  async function worker(maxInFlight: number, faults: Error[] = []): Promise<{ readonly jobs: Job[]; readonly vehicles: readonly MqttClient[] }> {
    const service = await enter('ingest', { maxInFlight, onFault: (error) => faults.push(error) });
    const jobs: Job[] = [];
    service.handleMessage = (packet, done) => { jobs.push({ topic: packet.topic, text: packet.payload.toString(), done }); };
    await subscribeTo(service, ['fleet/v1/+/+']);
    return { jobs, vehicles: [await enter('T-1'), await enter('T-2'), await enter('T-3')] };
  }
  const send = (vehicle: MqttClient, text: string, qos: 0 | 1 = 0) => vehicle.publishAsync(`fleet/v1/${vehicle.options.clientId!}/${qos === 0 ? 'frame' : 'ack'}`, text, { qos });

  it('goes on for other vehicles while one waits, and keeps the order of each', async () => {
    const { jobs, vehicles: [a, b] } = await worker(8);
    for (const text of ['a1', 'a2', 'a3']) await send(a!, text);
    await until(() => jobs.length === 1);
    await send(b!, 'b1');
    await until(() => jobs.length === 2);
    expect(jobs.map(({ text }) => text)).toEqual(['a1', 'b1']);
    for (let i = 0; i < 4; i += 1) {
      await until(() => jobs.length > i);
      jobs[i]!.done();
    }
    await until(() => jobs.length === 4);
    expect(jobs.map(({ text }) => text).filter((text) => text.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  it('stops reading when as many wait as may', async () => {
    const { jobs, vehicles: [a, b, c] } = await worker(2);
    await send(a!, 'a1');
    await send(b!, 'b1');
    await until(() => jobs.length === 2);
    await send(c!, 'c1');
    // Its own connection to the broker is idle: what could come has come after the answer to another one.
    await send(c!, 'c-ack', 1);
    for (let i = 0; i < 50; i += 1) await turn();
    expect(jobs.map(({ text }) => text)).toEqual(['a1', 'b1']);
    jobs[0]!.done();
    await until(() => jobs.length === 3);
    expect(jobs[2]!.text).toBe('c1');
  });

  it('is tried again when it fails and its sender wants an answer, and given up after five tries', async () => {
    const faults: Error[] = [];
    const { jobs, vehicles: [a] } = await worker(8, faults);
    await send(a!, 'poison', 1);
    for (let tries = 1; tries <= 5; tries += 1) {
      await until(() => jobs.length === tries);
      jobs[tries - 1]!.done(new Error(`try ${tries}`));
    }
    await send(a!, 'next', 1);
    await until(() => jobs.length === 6);
    expect(jobs[5]!.text).toBe('next');
    expect(faults.map(({ message }) => message)).toEqual(['try 5']);
    jobs[5]!.done();
  });
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
