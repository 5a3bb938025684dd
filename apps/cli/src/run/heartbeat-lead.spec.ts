import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { heartbeats, type Topic } from '@quaymaster/messages';
import type { Delivery, Subscription } from '@quaymaster/ports';
import { HeartbeatLead } from './heartbeat-lead';
import { SignedBus } from './signed-bus';

/** One instance's bus: its groups are its own, as broadcast groups are. */
class OwnBus extends SignedBus {
  private static serial = 0;

  override subscribe<T>(topic: Topic<T>, group: string, handle: (batch: readonly Delivery<T>[]) => Promise<void>): Promise<Subscription> {
    OwnBus.serial += 1;
    return super.subscribe(topic, `${group}-${OwnBus.serial}`, handle);
  }
}

let clock: ManualClock;
let bus: InMemoryBus;

beforeEach(() => {
  clock = new ManualClock();
  bus = new InMemoryBus({ clock });
});

afterEach(async () => { await bus.close(); });

async function beat(source: string, service: 'collision' | 'scheduler' = 'collision'): Promise<void> {
  await new SignedBus(bus, source).publish(heartbeats, service, { service, instance: '', epoch: 0, atMs: clock.nowMs(), isLeaving: false });
  await bus.idle();
}

/** Listens as an instance does that has just started, while others beat each second. */
async function join(source: string, ...beating: readonly string[]): Promise<HeartbeatLead> {
  const joining = HeartbeatLead.on(new OwnBus(bus, source), clock, 'collision');
  for (let n = 0; n < 3; n += 1) {
    // The subscription and the wait behind it begin in turns of their own.
    await new Promise((resolve) => { setImmediate(resolve); });
    for (const other of beating) await beat(other);
    clock.advance(1000);
  }
  return joining;
}

it('an instance that hears nobody, or only itself and other services, goes to work', async () => {
  expect((await join('a')).isTaken).toBe(false);
  const lead = await join('b', 'b');
  await beat('x', 'scheduler');
  expect(lead.isTaken).toBe(false);
});

it('an instance that hears another one waits until that one has been silent for 4 s, whatever their names', async () => {
  for (const other of ['a', 'z']) {
    const lead = await join('m', other);
    expect(lead.isTaken).toBe(true);
    await beat(other);
    clock.advance(3999);
    expect(lead.isTaken).toBe(true);
    clock.advance(1);
    expect(lead.isTaken).toBe(false);
  }
});

it('of two that are at work the one whose name comes first goes on, and the other is told once', async () => {
  const [first, second] = [await join('a'), await join('b')];
  const lost: string[] = [];
  first.watch(() => lost.push('a'));
  second.watch(() => lost.push('b'));
  for (let n = 0; n < 3; n += 1) {
    await beat('a');
    await beat('b');
    clock.advance(1000);
  }
  expect(lost).toEqual(['b']);
});

it('one that says that it leaves is not waited for any more, works on until another one does, and gives way to nobody', async () => {
  const [leaver, standby] = [await join('b'), await join('a', 'b')];
  expect(standby.isTaken).toBe(true);
  let lost = 0;
  leaver.watch(() => { lost += 1; });
  const handed = { isOver: false };
  const handingOver = leaver.handOver().then(() => { handed.isOver = true; });
  await bus.idle();
  expect([standby.isTaken, handed.isOver]).toEqual([false, false]);
  await beat('a');
  while (!handed.isOver) {
    await new Promise((resolve) => { setImmediate(resolve); });
    clock.advance(50);
  }
  await handingOver;
  expect(lost).toBe(0);
});

it('one that leaves and has nobody to hand over to ends after 4 s', async () => {
  const lead = await join('a');
  const fromMs = clock.monotonicMs();
  let tookMs = 0;
  void lead.handOver().then(() => { tookMs = clock.monotonicMs() - fromMs; });
  while (tookMs === 0) {
    await new Promise((resolve) => { setImmediate(resolve); });
    clock.advance(50);
  }
  expect(tookMs).toBeGreaterThanOrEqual(4000);
  expect(tookMs).toBeLessThan(4200);
});

it('one that gave way long ago makes nobody give way', async () => {
  const lead = await join('b', 'a');
  let lost = 0;
  clock.advance(4000);
  lead.watch(() => { lost += 1; });
  for (let n = 0; n < 4; n += 1) {
    await beat('c');
    clock.advance(1000);
  }
  expect(lost).toBe(0);
});

it('messages say where they come from, unless they say something else themselves', async () => {
  const sources: string[] = [];
  await bus.subscribe(heartbeats, 'ear', async (batch) => { sources.push(...batch.map(({ header }) => header.source)); });
  const signed = new SignedBus(bus, 'collision/1');
  const message = { service: 'collision' as const, instance: '', epoch: 0, atMs: clock.nowMs(), isLeaving: false };
  await signed.publish(heartbeats, 'k', message);
  await signed.publish(heartbeats, 'k', message, { source: 'other' });
  await signed.idle();
  expect(sources).toEqual(['collision/1', 'other']);
});
