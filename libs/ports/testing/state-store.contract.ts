import type { StateStore } from '../src';

export interface StateStoreUnderTest {
  readonly store: StateStore;
  /** Lets time pass for the store's expiry. */
  pass(durationMs: number): Promise<void>;
}

/** What every StateStore keeps. `open` gives an empty store; the suite closes it. */
export function describeStateStore(name: string, open: () => Promise<StateStoreUnderTest>): void {
  describe(`${name} as a StateStore`, () => {
    let store: StateStore;
    let pass: (durationMs: number) => Promise<void>;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      pass = (durationMs) => opened.pass(durationMs);
    });
    afterEach(async () => { await store.close(); });

    it('gives back what was put, undefined for what was not', async () => {
      const value = { text: 'Käi "7"', list: [1, null, true], nested: { x: -0.5 } };
      expect(await store.put('a', value, { version: 1 })).toBe(true);
      expect(await store.get('a')).toEqual(value);
      expect(await store.get('b')).toBeUndefined();
    });

    it('gives copies: changing one changes nothing', async () => {
      const value = { list: [1] };
      await store.put('a', value, { version: 1 });
      value.list.push(2);
      ((await store.get('a')) as typeof value).list.push(3);
      ((await store.list('a')).get('a') as typeof value).list.push(4);
      expect(await store.get('a')).toEqual({ list: [1] });
    });

    it('refuses a version lower than the stored one, and takes an equal or higher one', async () => {
      await store.put('a', 'five', { version: 5 });
      expect(await store.put('a', 'four', { version: 4 })).toBe(false);
      expect(await store.get('a')).toBe('five');
      expect(await store.put('a', 'five again', { version: 5 })).toBe(true);
      expect(await store.put('a', 'six', { version: 6 })).toBe(true);
      expect(await store.get('a')).toBe('six');
    });

    it('takes the newest of what is put at once', async () => {
      await Promise.all([3, 1, 5, 2, 4].map((version) => store.put('a', version, { version })));
      expect(await store.get('a')).toBe(5);
    });

    it('forgets a value when its time is over, its version too', async () => {
      await store.put('a', 'old', { version: 9, ttlMs: 1000 });
      await store.put('b', 'kept', { version: 1 });
      await pass(900);
      expect(await store.get('a')).toBe('old');
      await pass(200);
      expect(await store.get('a')).toBeUndefined();
      expect([...await store.list('')]).toEqual([['b', 'kept']]);
      expect(await store.put('a', 'new', { version: 1 })).toBe(true);
    });

    it('lets a value live from its last put, and for ever when that had no time', async () => {
      await store.put('a', 1, { version: 1, ttlMs: 1000 });
      await store.put('b', 1, { version: 1, ttlMs: 1000 });
      await pass(800);
      await store.put('a', 2, { version: 2, ttlMs: 1000 });
      await store.put('b', 2, { version: 2 });
      await pass(800);
      expect([await store.get('a'), await store.get('b')]).toEqual([2, 2]);
    });

    it('does not let a refused put prolong a value', async () => {
      await store.put('a', 1, { version: 2, ttlMs: 1000 });
      await pass(800);
      await store.put('a', 0, { version: 1, ttlMs: 1000 });
      await pass(300);
      expect(await store.get('a')).toBeUndefined();
    });

    it('lists by prefix, letter by letter', async () => {
      for (const key of ['vehicle:T-1', 'vehicle:T-2', 'vehicle*', 'vehicles', 'hold:T-1']) await store.put(key, key, { version: 1 });
      expect([...(await store.list('vehicle:')).keys()].sort()).toEqual(['vehicle:T-1', 'vehicle:T-2']);
      expect([...(await store.list('vehicle*')).keys()]).toEqual(['vehicle*']);
      expect((await store.list('')).size).toBe(5);
      expect((await store.list('x')).size).toBe(0);
    });

    it('forgets what is deleted; deleting what is not there does nothing', async () => {
      await store.put('a', 1, { version: 7 });
      await store.delete('a');
      await store.delete('b');
      expect(await store.get('a')).toBeUndefined();
      expect(await store.put('a', 2, { version: 1 })).toBe(true);
    });
  });
}
