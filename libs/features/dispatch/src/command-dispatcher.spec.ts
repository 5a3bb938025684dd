import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { connectMqtt, EmbeddedBroker } from '@quaymaster/mqtt';
import { accountOf, DispatchStage, VEHICLE } from '../testing/dispatch-stage';
import type { CommandDispatcher } from './command-dispatcher.service';
import { dispatchEntities, dispatchMigrations } from '.';

describe('dispatch', () => {
  let database: Database;
  let stage: DispatchStage;
  let dispatcher: CommandDispatcher;
  const openStage = async (...names: readonly string[]): Promise<DispatchStage> => {
    const clock = new ManualClock();
    const broker = await EmbeddedBroker.start({ host: '127.0.0.1', port: 0, authenticate: accountOf });
    return DispatchStage.open({ clock, bus: new InMemoryBus({ clock }), broker, connect: connectMqtt, database: database.dataSource }, ...names);
  };
  beforeAll(async () => { database = await openDatabase({ entities: dispatchEntities, migrations: dispatchMigrations }); });
  afterAll(async () => { await database.close(); });
  beforeEach(async () => {
    stage = await openStage('dispatch');
    ({ dispatcher } = stage.instances[0]!);
  });
  afterEach(async () => {
    await stage.close();
    await database.dataSource.query('TRUNCATE command, command_event, vehicle_ledger');
  });

  it('sends a command until the vehicle says that it has it, and not afterwards', async () => {
    stage.report();
    await dispatcher.dispatch([stage.command('c1', { kind: 'resume' })]);
    await stage.heardCount(1);
    stage.clock.advance(350);
    await stage.heardCount(2);
    expect(stage.heard.map((command) => [command.commandId, command.sequence])).toEqual([['c1', 1], ['c1', 1]]);
    stage.acknowledge('c1', 'received');
    stage.clock.advance(3000);
    stage.acknowledge('c1', 'finished');
    expect(await stage.ladderOf('c1')).toEqual(['accepted', 'dispatched', 'received', 'finished']);
    expect(stage.heard).toHaveLength(2);
  });

  it('takes a command once, however often it is delivered', async () => {
    stage.report();
    const command = stage.command('c1', { kind: 'resume' });
    await dispatcher.dispatch([command, command]);
    await dispatcher.dispatch([command]);
    await stage.heardCount(1);
    expect(await stage.ladderOf('c1')).toEqual(['accepted', 'dispatched']);
  });

  it('knows a command again that was finished before a redelivery', async () => {
    stage.report();
    const command = stage.command('c1', { kind: 'resume' });
    await dispatcher.dispatch([command]);
    stage.acknowledge('c1', 'finished');
    await stage.flush();
    await dispatcher.dispatch([command]);
    expect(await stage.ladderOf('c1')).toEqual(['accepted', 'dispatched', 'finished']);
  });

  it.each([
    ['no report ever came', (s: DispatchStage) => s.command('c1', { kind: 'resume' })],
    ['the newest report is over 1 s old', (s: DispatchStage) => { s.report(); s.clock.advance(1100); return s.command('c1', { kind: 'resume' }); }],
  ])('refuses permission when %s', async (_because, make) => {
    await dispatcher.dispatch([make(stage)]);
    expect(await stage.stateOf('c1')).toBe('rejected');
    expect(stage.heard).toHaveLength(0);
  });

  it('refuses permission of an older epoch after a newer one was seen', async () => {
    stage.report();
    await dispatcher.dispatch([stage.command('new', { kind: 'resume' }, 5), stage.command('old', { kind: 'resume' }, 4)]);
    expect(await stage.stateOf('old')).toBe('rejected');
  });

  it('sends a stop to a vehicle that never reported', async () => {
    dispatcher.sendStop(stage.stop('s1'));
    await dispatcher.storeStop(stage.stop('s1'));
    await stage.heardCount(1);
    expect(stage.heard[0]!.params.kind).toBe('stop');
    expect(await stage.stateOf(`s1:${VEHICLE}`)).toBe('dispatched');
  });

  it('sends a stop although the relational store is gone', async () => {
    await database.dataSource.query('ALTER TABLE command RENAME TO command_gone');
    const request = stage.stop('s1');
    dispatcher.sendStop(request);
    await expect(dispatcher.storeStop(request)).rejects.toThrow();
    await stage.heardCount(1);
    expect(stage.heard[0]!.params.kind).toBe('stop');
    await database.dataSource.query('ALTER TABLE command_gone RENAME TO command');
    // The bus delivers again; the stop is stored now and is still the same command.
    await dispatcher.storeStop(request);
    expect(await stage.stateOf(`s1:${VEHICLE}`)).toBe('dispatched');
  });

  it('lets a stop supersede permission that is still on its way, and refuses a resume issued before the stop', async () => {
    stage.report();
    const resume = stage.command('late', { kind: 'resume' });
    await dispatcher.dispatch([stage.command('r1', { kind: 'release', routeId: 'route-1', releasedToSM: 50 })]);
    stage.clock.advance(10);
    stage.report();
    dispatcher.sendStop(stage.stop('s1', 'operator:anna'));
    await dispatcher.dispatch([resume]);
    expect(await stage.stateOf('r1')).toBe('superseded');
    expect(await stage.stateOf('late')).toBe('rejected');
  });

  it('expires what the vehicle does not confirm in time', async () => {
    stage.report();
    await dispatcher.dispatch([stage.command('c1', { kind: 'resume' })]);
    stage.clock.advance(8000);
    expect(await stage.stateOf('c1')).toBe('expired');
  });

  it('goes on after the sequence that the vehicle has seen, and forgets nothing across a restart', async () => {
    stage.report(41);
    await dispatcher.dispatch([stage.command('c1', { kind: 'resume' }, 3)]);
    stage.instances[0]!.kill();
    const { dispatcher: successor } = await stage.join('dispatch');
    expect(await stage.stateOf('c1')).toBe('expired');
    stage.report(0);
    await successor.dispatch([stage.command('c2', { kind: 'resume' }, 3), stage.command('old', { kind: 'resume' }, 2)]);
    await stage.heardCount(2);
    expect(stage.heard.map(({ commandId, sequence }) => [commandId, sequence])).toEqual([['c1', 42], ['c2', 43]]);
    expect(await stage.stateOf('old')).toBe('rejected');
  });

  it('renews leases only while scheduler and collision are heard of', async () => {
    stage.report();
    stage.clock.advance(1000);
    expect(stage.leases).toHaveLength(0);
    const beat = (service: 'scheduler' | 'collision'): void => { stage.instances[0]!.leases.hear({ service, instance: '', epoch: 7, atMs: stage.clock.nowMs(), isLeaving: false }); };
    beat('scheduler');
    beat('collision');
    stage.report();
    stage.clock.advance(1000);
    for (let turn = 0; stage.leases.length === 0 && turn < 5000; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(JSON.parse(stage.leases[0]!)).toEqual({ epoch: 7, sequence: expect.any(Number) as number, ttlMs: 3000 });
    // Collision falls silent.
    for (let second = 0; second < 6; second += 1) {
      stage.clock.advance(1000);
      beat('scheduler');
      stage.report();
    }
    const before = stage.leases.length;
    stage.clock.advance(1000);
    await stage.heardCount(0);
    expect(stage.leases.length).toBe(before);
  });
});
