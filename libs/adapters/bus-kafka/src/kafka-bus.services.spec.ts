import { randomUUID } from 'node:crypto';
import { SystemClock } from '@quaymaster/clock';
import { jsonTopic } from '@quaymaster/messages';
import { describeMessageBus, describeWithServices } from '@quaymaster/ports/testing';
import { z } from 'zod';
import { KafkaBus } from './kafka-bus';
import type { KafkaBusOptions } from './kafka-bus.options';

const numbers = jsonTopic('contract-plain', z.number());
/** A timer may fire that much early. */
const TIMER_MS = 1;
const TOPICS = ['contract-plain', 'contract-urgent', 'contract-state', 'dead-letters'];

describeWithServices('Kafka', ['QM_KAFKA_BROKERS'], (env) => {
  const run = randomUUID().slice(0, 8);
  const prefixes: string[] = [];
  const options = { brokers: env['QM_KAFKA_BROKERS']!.split(','), clock: new SystemClock(), instanceId: 'contract' };

  // Deleted at the end and not after each test: a test's consumers leave only when its bus closes, which is after its own hooks.
  afterAll(async () => { for (const prefix of prefixes) await new KafkaBus({ ...options, prefix }).deleteTopics(TOPICS); });

  const open = async (more: Partial<KafkaBusOptions>): Promise<KafkaBus> => {
    const prefix = `${run}-${prefixes.length}-`;
    prefixes.push(prefix);
    const bus = new KafkaBus({ ...options, prefix, ...more });
    await bus.ensureTopics(TOPICS, { partitions: 3 });
    return bus;
  };

  describe.each([['KafkaBus', []], ['KafkaBus of streams', TOPICS]])('%s', (name, streamTopics) => {
    describeMessageBus(name, ({ compactedTopics, capacityPerGroup }) =>
      open({ compactedTopics, capacityPerGroup, maxMessagesPerRequest: capacityPerGroup, streamTopics }), { isInMemory: false });
  });

  it('asks the broker to take messages of a stream once in the given time at most, and keeps their order', async () => {
    const gatherMs = 20;
    const bus = await open({ streamTopics: ['contract-plain'], gatherMs });
    try {
      const heard: number[] = [];
      await bus.subscribe(numbers, 'test', async (batch) => { heard.push(...batch.map(({ message }) => message)); });
      const { requests: before } = bus.health();
      const fromMs = performance.now();
      const all: Promise<void>[] = [];
      for (let n = 0; n < 200; n += 1) {
        all.push(bus.publish(numbers, 'one key', n));
        await new Promise((resolve) => { setTimeout(resolve, 1); });
      }
      await Promise.all(all);
      const tookMs = performance.now() - fromMs;
      await bus.idle();
      expect(heard).toEqual(Array.from({ length: 200 }, (_, n) => n));
      expect(bus.health().requests - before).toBeLessThanOrEqual(tookMs / (gatherMs - TIMER_MS) + 1);
    } finally {
      await bus.close();
    }
  });
});
