import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { generate, parser } from 'mqtt-packet';
import { subscribeAtStart } from './subscribe-at-start';

const FILTER = 'fleet/v1/+/frame';
let server: Server;
let client: MqttClient;
const sockets = new Set<Socket>();

afterEach(async () => {
  await client.endAsync(true);
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** A broker that answers the nth subscription as `answer` says: with a granted quality of service, with a refusal, or by hanging up. */
async function connectTo(answer: (nth: number) => number | 'hang up'): Promise<readonly string[]> {
  const asked: string[] = [];
  server = createServer((socket) => {
    sockets.add(socket);
    const packets = parser();
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connect') socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
      if (packet.cmd !== 'subscribe') return;
      asked.push(packet.subscriptions.map(({ topic }) => topic).join());
      const word = answer(asked.length);
      if (word === 'hang up') socket.destroy();
      else socket.write(generate({ cmd: 'suback', messageId: packet.messageId!, granted: [word] }));
    });
    socket.on('data', (bytes) => { packets.parse(bytes); });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = await connectAsync(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, { reconnectPeriod: 20, queueQoSZero: false }, false);
  client.on('error', () => undefined);
  return asked;
}

it('asks once when it is granted', async () => {
  const asked = await connectTo(() => 1);
  await subscribeAtStart(client, [FILTER]);
  expect(asked).toEqual([FILTER]);
});

it('asks again when the connection was lost before the answer', async () => {
  const asked = await connectTo((nth) => (nth < 3 ? 'hang up' : 1));
  await subscribeAtStart(client, [FILTER]);
  // The client asks once more by itself after each reconnect.
  expect(asked.length).toBeGreaterThanOrEqual(3);
  expect(new Set(asked)).toEqual(new Set([FILTER]));
});

it('gives up at once when the broker refuses', async () => {
  const asked = await connectTo(() => 0x80);
  await expect(subscribeAtStart(client, [FILTER])).rejects.toThrow(/subscribe/i);
  expect(asked).toEqual([FILTER]);
});

it('does not wait for a connection that is being closed', async () => {
  const asked = await connectTo(() => 'hang up');
  const started = subscribeAtStart(client, [FILTER]);
  await Promise.all([expect(started).rejects.toThrow(), client.endAsync(true)]);
  expect(asked.length).toBeLessThanOrEqual(1);
});
