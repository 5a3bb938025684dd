import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { SystemClock } from '@quaymaster/clock';
import { deadLetters, InvalidMessageError, type DeadLetter, type Topic } from '@quaymaster/messages';
import { BusUnavailableError, type Delivery } from '@quaymaster/ports';
import { describeWithServices } from '@quaymaster/ports/testing';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { KafkaBus } from './kafka-bus';
import type { KafkaBusOptions } from './kafka-bus.options';

const encoder = new TextEncoder();

/** A number as text. A message of another kind can be written, and not be read. */
function numbers(name: string): Topic<number> {
  return {
    name, priority: false,
    encode: (message) => encoder.encode(String(message)),
    decode: (bytes) => {
      const message = Number(new TextDecoder().decode(bytes));
      if (Number.isNaN(message)) throw new InvalidMessageError(name, 'no number');
      return message;
    },
  };
}

const work = numbers('work');
const single = numbers('single');
const state = numbers('state');
const names = [work.name, single.name, state.name, deadLetters.name];
const clock = new SystemClock();

async function until(claim: () => boolean | Promise<boolean>): Promise<void> {
  while (!await claim()) await clock.sleep(10);
}

/** Time that can be made to pass, and watchdogs that look when they are told to. */
class JumpingClock extends SystemClock {
  private aheadMs = 0;
  private readonly tasks: (() => void)[] = [];
  override monotonicMs(): number {
    return super.monotonicMs() + this.aheadMs;
  }
  override every(_periodMs: number, task: () => void): () => void {
    this.tasks.push(task);
    return () => { this.tasks.splice(this.tasks.indexOf(task), 1); };
  }
  jump(byMs: number): void {
    this.aheadMs += byMs;
    for (const task of [...this.tasks]) task();
  }
}

