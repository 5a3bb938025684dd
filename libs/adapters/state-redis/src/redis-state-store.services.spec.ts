import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { SystemClock } from '@quaymaster/clock';
import { StateUnavailableError } from '@quaymaster/ports';
import { describeStateStore, describeWithServices } from '@quaymaster/ports/testing';
import { Redis } from 'ioredis';
import { RedisStateStore } from './redis-state-store';

const clock = new SystemClock();
let serial = 0;
/** A site of its own on the shared server. */
const site = (): string => `test-${process.pid}-${Date.now()}-${serial++}`;

/** A way to the server that can be cut and frozen. */
async function road(to: URL): Promise<{ readonly url: string; cut(): Promise<void>; mend(): Promise<void>; freeze(): void; thaw(): void }> {
  const sockets = new Set<Socket>();
  const answering = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(to.port || 6379), to.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
    answering.add(far);
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    url: `redis://127.0.0.1:${port}${to.pathname}`,
    cut: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await closed;
    },
    mend: async () => { await listen(port); },
    freeze: () => { for (const socket of answering) socket.pause(); },
    thaw: () => { for (const socket of answering) socket.resume(); },
  };
}

describeWithServices('Redis', ['QM_REDIS_URL'], (env) => {
  const options = (keyPrefix = site(), url = env['QM_REDIS_URL']!) => ({ url, password: env['QM_REDIS_PASSWORD'], keyPrefix });
  let raw: Redis;
  beforeAll(() => { raw = new Redis(env['QM_REDIS_URL']!, { ...(env['QM_REDIS_PASSWORD'] === undefined ? {} : { password: env['QM_REDIS_PASSWORD'] }) }); });
  afterAll(async () => {
    const left = await raw.keys(`{test-${process.pid}-*`);
    if (left.length > 0) await raw.del(left);
    raw.disconnect();
  });

  describeStateStore('RedisStateStore', async () => ({ store: await RedisStateStore.open(options()), pass: (durationMs) => clock.sleep(durationMs) }));

  it('keeps sites apart that share a server', async () => {
    const [a, b] = [await RedisStateStore.open(options()), await RedisStateStore.open(options())];
    await a.put('vehicle:T-1', 'of a', { version: 5 });
    expect(await b.put('vehicle:T-1', 'of b', { version: 1 })).toBe(true);
    expect([...await a.list('')]).toEqual([['vehicle:T-1', 'of a']]);
    expect(await b.get('vehicle:T-1')).toBe('of b');
    await Promise.all([a.close(), b.close()]);
  });

  it('is shared by the services of a site, whoever wrote last', async () => {
    const shared = options();
    const [a, b] = [await RedisStateStore.open(shared), await RedisStateStore.open(shared)];
    await Promise.all(Array.from({ length: 200 }, (_, version) => (version % 2 === 0 ? a : b).put('k', version, { version })));
    expect(await a.get('k')).toBe(199);
    await Promise.all([a.close(), b.close()]);
  });

  it('lists thousands of names page by page', async () => {
    const store = await RedisStateStore.open(options());
    const names = Array.from({ length: 1500 }, (_, i) => `vehicle:${i}`);
    await Promise.all(names.map((name) => store.put(name, name, { version: 1 })));
    await store.put('vehiclf', 1, { version: 1 });
    await store.put('vehicle:ÿ\u{10FFFF}', 1, { version: 1 });
    expect((await store.list('vehicle:')).size).toBe(1501);
    expect((await store.list('')).size).toBe(1502);
    await store.close();
  });

  it('clears the names of what has run out while others are put', async () => {
    const prefix = site();
    const store = await RedisStateStore.open(options(prefix));
    await Promise.all(Array.from({ length: 50 }, (_, i) => store.put(`short:${i}`, i, { version: 1, ttlMs: 1 })));
    await clock.sleep(20);
    for (let i = 0; i < 25; i += 1) await store.put('long', i, { version: i });
    expect(await raw.zrange(`{${prefix}}:names`, 0, -1)).toEqual(['long']);
    expect(await raw.zcard(`{${prefix}}:instants`)).toBe(0);
    await store.close();
  });

  it('survives a server that has forgotten everything, its scripts too', async () => {
    const prefix = site();
    const store = await RedisStateStore.open(options(prefix));
    await store.put('a', 1, { version: 9 });
    await raw.del(`{${prefix}}:state:a`, `{${prefix}}:names`, `{${prefix}}:instants`);
    await raw.script('FLUSH');
    expect(await store.get('a')).toBeUndefined();
    expect(await store.put('a', 2, { version: 1 })).toBe(true);
    expect([...await store.list('')]).toEqual([['a', 2]]);
    await store.close();
  });

  describe('behind a road that fails', () => {
    let way: Awaited<ReturnType<typeof road>>;
    let store: RedisStateStore;
    beforeEach(async () => {
      way = await road(new URL(env['QM_REDIS_URL']!));
      store = await RedisStateStore.open(options(site(), way.url));
    });
    afterEach(async () => {
      await store.close();
      await way.cut().catch(() => undefined);
    });

    /** Milliseconds until a put works again. */
    const recovery = async (): Promise<number> => {
      const fromMs = clock.monotonicMs();
      while (!await store.put('probe', 1, { version: 1 }).catch(() => false)) {
        if (clock.monotonicMs() - fromMs > 10_000) throw new Error('it did not come back within 10 s');
        await clock.sleep(10);
      }
      return clock.monotonicMs() - fromMs;
    };

    it('refuses at once while it is cut, and is back within five seconds of being mended', async () => {
      await store.put('a', 1, { version: 1 });
      await way.cut();
      for (let i = 0; i < 100; i += 1) {
        const fromMs = clock.monotonicMs();
        await expect(store.put('a', i, { version: 2 + i })).rejects.toBeInstanceOf(StateUnavailableError);
        expect(clock.monotonicMs() - fromMs).toBeLessThan(1000);
      }
      await way.mend();
      expect(await recovery()).toBeLessThan(5000);
      expect(await store.get('a')).toBe(1);
    });

    it('refuses within a second while it is frozen, leaves what got through in one effect, and comes back', async () => {
      way.freeze();
      const fromMs = clock.monotonicMs();
      const calls = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => store.put('a', i, { version: i })));
      expect(clock.monotonicMs() - fromMs).toBeLessThan(1000);
      expect(calls.filter(({ status }) => status === 'fulfilled')).toEqual([]);
      way.thaw();
      expect(await recovery()).toBeLessThan(5000);
      expect(await store.get('a')).toBe(99);
      expect(await store.put('a', 'old', { version: 98 })).toBe(false);
    });
  });

  it('refuses a wrong password, and says so without it', async () => {
    const store = await RedisStateStore.open({ ...options(), password: 'not-this-one' });
    await expect(store.get('a')).rejects.toThrow(/WRONGPASS|NOAUTH|Ready check/);
    await expect(store.get('a')).rejects.not.toThrow(/not-this-one/);
    await store.close();
  });
});
