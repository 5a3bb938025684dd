import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { StateUnavailableError } from '@quaymaster/ports';
import { RedisStateStore } from './redis-state-store';

const servers: { server: Server; sockets: Set<Socket> }[] = [];
const stores: RedisStateStore[] = [];

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

/** Another program behind the address: what it does with a connection is the case. */
async function listen(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  });
  servers.push({ server, sockets });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}/0`;
}

/** Answers the greeting as a server does, and every script with `reply`; counts the connections. */
function greeting(reply: string | null): { readonly answer: (socket: Socket) => void; readonly seen: { connections: number } } {
  const seen = { connections: 0 };
  return {
    seen,
    answer: (socket) => {
      seen.connections += 1;
      socket.on('data', (bytes) => {
        for (const command of bytes.toString().toLowerCase().split(/\*\d+\r\n/).slice(1)) {
          if (!command.includes('eval')) socket.write(command.includes('info') ? '$9\r\nloading:0\r\n' : '+OK\r\n');
          else if (reply !== null) socket.write(reply);
        }
      });
    },
  };
}

async function open(url: string, password = 'hush-hush'): Promise<RedisStateStore> {
  const store = await RedisStateStore.open({ url, password });
  stores.push(store);
  return store;
}

/**
 * How a call was refused, and whether before a timer of `limitMs` set with it fires. Timers fire in the order they are due however late the
 * machine is, so a pause of this process, which a clock would count, does not matter.
 */
async function rejection(call: Promise<unknown>, limitMs = 1000): Promise<{ readonly error: unknown; readonly inTime: boolean }> {
  let inTime = true;
  const timer = setTimeout(() => { inTime = false; }, limitMs);
  const error: unknown = await call.then(() => null, (reason: unknown) => reason);
  clearTimeout(timer);
  return { error, inTime };
}

describe('a cache that is not there', () => {
  it('refuses every call at once, with a typed error', async () => {
    const store = await open('redis://127.0.0.1:9/0');
    for (const call of [store.get('a'), store.put('a', 1, { version: 1 }), store.list(''), store.delete('a')]) {
      const { error, inTime } = await rejection(call, 100);
      expect(error).toBeInstanceOf(StateUnavailableError);
      expect(error).toMatchObject({ code: 'QM_STATE_UNAVAILABLE', retryable: true, message: expect.stringContaining('ECONNREFUSED') as string });
      expect(inTime).toBe(true);
    }
    expect(store.isAvailable).toBe(false);
  });

  it('keeps nothing of what it was given meanwhile', async () => {
    const store = await open('redis://127.0.0.1:9/0');
    const value = { text: 'x'.repeat(1000) };
    const round = async (): Promise<number> => {
      for (let i = 0; i < 20_000; i += 1) await store.put(`vehicle:${i}`, value, { version: 1 }).catch(() => undefined);
      return process.memoryUsage().heapUsed;
    };
    const before = await round();
    // 20,000 values are 20 MB; the heap breathes by some of them between two collections, three rounds kept would be 60 MB.
    await round();
    await round();
    expect(await round() - before).toBeLessThan(40e6);
  });
});

describe('a cache that hangs', () => {
  it('refuses a call within a second while it greets', async () => {
    const store = await open(await listen(() => undefined));
    const { error, inTime } = await rejection(store.get('a'));
    expect(error).toBeInstanceOf(StateUnavailableError);
    expect(inTime).toBe(true);
  });

  it('refuses within a second what it does not answer, at once what is too much, and finds the server again', async () => {
    const { answer, seen } = greeting(null);
    const store = await open(await listen(answer));
    expect(store.isAvailable).toBe(true);
    const calls = Array.from({ length: 5000 }, (_, i) => rejection(store.put(`k${i}`, i, { version: 1 })));
    const results = await Promise.all(calls);
    expect(results.filter(({ error }) => !(error instanceof StateUnavailableError))).toEqual([]);
    expect(results.filter(({ inTime }) => !inTime)).toEqual([]);
    expect(results.filter(({ error }) => String(error).includes('owes 2000 answers'))).toHaveLength(3000);
    while (seen.connections < 2) await new Promise((resolve) => { setImmediate(resolve); });
  });
});

it('asks anew who leads when the server has become a replica', async () => {
  const { answer, seen } = greeting('-READONLY You can\'t write against a read only replica.\r\n');
  const store = await open(await listen(answer));
  await expect(store.put('a', 1, { version: 1 })).rejects.toThrow(/READONLY/);
  while (seen.connections < 2) await new Promise((resolve) => { setImmediate(resolve); });
});

it('never shows the password: not when it is refused, not in an address that is none', async () => {
  const store = await open(await listen((socket) => { socket.on('data', () => { socket.write('-WRONGPASS invalid username-password pair\r\n'); }); }));
  const { error } = await rejection(store.put('a', 1, { version: 1 }));
  expect(String(error)).toContain('WRONGPASS');
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hush-hush');
  for (const url of ['http://u:hush-hush@host', 'hush-hush', 'redis://u:hush-hush@host:1/zero']) {
    let thrown: unknown;
    try {
      new RedisStateStore({ url });
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toBeInstanceOf(RangeError);
    expect(inspect(thrown, { depth: 10 })).not.toContain('hush-hush');
  }
});

it('refuses what is no JSON, and calls after it was closed', async () => {
  const store = await open(await listen(greeting(':1\r\n').answer));
  await expect(store.put('a', undefined, { version: 1 })).rejects.toThrow(TypeError);
  expect(await store.put('a', null, { version: 1 })).toBe(true);
  await store.close();
  await expect(store.get('a')).rejects.toThrow(StateUnavailableError);
  await expect(store.close()).resolves.toBeUndefined();
});
