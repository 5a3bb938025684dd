import { type DeadLetter, deadLetters, InvalidMessageError, type Topic } from '@quaymaster/messages';
import { BusUnavailableError, type Delivery, type MessageBus, type SubscribeOptions } from '../src';

interface Note { readonly n: number; readonly tags: string[] }

/** JSON with one rule, so that a message can be one that its topic cannot read. */
function notes(name: string, priority = false): Topic<Note> {
  return {
    name, priority,
    encode: (message) => new TextEncoder().encode(JSON.stringify(message)),
    decode: (bytes) => {
      const body = JSON.parse(new TextDecoder().decode(bytes)) as Note;
      if (typeof body.n !== 'number') throw new InvalidMessageError(name, 'n is no number');
      return body;
    },
  };
}

const note = (n: number): Note => ({ n, tags: [] });
const plain = notes('contract-plain');
const urgent = notes('contract-urgent', true);
const state = notes('contract-state');

export interface BusSettings {
  /** Topics of which the bus is to keep the newest message of each key. */
  readonly compactedTopics: readonly string[];
  /** Messages that may wait for one group before publishers do. */
  readonly capacityPerGroup: number;
}

/** A promise that is resolved from outside. */
function latch(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open: () => { open(); } };
}

/** Resolves when the claim holds: a bus behind a network needs its time. The test's own time-out is the limit. */
async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise((resolve) => { setImmediate(resolve); });
}

/** Enough turns for whatever can happen without anybody acting. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
}

/**
 * What every MessageBus keeps. `open` gives an empty bus; the suite closes it.
 *
 * @param isInMemory what a group has not taken fills this process's memory, so that publishers have to wait; else a broker keeps it
 */
