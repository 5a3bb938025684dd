import { randomUUID } from 'node:crypto';
import { SystemClock } from '@quaymaster/clock';
import { describeMessageBus, describeWithServices } from '@quaymaster/ports/testing';
import { KafkaBus } from './kafka-bus';

const TOPICS = ['contract-plain', 'contract-urgent', 'contract-state', 'dead-letters'];

describeWithServices('Kafka', ['QM_KAFKA_BROKERS'], (env) => {
  const run = randomUUID().slice(0, 8);
  const prefixes: string[] = [];
  const options = { brokers: env['QM_KAFKA_BROKERS']!.split(','), clock: new SystemClock(), instanceId: 'contract' };

  // Deleted at the end and not after each test: a test's consumers leave only when its bus closes, which is after its own hooks.
  afterAll(async () => { for (const prefix of prefixes) await new KafkaBus({ ...options, prefix }).deleteTopics(TOPICS); });

  describeMessageBus('KafkaBus', async ({ compactedTopics, capacityPerGroup }) => {
    const prefix = `${run}-${prefixes.length}-`;
    prefixes.push(prefix);
    const bus = new KafkaBus({ ...options, prefix, compactedTopics, capacityPerGroup, maxMessagesPerRequest: capacityPerGroup });
    await bus.ensureTopics(TOPICS, { partitions: 3 });
    return bus;
  });
});
