import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { commands, type Topic } from '@quaymaster/messages';
import { BusUnavailableError, type MessageHeader } from '@quaymaster/ports';
import { command, noChanges } from '../../testing/site-records';
import { schedulingEntities, schedulingMigrations } from '../index';
import { OutboxRelay } from './outbox-relay.service';
import { SchedulingStore } from './scheduling.store';

/** The in-memory bus behind a line that can be cut: it refuses once it has taken a number of messages. */
class CutBus extends InMemoryBus {
  takes = Infinity;

  override async publish<T>(topic: Topic<T>, key: string, message: T, header: Partial<MessageHeader> = {}): Promise<void> {
    if (this.takes === 0) throw new BusUnavailableError(`${topic.name}: the line is cut`);
    this.takes -= 1;
    await super.publish(topic, key, message, header);
  }
}

describe('OutboxRelay', () => {
  let database: Database;
  let store: SchedulingStore;
  let relay: OutboxRelay;
  let bus: CutBus;
  let clock: ManualClock;
  let epoch: number;
  let heard: { key: string; commandId: string }[];

  beforeAll(async () => { database = await openDatabase({ entities: schedulingEntities, migrations: schedulingMigrations }); });
  afterAll(async () => { await database.close(); });
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE scheduler_epoch, outbox');
    clock = new ManualClock();
    bus = new CutBus({ clock });
    store = new SchedulingStore(database.dataSource);
    relay = new OutboxRelay(database.dataSource, bus, clock);
    epoch = await store.takeEpoch(clock.nowMs());
    heard = [];
    await bus.subscribe(commands, 'test', async (batch) => { heard.push(...batch.map(({ key, message }) => ({ key, commandId: message.commandId }))); }, { maxBatch: 50 });
  });
  afterEach(async () => { await bus.close(); });

  const issue = (from: number, to: number): Promise<void> => store.commit(epoch, {
    ...noChanges, commands: Array.from({ length: to - from }, (_, i) => command(`resume-1-${from + i}`, 'A')),
  });
  const ids = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `resume-1-${from + i}`);
  const heardIds = async (): Promise<string[]> => {
    await bus.idle();
    return heard.map(({ commandId }) => commandId);
  };
  const unsent = async (): Promise<number> => {
    const rows: { n: number }[] = await database.dataSource.query('SELECT count(*)::integer AS n FROM outbox WHERE sent_at_ms IS NULL');
    return rows[0]!.n;
  };

  it('puts the commands of a commit on the bus once, in order, under the vehicle as key', async () => {
    await store.commit(epoch, { ...noChanges, commands: [command('c-1', 'B'), command('c-2', 'A'), command('c-3', 'B')] });
    await relay.drain();
    await relay.drain();
    await bus.idle();
    expect(heard.filter(({ key }) => key === 'B').map(({ commandId }) => commandId)).toEqual(['c-1', 'c-3']);
    expect(heard.filter(({ key }) => key === 'A').map(({ commandId }) => commandId)).toEqual(['c-2']);
    expect(heard).toHaveLength(3);
  });

  it('hands a command over as it was issued', async () => {
    const route = command('route-1-1', 'A', { kind: 'route', routeId: 'r', pathXyM: [0, 0, 1.25, -3e-7, 2, 1e5], limitFromSM: [0, 1.5], limitMps: [8.3, 2], startSM: 0.1 });
    const taken: unknown[] = [];
    await bus.subscribe(commands, 'whole', async (batch) => { taken.push(...batch.map(({ message }) => message)); });
    await store.commit(epoch, { ...noChanges, commands: [route] });
    await relay.drain();
    await bus.idle();
    expect(taken).toEqual([route]);
  });

  it('sends more commands than fit in one batch, and notes when', async () => {
    await issue(0, 600);
    clock.advance(250);
    await relay.drain();
    expect(await heardIds()).toEqual(ids(0, 600));
    expect(await unsent()).toBe(0);
    expect(await database.dataSource.query('SELECT DISTINCT sent_at_ms FROM outbox')).toEqual([{ sent_at_ms: String(clock.nowMs()) }]);
  });

  it('keeps what a bus refuses, says so, and sends it when the bus takes it', async () => {
    bus.takes = 0;
    await issue(0, 3);
    await expect(relay.drain()).rejects.toThrow(BusUnavailableError);
    expect(await unsent()).toBe(3);
    bus.takes = Infinity;
    await issue(3, 5);
    await relay.drain();
    expect(await heardIds()).toEqual(ids(0, 5));
    expect(await unsent()).toBe(0);
  });

  it('repeats commands rather than losing one when the bus fails half way', async () => {
    await issue(0, 4);
    bus.takes = 2;
    await expect(relay.drain()).rejects.toThrow(BusUnavailableError);
    expect(await unsent()).toBe(4);
    bus.takes = Infinity;
    await relay.drain();
    expect(await heardIds()).toEqual([...ids(0, 2), ...ids(0, 4)]);
  });

  it('sends each command once when asked to drain several times at once', async () => {
    await issue(0, 20);
    await Promise.all([relay.drain(), relay.drain(), relay.drain()]);
    expect(await heardIds()).toEqual(ids(0, 20));
  });

  it('sends commands that another instance left behind', async () => {
    await issue(0, 2);
    await new OutboxRelay(database.dataSource, bus, clock).drain();
    expect(await heardIds()).toEqual(ids(0, 2));
  });

  it('sends a row that became visible after later numbers had been sent', async () => {
    await issue(0, 3);
    await relay.drain();
    // As a transaction that took its number early and committed late leaves it.
    await database.dataSource.query(
      `INSERT INTO outbox (outbox_id, key, body) OVERRIDING SYSTEM VALUE SELECT min(outbox_id) - 1, 'A', $1::jsonb FROM outbox`, [JSON.stringify(command('late', 'A'))],
    );
    await relay.drain();
    expect(await heardIds()).toEqual([...ids(0, 3), 'late']);
  });

  it('does not send what was never committed', async () => {
    await expect(store.commit(epoch - 1, { ...noChanges, commands: [command('c-1', 'A')] })).rejects.toThrow('another scheduler is in charge');
    await relay.drain();
    expect(await heardIds()).toEqual([]);
  });
});