describeWithServices('KafkaBus on a real broker', ['QM_KAFKA_BROKERS'], (env) => {
  const brokers = env['QM_KAFKA_BROKERS']!.split(',');
  const run = randomUUID().slice(0, 8);
  let prefix = '';
  let serial = 0;
  let buses: KafkaBus[] = [];

  const open = (options: Partial<KafkaBusOptions> = {}): KafkaBus => {
    const bus = new KafkaBus({ brokers, clock, instanceId: `i${buses.length}`, prefix, compactedTopics: [state.name], sessionTimeoutMs: 6000, ...options });
    buses.push(bus);
    return bus;
  };

  /** A client a call: one that has seen a topic go fails in all it is asked later. */
  async function asAdmin<T>(call: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      return await call(admin);
    } finally {
      await admin.disconnect();
    }
  }
  const committed = async (): Promise<string> => {
    const [offsets] = await asAdmin((admin) => admin.fetchOffsets({ groupId: `${prefix}g.single`, topics: [`${prefix}single`] }));
    return offsets!.partitions[0]!.offset;
  };

  beforeEach(async () => {
    prefix = `${run}-${serial += 1}-`;
    buses = [];
    const maker = open();
    await maker.ensureTopics([work.name, state.name, deadLetters.name], { partitions: 4 });
    await maker.ensureTopics([single.name], { partitions: 1 });
  });
  afterEach(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    await new KafkaBus({ brokers, clock, instanceId: 'end', prefix }).deleteTopics(names);
  });

  describe('instances of one group', () => {
    const KEYS = 20;
    const TOTAL = 600;

    type Work = { instance: number; key: string; n: number }[];

    function join(bus: KafkaBus, instance: number, handled: Work): Promise<unknown> {
      return bus.subscribe(work, 'g', async (batch) => {
        await clock.sleep(1);
        for (const { key, message } of batch) handled.push({ instance, key, n: message });
      }, { maxBatch: 5 });
    }

    const handledBy = (handled: Work, instance: number): number => handled.filter((one) => one.instance === instance).length;

    /** Publishes while one instance works or two, does something in the middle, and gives what was handled, in order. */
    async function workThrough(
      membersAtFirst: 1 | 2,
      midway: (second: KafkaBus, handled: Work) => Promise<unknown>,
      isEnough: (handled: Work) => boolean = () => true,
    ): Promise<{ handled: Work; total: number }> {
      const handled: Work = [];
      const [first, second, publisher] = [open(), open(), open()];
      await join(first, 0, handled);
      if (membersAtFirst === 2) {
        await join(second, 1, handled);
        await until(() => first.health().groups[0]!.partitions.length === 2 && second.health().groups[0]!.partitions.length === 2);
      }
      let happening: Promise<unknown> = Promise.resolve();
      let total = 0;
      // How long a hand-over takes is the broker's affair, so there is work for as long as it takes.
      while (total < TOTAL || !isEnough(handled)) {
        // Not waited for: what is published meanwhile is what could get lost.
        if (total === TOTAL / 2) happening = midway(second, handled);
        await publisher.publish(work, `k${total % KEYS}`, total);
        total += 1;
      }
      await happening;
      await until(() => new Set(handled.map(({ n }) => n)).size === total);
      return { handled, total };
    }

    const byKey = (handled: readonly { key: string; n: number }[]): number[][] =>
      Array.from({ length: KEYS }, (_, k) => handled.filter(({ key }) => key === `k${k}`).map(({ n }) => n));
    const rising = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);

    it('share its keys, and take over from one that closes: each message once, each key in order', async () => {
      const { handled, total } = await workThrough(2, async (second, soFar) => {
        await until(() => handledBy(soFar, 1) > 0);
        await second.close();
      });
      for (const instance of [0, 1]) expect(handledBy(handled, instance)).toBeGreaterThan(0);
      expect(handled).toHaveLength(total);
      for (const of of byKey(handled)) expect(of).toEqual(rising(of));
    });

    it('hand partitions to one that joins mid-work when what is running is done: each message once, each key in order', async () => {
      const { handled, total } = await workThrough(1, (second, soFar) => join(second, 1, soFar), (soFar) => handledBy(soFar, 1) > 0);
      expect(handled).toHaveLength(total);
      for (const of of byKey(handled)) expect(of).toEqual(rising(of));
    });

    it('lose nothing when the connections of one are cut mid-work, and see no key in another order', async () => {
      const { handled } = await workThrough(2, async (second) => { second.breakConnections(); });
      for (const of of byKey(handled)) expect([...new Set(of)]).toEqual(rising([...new Set(of)]));
    });

    it('do not wait for a handler that hangs: the record is delivered again, and what the old handler does moves nothing', async () => {
      let release = (): void => undefined;
      const hung = new Promise<void>((resolve) => { release = resolve; });
      const [first, second] = [open({ drainTimeoutMs: 100 }), open({ drainTimeoutMs: 100 })];
      const started: number[] = [];
      await first.subscribe(work, 'g', async ([delivery]) => {
        started.push(delivery!.message);
        await hung;
      });
      for (let n = 0; n < 20; n += 1) await first.publish(work, `k${n}`, n);
      await until(() => started.length === 1);
      const again: number[] = [];
      await second.subscribe(work, 'g', async ([delivery]) => { again.push(delivery!.message); });
      await until(() => again.length > 0);
      await second.idle();
      release();
      await first.idle();
      await until(() => new Set([...started, ...again]).size === 20);
    });
  });

  describe('a partition', () => {
    it('goes on past a record that its topic cannot read, and past one whose handler fails, and commits both', async () => {
      const [first, letters, heard] = [open(), [] as DeadLetter[], [] as number[]];
      await first.subscribe(deadLetters, 'undertaker', async ([delivery]) => { letters.push(delivery!.message); });
      await first.subscribe(single, 'g', async ([delivery]) => {
        if (delivery!.message === 2) throw new Error('cannot do 2');
        heard.push(delivery!.message);
      }, { maxAttempts: 2 });
      await first.publish(single, 'a', 'poison' as unknown as number, { messageId: 'bad', source: 'spec' });
      for (const n of [1, 2, 3]) await first.publish(single, 'a', n);
      await first.idle();
      expect(heard).toEqual([1, 3]);
      expect(letters.map(({ errorCode, attempts }) => [errorCode, attempts])).toEqual([['QM_MESSAGE_INVALID', 1], ['QM_HANDLER_FAILED', 2]]);
      expect(letters[0]).toMatchObject({ sourceTopic: 'single', group: 'g', key: 'a', headers: { messageId: 'bad', source: 'spec' } });
      expect(Buffer.from(letters[0]!.bodyBase64, 'base64').toString()).toBe('poison');
      await first.close();
      expect(await committed()).toBe('4');
    });

    it('lets other keys pass one that is being retried, and commits nothing beyond it until it is done', async () => {
      const bus = open();
      let mayPass = false;
      const heard: string[] = [];
      await bus.subscribe(single, 'g', async ([delivery]) => {
        if (delivery!.key === 'stuck' && !mayPass) throw new Error('not yet');
        heard.push(delivery!.key);
      }, { maxAttempts: 1000 });
      await bus.publish(single, 'stuck', 1);
      for (let n = 0; n < 50; n += 1) await bus.publish(single, `k${n}`, n);
      await until(() => heard.length === 50);
      expect(await committed()).toBe('0');
      mayPass = true;
      await bus.idle();
      expect(heard.at(-1)).toBe('stuck');
      await until(async () => await committed() === '51');
    });

    it('passes over tombstones of a compacted topic', async () => {
      const [bus, heard] = [open(), [] as string[]];
      await bus.publish(state, 'a', 1);
      const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      await producer.send({ topic: `${prefix}state`, messages: [{ key: 'b', value: null }] });
      await producer.disconnect();
      await bus.subscribe(state, 'g', async ([delivery]) => { heard.push(delivery!.key); });
      await bus.publish(state, 'b', 2);
      await bus.idle();
      expect(heard.sort()).toEqual(['a', 'b']);
      expect(bus.health().deadLettered).toBe(0);
    });
  });

  describe('where a group begins', () => {
    const collect = async (bus: KafkaBus, topic: Topic<number>, group: string): Promise<number[]> => {
      const heard: number[] = [];
      await bus.subscribe(topic, group, async (batch: readonly Delivery<number>[]) => { heard.push(...batch.map(({ message }) => message)); });
      return heard;
    };

    it('after a restart is where it had committed', async () => {
      const [first, publisher] = [open(), open()];
      const before = await collect(first, work, 'g');
      for (let n = 0; n < 10; n += 1) await publisher.publish(work, `k${n}`, n);
      await until(() => before.length === 10);
      await first.close();
      for (let n = 10; n < 20; n += 1) await publisher.publish(work, `k${n}`, n);
      const second = open();
      const after = await collect(second, work, 'g');
      await until(() => after.length >= 10);
      expect(after.sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => i + 10));
    });

    it('is the oldest record that there is when the log has lost the committed one, and that is counted', async () => {
      const first = open();
      const before = await collect(first, single, 'g');
      for (let n = 0; n < 3; n += 1) await first.publish(single, 'k', n);
      await first.idle();
      expect(before).toEqual([0, 1, 2]);
      await first.close();
      const second = open();
      for (let n = 3; n < 10; n += 1) await second.publish(single, 'k', n);
      await asAdmin(async (admin) => {
        const topic = `${prefix}single`;
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '7' }] });
      });
      const after = await collect(second, single, 'g');
      await until(() => after.length === 3);
      expect(after).toEqual([7, 8, 9]);
      expect(second.health().groups[0]!.unknownOffsets).toBe(1);
    });

    it('is for each instance of a broadcast group the whole state, again after each start, and the broker forgets who has closed', async () => {
      const views = async (): Promise<string[]> => {
        const { groups } = await asAdmin((admin) => admin.listGroups());
        return groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(`${prefix}view.`)).sort();
      };
      const settings = { broadcastGroups: ['view'] };
      const [first, second] = [open({ ...settings, instanceId: 'one' }), open({ ...settings, instanceId: 'two' })];
      for (const [key, n] of [['a', 1], ['b', 2], ['a', 3]] as const) await first.publish(state, key, n);
      const [atFirst, atSecond] = [await collect(first, state, 'view'), await collect(second, state, 'view')];
      await first.publish(state, 'c', 4);
      await until(() => atFirst.length === 3 && atSecond.length === 3);
      expect(await views()).toEqual([`${prefix}view.one.state`, `${prefix}view.two.state`]);
      await second.close();
      expect(await views()).toEqual([`${prefix}view.one.state`]);
      const restarted = open({ ...settings, instanceId: 'two' });
      const anew = await collect(restarted, state, 'view');
      await until(() => anew.length === 3);
      for (const heard of [atFirst, atSecond, anew]) expect(heard.sort((a, b) => a - b)).toEqual([2, 3, 4]);
    });
  });

  describe('a bus whose broker is away', () => {
    it('refuses to publish and to subscribe within its time-out, and says why', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => { server.once('listening', resolve); });
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => { server.close(resolve); });
      const bus = open({ brokers: [`127.0.0.1:${port}`], publishTimeoutMs: 1500 });
      const startedMs = performance.now();
      const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => bus.publish(work, 'k', n)));
      expect(performance.now() - startedMs).toBeLessThan(3000);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(BusUnavailableError) as unknown });
      expect(bus.health()).toMatchObject({ isPublishing: false, published: 0, refused: 50 });
      await expect(bus.ensureTopics([work.name])).rejects.toBeInstanceOf(BusUnavailableError);
    });

    it('publishes again, in order, when its connections have been cut', async () => {
      const [bus, heard] = [open(), [] as number[]];
      await bus.subscribe(work, 'g', async ([delivery]) => { heard.push(delivery!.message); });
      for (let n = 0; n < 40; n += 1) {
        if (n % 10 === 5) bus.breakConnections();
        await bus.publish(work, 'k', n).catch(() => bus.publish(work, 'k', n));
      }
      await until(() => heard.includes(39));
      expect([...new Set(heard)]).toEqual(Array.from({ length: 40 }, (_, n) => n));
    });

    it('refuses what is above the limit of waiting messages at once, and what is too large for ever', async () => {
      const bus = open({ maxWaitingToSend: 10 });
      const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => bus.publish(work, 'k', n)));
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(20);
      const large: Topic<number> = { ...work, encode: () => new Uint8Array(2_000_000) };
      await expect(bus.publish(large, 'k', 1)).rejects.toBeInstanceOf(RangeError);
      await bus.publish(work, 'k', 1);
    });
  });

  it('builds a consumer anew that makes no progress, and loses nothing', async () => {
    const jumping = new JumpingClock();
    const [bus, heard] = [open({ clock: jumping }), [] as number[]];
    await bus.subscribe(work, 'g', async ([delivery]) => { heard.push(delivery!.message); });
    await bus.publish(work, 'a', 1);
    await until(() => heard.length === 1);
    jumping.jump(60_000);
    expect(bus.health().groups[0]).toMatchObject({ rebuilt: 1, isJoined: false });
    await bus.publish(work, 'a', 2);
    await until(() => heard.includes(2));
    expect([...new Set(heard)]).toEqual([1, 2]);
    expect(bus.health().groups[0]).toMatchObject({ rebuilt: 1, isJoined: true });
  });

  it('holds no more of a group that falls behind than its capacity', async () => {
    const [bus, publisher] = [open({ capacityPerGroup: 50 }), open()];
    let release = (): void => undefined;
    const busy = new Promise<void>((resolve) => { release = resolve; });
    const heard: number[] = [];
    await bus.subscribe(single, 'g', async ([delivery]) => {
      await busy;
      heard.push(delivery!.message);
    });
    await Promise.all(Array.from({ length: 500 }, (_, n) => publisher.publish(single, `k${n % 7}`, n)));
    await until(() => bus.health().groups[0]!.waiting >= 50);
    expect(bus.health().groups[0]!.waiting).toBe(50);
    release();
    await until(() => heard.length === 500);
    for (let k = 0; k < 7; k += 1) {
      const of = heard.filter((n) => n % 7 === k);
      expect(of).toEqual([...of].sort((a, b) => a - b));
    }
  });

  it('refuses topics of another shape, and topics that are not there', async () => {
    const bus = open({ publishTimeoutMs: 2000 });
    await expect(bus.ensureTopics([work.name], { partitions: 5 })).rejects.toThrow(`${prefix}work: 4 partitions instead of 5`);
    const other = open({ compactedTopics: [work.name] });
    await expect(other.ensureTopics([work.name], { partitions: 4 })).rejects.toThrow("clean-up policy 'delete' instead of 'compact'");
    await expect(bus.publish(numbers('nowhere'), 'k', 1)).rejects.toBeInstanceOf(BusUnavailableError);
    await expect(bus.subscribe(numbers('nowhere'), 'g', async () => undefined)).rejects.toThrow('there is no such topic');
    await bus.publish(work, 'k', 1);
    expect(bus.health()).toMatchObject({ isPublishing: true, producersReplaced: 0, groups: [] });
  });
});