export function describeMessageBus(name: string, open: (settings: BusSettings) => Promise<MessageBus>, { isInMemory }: { readonly isInMemory: boolean }): void {
  describe(`${name} as a MessageBus`, () => {
    let bus: MessageBus;
    beforeEach(async () => { bus = await open({ compactedTopics: [state.name], capacityPerGroup: 10 }); });
    afterEach(async () => { await bus.close(); });

    async function listen<T>(topic: Topic<T>, group: string, options: SubscribeOptions = {}): Promise<Delivery<T>[]> {
      const heard: Delivery<T>[] = [];
      await bus.subscribe(topic, group, async (batch) => { heard.push(...batch); }, options);
      return heard;
    }
    const numbers = (heard: readonly Delivery<Note>[]) => heard.map(({ message }) => message.n);

    describe('order', () => {
      it('is kept within a key, however long handlers take and whoever publishes at once', async () => {
        const heard = new Map<string, number[]>();
        for (let member = 0; member < 3; member += 1) {
          await bus.subscribe(plain, 'g', async (batch) => {
            for (const { key, message } of batch) {
              for (let i = 0; i < (message.n * 7 + member) % 4; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
              heard.set(key, [...heard.get(key) ?? [], message.n]);
            }
          }, { maxBatch: 3 });
        }
        await Promise.all(Array.from({ length: 120 }, (_, n) => bus.publish(plain, `k${n % 4}`, note(n))));
        await bus.idle();
        for (const [key, of] of heard) expect([key, of]).toEqual([key, [...of].sort((a, b) => a - b)]);
        expect([...heard.values()].flat()).toHaveLength(120);
      });

      it('stops at a message that failed for its own key only', async () => {
        const heard: string[] = [];
        await bus.subscribe(plain, 'g', async ([delivery]) => {
          const { key, message, attempt } = delivery!;
          heard.push(`${key}${message.n}#${attempt}`);
          if (key === 'a' && message.n === 1 && attempt < 3) throw new Error('not yet');
        });
        for (const [key, n] of [['a', 1], ['a', 2], ['b', 1], ['b', 2]] as const) await bus.publish(plain, key, note(n));
        await bus.idle();
        expect(heard.filter((one) => one.startsWith('a'))).toEqual(['a1#1', 'a1#2', 'a1#3', 'a2#1']);
        expect(heard.filter((one) => one.startsWith('b'))).toEqual(['b1#1', 'b2#1']);
        expect(heard.indexOf('b2#1')).toBeLessThan(heard.indexOf('a1#2'));
      });
    });

    describe('groups', () => {
      it('each get every message once, whichever member handles it', async () => {
        const [first, second, other] = [await listen(plain, 'g'), await listen(plain, 'g'), await listen(plain, 'h')];
        for (let n = 0; n < 30; n += 1) await bus.publish(plain, `k${n}`, note(n));
        await bus.idle();
        const all = Array.from({ length: 30 }, (_, n) => n);
        expect(numbers([...first, ...second]).sort((a, b) => a - b)).toEqual(all);
        expect(numbers(other).sort((a, b) => a - b)).toEqual(all);
      });

      it('share work: while one member is busy another takes what comes', async () => {
        const busy = latch();
        await bus.subscribe(plain, 'g', async () => busy.opened);
        const isTaken = bus.publish(plain, 'slow', note(0));
        await turns();
        const free = await listen(plain, 'g');
        await Promise.all([isTaken, bus.publish(plain, 'a', note(1)), bus.publish(plain, 'b', note(2))]);
        await until(() => free.length >= 2);
        expect(numbers(free).sort((a, b) => a - b)).toEqual([1, 2]);
        busy.open();
      });

      it('get copies: what one handler or the publisher changes, nobody else sees', async () => {
        const message = note(1);
        await bus.subscribe(plain, 'g', async (batch) => { for (const delivery of batch) delivery.message.tags.push('changed by g'); });
        const heard = await listen(plain, 'h');
        await bus.publish(plain, 'k', message);
        message.tags.push('changed after it was published');
        await bus.idle();
        expect(heard[0]!.message).toEqual(note(1));
        expect(message.tags).toEqual(['changed after it was published']);
      });

      it('keep what no member has handled for the next member', async () => {
        const subscription = await bus.subscribe(plain, 'g', async () => undefined);
        await subscription.close();
        await bus.publish(plain, 'k', note(1));
        const heard = await listen(plain, 'g');
        await bus.idle();
        expect(numbers(heard)).toEqual([1]);
      });

      it('lose a member that closes, once or twice, and no other', async () => {
        const leaving = await bus.subscribe(plain, 'g', async () => undefined);
        const staying = await listen(plain, 'g');
        await leaving.close();
        await leaving.close();
        await bus.publish(plain, 'k', note(1));
        await bus.idle();
        expect(numbers(staying)).toEqual([1]);
      });

      it('come to a compacted topic with the newest message of each key, to others with nothing of before', async () => {
        for (const [key, n] of [['a', 1], ['b', 2], ['a', 3]] as const) {
          await bus.publish(state, key, note(n));
          await bus.publish(plain, key, note(n));
        }
        const [late, plainLate] = [await listen(state, 'late'), await listen(plain, 'late')];
        await bus.publish(state, 'c', note(4));
        await bus.idle();
        expect(late.map(({ key, message }) => `${key}${message.n}`).sort()).toEqual(['a3', 'b2', 'c4']);
        expect(plainLate).toEqual([]);
      });
    });

    describe('a call of a handler', () => {
      it('has as many deliveries as it asked for at most, each of another key', async () => {
        const batches: string[][] = [];
        await bus.subscribe(plain, 'g', async (batch) => { batches.push(batch.map(({ key }) => key)); }, { maxBatch: 4 });
        for (let n = 0; n < 10; n += 1) await bus.publish(plain, `k${n % 5}`, note(n));
        await bus.idle();
        expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(4);
        for (const batch of batches) expect(new Set(batch).size).toBe(batch.length);
        expect(batches.flat()).toHaveLength(10);
      });

      it('has the header that was given, and one that was made where none was', async () => {
        const heard = await listen(plain, 'g');
        await bus.publish(plain, 'k', note(1), { messageId: 'id-1', source: 'test', publishedAtMs: 5, traceparent: '00-1-2-01' });
        await bus.publish(plain, 'k', note(2));
        await bus.publish(plain, 'k', note(3));
        await bus.idle();
        expect(heard[0]!.header).toEqual({ messageId: 'id-1', source: 'test', publishedAtMs: 5, traceparent: '00-1-2-01' });
        expect(heard[1]!.header.messageId).not.toBe(heard[2]!.header.messageId);
        expect(Number.isInteger(heard[1]!.header.publishedAtMs)).toBe(true);
      });
    });

    describe('dead letters', () => {
      it('get a message that its topic cannot read at once, with its bytes; what is behind it goes on', async () => {
        const [heard, letters] = [await listen(plain, 'g'), await listen(deadLetters, 'undertaker')];
        const poison = { n: 'three', tags: [] } as unknown as Note;
        await bus.publish(plain, 'k', poison, { messageId: 'bad' });
        await bus.publish(plain, 'k', note(4));
        await bus.idle();
        expect(numbers(heard)).toEqual([4]);
        const letter: DeadLetter = letters[0]!.message;
        expect(letter).toMatchObject({ sourceTopic: plain.name, group: 'g', key: 'k', errorCode: 'QM_MESSAGE_INVALID', attempts: 1, headers: { messageId: 'bad' } });
        expect(Buffer.from(letter.bodyBase64, 'base64').toString()).toBe(JSON.stringify(poison));
        expect(letters).toHaveLength(1);
      });

      it('get a message whose handler failed as often as it may, and not those that came with it', async () => {
        const letters = await listen(deadLetters, 'undertaker');
        const handled: number[] = [];
        await bus.subscribe(plain, 'g', async (batch) => {
          if (batch.some(({ message }) => message.n === 2)) throw new Error('cannot do 2');
          handled.push(...batch.map(({ message }) => message.n));
        }, { maxBatch: 5, maxAttempts: 2 });
        for (let n = 1; n <= 4; n += 1) await bus.publish(plain, `k${n}`, note(n));
        await bus.idle();
        expect(handled.sort()).toEqual([1, 3, 4]);
        expect(letters.map(({ message }) => [message.key, message.attempts, message.error, message.errorCode])).toEqual([['k2', 2, 'cannot do 2', 'QM_HANDLER_FAILED']]);
      });
    });

    describe('a group that falls behind', () => {
      it('does not fill the memory, and loses nothing and no order', async () => {
        const busy = latch();
        const heard: number[] = [];
        await bus.subscribe(plain, 'g', async (batch) => {
          await busy.opened;
          heard.push(...batch.map(({ message }) => message.n));
        });
        let accepted = 0;
        const all = Array.from({ length: 100 }, (_, n) => bus.publish(plain, 'k', note(n)).then(() => { accepted += 1; }));
        await turns();
        if (isInMemory) expect(accepted).toBeLessThanOrEqual(12);
        busy.open();
        await Promise.all(all);
        await bus.idle();
        expect(heard).toEqual(Array.from({ length: 100 }, (_, n) => n));
      });

      it('does not keep a priority topic waiting', async () => {
        const busy = latch();
        await bus.subscribe(plain, 'g', async () => busy.opened);
        await bus.subscribe(urgent, 'g', async () => busy.opened);
        const blocked = Array.from({ length: 30 }, (_, n) => bus.publish(plain, 'k', note(n)));
        await Promise.all(Array.from({ length: 50 }, (_, n) => bus.publish(urgent, 'k', note(n))));
        busy.open();
        await Promise.all(blocked);
      });

      it('does not hold a publisher for ever: it is refused when the bus closes', async () => {
        const busy = latch();
        await bus.subscribe(plain, 'g', async () => busy.opened);
        const outcomes = Promise.allSettled(Array.from({ length: 30 }, (_, n) => bus.publish(plain, 'k', note(n))));
        await turns();
        const closing = bus.close();
        busy.open();
        await closing;
        const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected');
        if (isInMemory) expect(refused.length).toBeGreaterThan(0);
        for (const { reason } of refused) expect(reason).toBeInstanceOf(BusUnavailableError);
      });
    });

    describe('a group that wants the newest only', () => {
      it('is given the newest of what waits for it of each key, in order, and passes over nothing else', async () => {
        const busy = latch();
        const heard: string[] = [];
        await bus.subscribe(plain, 'g', async (batch) => {
          await busy.opened;
          heard.push(...batch.map(({ key, message }) => `${key}${message.n}`));
        }, { newestOnly: true });
        await bus.subscribe(plain, 'all', async () => undefined);
        await bus.publish(plain, 'a', note(0));
        await turns();
        for (let n = 1; n < 100; n += 1) await bus.publish(plain, 'a', note(n));
        await bus.publish(plain, 'b', note(0));
        busy.open();
        await bus.idle();
        const [ofA, ofB] = ['a', 'b'].map((key) => heard.filter((one) => one.startsWith(key)));
        const numbers = ofA!.map((one) => Number(one.slice(1)));
        expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
        // Behind a network some may have been handled before the rest has come.
        expect([numbers.at(-1), numbers.length < (isInMemory ? 3 : 50), ofB]).toEqual([99, true, ['b0']]);
      });

      it('tries one that failed again before it gets a newer one', async () => {
        const heard: string[] = [];
        await bus.subscribe(plain, 'g', async ([delivery]) => {
          heard.push(`${delivery!.message.n}#${delivery!.attempt}`);
          if (delivery!.message.n === 0 && delivery!.attempt < 3) throw new Error('not yet');
        }, { newestOnly: true, maxAttempts: 3 });
        for (let n = 0; n < 5; n += 1) await bus.publish(plain, 'k', note(n));
        await bus.idle();
        expect(heard.slice(0, 3)).toEqual(['0#1', '0#2', '0#3']);
        expect(heard.at(-1)).toBe('4#1');
      });
    });

    describe('idle', () => {
      it('comes when what handlers published is handled too', async () => {
        const heard = await listen(state, 'end');
        await bus.subscribe(plain, 'relay', async ([delivery]) => {
          await turns();
          await bus.publish(state, delivery!.key, delivery!.message);
        });
        await bus.publish(plain, 'k', note(1));
        await bus.idle();
        expect(numbers(heard)).toEqual([1]);
      });
    });

    describe('closed', () => {
      it('it takes no message and no subscription', async () => {
        await bus.close();
        await expect(bus.publish(plain, 'k', note(1))).rejects.toBeInstanceOf(BusUnavailableError);
        await expect(bus.publish(urgent, 'k', note(1))).rejects.toBeInstanceOf(BusUnavailableError);
        await expect(bus.subscribe(plain, 'g', async () => undefined)).rejects.toBeInstanceOf(BusUnavailableError);
      });

      it('it has waited for running handlers and starts none', async () => {
        const [busy, started] = [latch(), latch()];
        const finished: number[] = [];
        await bus.subscribe(plain, 'g', async ([delivery]) => {
          started.open();
          await busy.opened;
          finished.push(delivery!.message.n);
        });
        await bus.publish(plain, 'k', note(1));
        await bus.publish(plain, 'k', note(2));
        await started.opened;
        let isClosed = false;
        const closing = bus.close().then(() => { isClosed = true; });
        await turns();
        expect(isClosed).toBe(false);
        busy.open();
        await closing;
        await turns();
        expect(finished).toEqual([1]);
      });
    });
  });
}
