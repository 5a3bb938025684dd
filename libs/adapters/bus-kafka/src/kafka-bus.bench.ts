import { randomUUID } from 'node:crypto';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { SystemClock } from '@quaymaster/clock';
import type { Topic } from '@quaymaster/messages';
import type { MessageBus } from '@quaymaster/ports';
import { KafkaBus } from './kafka-bus';

const KEYS = 1000;
const BYTES = 300;
const WARM_UP_S = 3;
const MEASURED_S = 10;
const TICK_MS = 5;
const IDLE_GROUPS = 10;
const IDLE_S = 10;

interface Frame { readonly sentMs: number }

/** 300 bytes that begin with the time of publishing. */
const frames: Topic<Frame> = {
  name: 'bench-frames', priority: false,
  encode: ({ sentMs }) => {
    const bytes = new Uint8Array(BYTES);
    new DataView(bytes.buffer).setFloat64(0, sentMs);
    return bytes;
  },
  decode: (bytes) => ({ sentMs: new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0) }),
};

const quantile = (sorted: readonly number[], ratio: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? NaN;
const after = (delayMs: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, delayMs); });

/** Percent of one core that the process used since the start of the measurement. */
function cpuMeter(): () => string {
  const [start, startedMs] = [process.cpuUsage(), performance.now()];
  return () => {
    const { user, system } = process.cpuUsage(start);
    return `${((user + system) / 10 / (performance.now() - startedMs)).toFixed(1)} % of a core`;
  };
}

/** Publishes at a steady rate whatever the bus does, and times each message from the call of publish to the call of the handler. */
async function measure(name: string, bus: MessageBus, perSecond: number): Promise<void> {
  const latenciesMs: number[] = [];
  const acknowledgedMs: number[] = [];
  let isMeasured = false;
  let failed = 0;
  const subscription = await bus.subscribe(frames, 'bench', async (batch) => {
    if (!isMeasured) return;
    const nowMs = performance.now();
    for (const { message } of batch) latenciesMs.push(nowMs - message.sentMs);
  }, { maxBatch: 100 });
  let serial = 0;
  const send = (): void => {
    const sentMs = performance.now();
    bus.publish(frames, `vehicle-${serial % KEYS}`, { sentMs }).then(() => { if (isMeasured) acknowledgedMs.push(performance.now() - sentMs); }, () => { failed += 1; });
    serial += 1;
  };
  const startMs = performance.now();
  let cpu = cpuMeter();
  while (performance.now() - startMs < (WARM_UP_S + MEASURED_S) * 1000) {
    if (!isMeasured && performance.now() - startMs > WARM_UP_S * 1000) {
      isMeasured = true;
      cpu = cpuMeter();
    }
    const due = (performance.now() - startMs) / 1000 * perSecond;
    while (serial < due) send();
    await after(TICK_MS);
  }
  const used = cpu();
  await bus.idle();
  await subscription.close();
  latenciesMs.sort((a, b) => a - b);
  acknowledgedMs.sort((a, b) => a - b);
  const ms = (sorted: readonly number[]): string => `p50 ${quantile(sorted, 0.5).toFixed(2)} ms  p99 ${quantile(sorted, 0.99).toFixed(2)} ms`;
  console.log(`${name.padEnd(12)} ${String(perSecond).padStart(6)}/s  to handler ${ms(latenciesMs)}  to acknowledgement ${ms(acknowledgedMs)}  ${used}  ${latenciesMs.length} measured, ${failed} failed`);
}

async function idle(bus: KafkaBus): Promise<void> {
  const subscriptions = await Promise.all(Array.from({ length: IDLE_GROUPS }, (_, i) => bus.subscribe(frames, `idle-${i}`, async () => undefined)));
  await after(2000);
  const cpu = cpuMeter();
  await after(IDLE_S * 1000);
  console.log(`KafkaBus     idle, ${IDLE_GROUPS} groups: ${cpu()}`);
  await Promise.all(subscriptions.map((subscription) => subscription.close()));
}

async function run(): Promise<void> {
  const brokers = process.env['QM_KAFKA_BROKERS'];
  if (brokers === undefined) {
    console.log('no Kafka: set QM_KAFKA_BROKERS, e.g. to what npm run services -- up has written to .services/env.json');
    return;
  }
  console.log(`messages of ${BYTES} bytes over ${KEYS} keys, ${MEASURED_S} s measured after ${WARM_UP_S} s; publisher and handler in one process; 6 partitions, one copy`);
  const clock = new SystemClock();
  const kafka = new KafkaBus({ brokers: brokers.split(','), clock, instanceId: 'bench', prefix: `bench-${randomUUID().slice(0, 8)}-` });
  const topics = [frames.name, 'dead-letters'];
  await kafka.ensureTopics(topics, { retentionMs: 600_000 });
  try {
    for (const perSecond of [1000, 10_000]) {
      const memory = new InMemoryBus({ clock });
      await measure('InMemoryBus', memory, perSecond);
      await memory.close();
      await measure('KafkaBus', kafka, perSecond);
    }
    await idle(kafka);
  } finally {
    await kafka.close();
    await kafka.deleteTopics(topics);
  }
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
