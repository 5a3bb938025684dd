import { ManualClock } from '@quaymaster/clock';
import { InvalidMessageError, type DeadLetter, type Topic } from '@quaymaster/messages';
import type { SubscribeOptions } from '@quaymaster/ports';
import { GroupQueue } from './group-queue';
import { PartitionProgress } from './partition-progress';

const numbers: Topic<unknown> = {
  name: 'numbers', priority: false,
  encode: (message) => new Uint8Array([message as number]),
  decode: (bytes) => {
    if (bytes[0] === undefined || bytes[0] > 200) throw new InvalidMessageError('numbers', 'above 200');
    return bytes[0];
  },
};

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
}

describe('GroupQueue', () => {
  let clock: ManualClock;
  let letters: DeadLetter[];
  let mayBury: boolean;
  let queue: GroupQueue;
  let progress: PartitionProgress;
  let calls: { readonly numbers: number[]; readonly attempts: number[]; end(error?: Error): void }[];

  beforeEach(() => {
    clock = new ManualClock(1000);
    [letters, mayBury, calls, progress] = [[], true, [], new PartitionProgress(0, 0)];
    queue = new GroupQueue(numbers, 'g', 100, clock, async (letter) => {
      if (!mayBury) throw new Error('no broker');
      letters.push(letter);
    }, () => undefined);
  });

  /** A member whose calls end when the test says so. */
  const member = (options: SubscribeOptions = {}): (() => Promise<void>) => queue.join((batch) => new Promise((resolve, reject) => {
    calls.push({
      numbers: batch.map(({ message }) => message as number), attempts: batch.map(({ attempt }) => attempt),
      end: (error) => { if (error === undefined) resolve(); else reject(error); },
    });
  }), options);

  const push = (key: string, offset: number, value = offset): void => {
    queue.push({ key, value: new Uint8Array([value]), header: { messageId: `m${offset}`, source: '', publishedAtMs: 1, traceparent: '' }, partition: 0, offset }, progress);
  };

  it('gives a record that is fetched again after a rebalance to no handler when it was handled meanwhile', async () => {
    member();
    for (const offset of [0, 1]) push('a', offset);
    await turns();
    queue.reset();
    progress = new PartitionProgress(0, 0);
    for (const offset of [0, 1]) push('a', offset);
    await turns();
    expect(calls.map((call) => call.numbers)).toEqual([[0]]);
    calls[0]!.end();
    await turns();
    expect(calls.map((call) => call.numbers)).toEqual([[0], [1]]);
    expect(progress.position).toBe(1);
  });

  it('gives it again when the handler failed after its partition was gone, and never to two handlers at once', async () => {
    member();
    member();
    push('a', 0);
    await turns();
    queue.reset();
    progress = new PartitionProgress(0, 0);
    push('a', 0);
    await turns();
    expect(calls).toHaveLength(1);
    calls[0]!.end(new Error('too late'));
    await turns();
    expect(calls.map((call) => call.numbers)).toEqual([[0], [0]]);
    expect(progress.position).toBe(0);
  });

  it('does not give records again that were done beyond one that was not', async () => {
    member({ maxBatch: 3 });
    for (const [key, offset] of [['a', 0], ['b', 1], ['c', 2]] as const) push(key, offset);
    await turns();
    calls[0]!.end(new Error('one of them'));
    await turns();
    clock.advance(50);
    await turns();
    // One by one now; the first fails again, the others pass.
    for (const failing of [true, false, false]) {
      calls.at(-1)!.end(failing ? new Error('a') : undefined);
      await turns();
    }
    expect(progress.position).toBe(0);
    queue.reset();
    progress = new PartitionProgress(0, 0);
    for (const [key, offset] of [['a', 0], ['b', 1], ['c', 2]] as const) push(key, offset);
    await turns();
    expect(calls.at(-1)).toMatchObject({ numbers: [0], attempts: [3] });
    calls.at(-1)!.end();
    await turns();
    expect(progress.position).toBe(3);
  });

  it('passes over what a newer record of the key follows, where only the newest is wanted, and its position with it', async () => {
    member({ maxBatch: 5, newestOnly: true });
    push('a', 0);
    await turns();
    for (const [key, offset] of [['a', 1], ['b', 2], ['a', 3], ['a', 4], ['b', 5]] as const) push(key, offset);
    expect([queue.size, queue.counts.superseded]).toEqual([3, 3]);
    calls[0]!.end();
    await turns();
    expect(calls.map((call) => call.numbers)).toEqual([[0], [5, 4]]);
    expect(progress.position).toBe(4);
    calls[1]!.end();
    await turns();
    expect([progress.position, queue.size, queue.counts.handled]).toEqual([6, 0, 3]);
  });

  it('passes over nothing that is to be tried again, nor what comes while an orphan of the key is with its handler', async () => {
    member({ newestOnly: true });
    push('a', 0);
    await turns();
    calls[0]!.end(new Error('not yet'));
    await turns();
    for (const offset of [1, 2]) push('a', offset);
    clock.advance(50);
    await turns();
    queue.reset();
    progress = new PartitionProgress(0, 0);
    for (const offset of [0, 1, 2]) push('a', offset);
    await turns();
    calls[1]!.end();
    await turns();
    expect(calls.map((call) => [call.numbers, call.attempts])).toEqual([[[0], [1]], [[0], [2]], [[2], [1]]]);
  });

  it('passes over nothing when one of its members wants everything', async () => {
    member({ newestOnly: true });
    member();
    for (const offset of [0, 1, 2]) push('a', offset);
    await turns();
    for (let n = 0; n < 3; n += 1) {
      calls[n]!.end();
      await turns();
    }
    expect(calls.map((call) => call.numbers)).toEqual([[0], [1], [2]]);
  });

  it('passes a record to the dead letters only when its letter is safe, and lets only its key wait for that', async () => {
    mayBury = false;
    member();
    push('a', 0, 255);
    push('a', 1);
    push('b', 2);
    await turns();
    calls[0]!.end();
    await turns();
    expect([calls.map((call) => call.numbers), progress.position]).toEqual([[[2]], 0]);
    mayBury = true;
    clock.advance(2000);
    await turns();
    expect(letters).toMatchObject([{ sourceTopic: 'numbers', group: 'g', key: 'a', errorCode: 'QM_MESSAGE_INVALID', bodyBase64: '/w==', attempts: 1 }]);
    expect(calls.map((call) => call.numbers)).toEqual([[2], [1]]);
  });

  it('held, keeps the newest record of each key, and hands it out when released', async () => {
    member({ maxBatch: 10 });
    queue.hold();
    for (const [key, offset] of [['a', 0], ['b', 1], ['a', 2], ['a', 3]] as const) push(key, offset);
    await turns();
    expect([calls.length, queue.size, queue.counts.superseded]).toEqual([0, 2, 2]);
    queue.release();
    await turns();
    expect(calls[0]!.numbers.sort()).toEqual([1, 3]);
    calls[0]!.end();
    await turns();
    expect(progress.position).toBe(4);
  });

  it('paused, starts no handler, and tells when none is running', async () => {
    member();
    push('a', 0);
    push('b', 1);
    await turns();
    let isQuiet = false;
    void queue.pause().then(() => { isQuiet = true; });
    await turns();
    expect(isQuiet).toBe(false);
    calls[0]!.end();
    await turns();
    expect([isQuiet, calls.length]).toEqual([true, 1]);
    queue.resume();
    await turns();
    expect(calls).toHaveLength(2);
  });
});
