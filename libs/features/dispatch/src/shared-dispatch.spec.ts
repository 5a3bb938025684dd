import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { connectMqtt, EmbeddedBroker } from '@quaymaster/mqtt';
import fc from 'fast-check';
import { accountOf, type DispatchInstance, DispatchStage, VEHICLE } from '../testing/dispatch-stage';
import { dispatchEntities, dispatchMigrations } from '.';

describe('several instances of dispatch', () => {
  let database: Database;
  let stage: DispatchStage;
  let a: DispatchInstance;
  let b: DispatchInstance;
  const openStage = async (...names: readonly string[]): Promise<DispatchStage> => {
    const clock = new ManualClock();
    const broker = await EmbeddedBroker.start({ host: '127.0.0.1', port: 0, authenticate: accountOf });
    return DispatchStage.open({ clock, bus: new InMemoryBus({ clock }), broker, connect: connectMqtt, database: database.dataSource }, ...names);
  };
  beforeAll(async () => { database = await openDatabase({ entities: dispatchEntities, migrations: dispatchMigrations }); });
  afterAll(async () => { await database.close(); });
  beforeEach(async () => {
    stage = await openStage('a', 'b');
    [a, b] = [stage.instances[0]!, stage.instances[1]!];
  });
  afterEach(async () => {
    await stage.close();
    await database.dataSource.query('TRUNCATE command, command_event, vehicle_ledger');
  });
  const beatOfGuardians = (): void => {
    for (const { leases } of stage.instances) {
      for (const service of ['scheduler', 'collision'] as const) leases.hear({ service, instance: '', epoch: 1, atMs: stage.clock.nowMs(), isLeaving: false });
    }
  };

  it('a command that comes to both goes out once', async () => {
    stage.report();
    const command = stage.command('c1', { kind: 'resume' });
    await Promise.all([a.dispatcher.dispatch([command]), b.dispatcher.dispatch([command])]);
    await a.dispatcher.dispatch([stage.command('c2', { kind: 'resume' })]);
    await stage.heardCount(2);
    expect(stage.heard.map(({ commandId, sequence }) => [commandId, sequence])).toEqual([['c1', expect.any(Number)], ['c2', expect.any(Number)]]);
    expect(await stage.ladderOf('c1')).toEqual(['accepted', 'dispatched']);
  });

  it('no number is given twice and none falls, however batches and redeliveries interleave', async () => {
    let runs = 0;
    await fc.assert(fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(0, 1), fc.array(fc.nat(11), { minLength: 1, maxLength: 5 }), fc.boolean()), { minLength: 1, maxLength: 12 }), fc.nat(50),
      async (batches, reported) => {
        stage.heard.length = 0;
        await database.dataSource.query('TRUNCATE command, command_event, vehicle_ledger');
        stage.report(reported);
        runs += 1;
        const run = `run-${runs}`;
        const under: Promise<void>[] = [];
        for (const [who, ids, waits] of batches) {
          under.push(stage.instances[who]!.dispatcher.dispatch(ids.map((id) => stage.command(`${run}-${id}`, { kind: 'resume' }))));
          if (waits) await Promise.all(under.splice(0));
        }
        await Promise.all(under);
        const rows: { command_id: string; sequence: number }[] = await database.dataSource.query('SELECT command_id, sequence FROM command ORDER BY sequence');
        expect(new Set(rows.map(({ command_id: id }) => id))).toEqual(new Set(batches.flatMap(([, ids]) => ids.map((id) => `${run}-${id}`))));
        expect(new Set(rows.map(({ sequence }) => sequence)).size).toBe(rows.length);
        expect(rows[0]!.sequence).toBeGreaterThan(reported);
        const mine = (): typeof stage.heard => stage.heard.filter(({ commandId }) => commandId.startsWith(`${run}-`));
        await stage.until(() => new Set(mine().map(({ commandId }) => commandId)).size === rows.length, 'not all were sent');
        const numbers = new Map(rows.map(({ command_id: id, sequence }) => [id, sequence]));
        for (const { commandId, sequence } of mine()) expect(sequence).toBe(numbers.get(commandId));
      },
    ), { numRuns: 25 });
  });

  it('a stop goes out from each of them under one id and without a number, and has one ladder with one end', async () => {
    const request = stage.stop('s1');
    for (const { dispatcher } of [a, b]) dispatcher.sendStop(request);
    await b.dispatcher.storeStop(request);
    await stage.heardCount(2);
    expect(stage.heard.map(({ commandId, sequence, epoch }) => [commandId, sequence, epoch])).toEqual(Array(2).fill([`s1:${VEHICLE}`, 0, 0]));
    stage.acknowledge(`s1:${VEHICLE}`, 'running', [a]);
    stage.acknowledge(`s1:${VEHICLE}`, 'finished');
    stage.acknowledge(`s1:${VEHICLE}`, 'running', [b]);
    expect(await stage.ladderOf(`s1:${VEHICLE}`)).toEqual(['accepted', 'dispatched', 'running', 'finished']);
    expect(await stage.stateOf(`s1:${VEHICLE}`)).toBe('finished');
    // It comes again, both ways, to one that has closed it and to one that never knew of it.
    const c = await stage.join('c');
    for (const { dispatcher } of [a, c]) await dispatcher.storeStop(request);
    a.dispatcher.sendStop(request);
    await stage.pass(500);
    expect(stage.heard).toHaveLength(2);
    // One that lags behind sends what the others have done with; nothing comes after the end.
    c.dispatcher.sendStop(request);
    await stage.heardCount(3);
    stage.acknowledge(`s1:${VEHICLE}`, 'received', [c]);
    expect(await stage.ladderOf(`s1:${VEHICLE}`)).toEqual(['accepted', 'dispatched', 'running', 'finished']);
    expect(await stage.stateOf(`s1:${VEHICLE}`)).toBe('finished');
  });

  it('a stop that came while nobody listened is sent on the durable way, also while the relational store is gone', async () => {
    await a.dispatcher.storeStop(stage.stop('s1'));
    await stage.heardCount(1);
    await database.dataSource.query('ALTER TABLE command RENAME TO command_gone');
    await expect(a.dispatcher.storeStop(stage.stop('s2'))).rejects.toThrow();
    await database.dataSource.query('ALTER TABLE command_gone RENAME TO command');
    await stage.heardCount(2);
    expect(stage.heard.map(({ commandId }) => commandId)).toEqual([`s1:${VEHICLE}`, `s2:${VEHICLE}`]);
  });

  it('a stop that has come to its end before it could be stored is stored with its end', async () => {
    a.dispatcher.sendStop(stage.stop('s1'));
    stage.acknowledge(`s1:${VEHICLE}`, 'finished');
    await a.dispatcher.storeStop(stage.stop('s1'));
    await stage.pass(500);
    expect([await stage.stateOf(`s1:${VEHICLE}`), stage.heard.length]).toEqual(['finished', 1]);
  });

  it('a stop outdates the permission that another one has on its way', async () => {
    stage.report();
    await a.dispatcher.dispatch([stage.command('r1', { kind: 'release', routeId: 'route-1', releasedToSM: 50 })]);
    stage.clock.advance(10);
    for (const { dispatcher } of [b, a]) dispatcher.sendStop(stage.stop('s1'));
    expect(await stage.stateOf('r1')).toBe('superseded');
  });

  it('the death of one leaves no gap in the stops of the others', async () => {
    for (const { dispatcher } of [a, b]) dispatcher.sendStop(stage.stop('s1'));
    await stage.heardCount(2);
    a.kill();
    stage.heard.length = 0;
    await stage.pass(1000);
    await stage.heardCount(2);
    stage.acknowledge(`s1:${VEHICLE}`, 'received', [b]);
    stage.heard.length = 0;
    await stage.pass(3000);
    expect(stage.heard).toHaveLength(0);
  });

  it('a stop that one stored, and died before it heard of the end, is stored with its end by one that has', async () => {
    for (const { dispatcher } of [a, b]) dispatcher.sendStop(stage.stop('s1'));
    await a.dispatcher.storeStop(stage.stop('s1'));
    stage.acknowledge(`s1:${VEHICLE}`, 'finished', [b]);
    await b.journal.flush();
    await database.dataSource.query('UPDATE command SET state = $1', ['dispatched']);
    a.kill();
    stage.instances.shift();
    await stage.pass(4500);
    expect([await stage.stateOf(`s1:${VEHICLE}`), await stage.ladderOf(`s1:${VEHICLE}`)]).toEqual(['finished', ['accepted', 'dispatched', 'finished']]);
  });

  it('a permission that a vehicle has taken ends as the vehicle says, although the one that gave it is gone', async () => {
    stage.report();
    for (const commandId of ['stored', 'heard']) await a.dispatcher.dispatch([stage.command(commandId, { kind: 'resume' })]);
    await stage.heardCount(2);
    stage.acknowledge('stored', 'received', [a]);
    await a.journal.flush();
    a.kill();
    stage.acknowledge('heard', 'running', [b]);
    stage.instances.shift();
    stage.heard.length = 0;
    await stage.pass(4500);
    expect([await stage.stateOf('stored'), await stage.stateOf('heard'), stage.heard]).toEqual(['received', 'running', []]);
    stage.acknowledge('heard', 'finished');
    expect(await stage.ladderOf('heard')).toEqual(['accepted', 'dispatched', 'running', 'finished']);
  });

  it('what one that dies leaves open is taken over: stops are sent until the vehicle has them, permissions end at once', async () => {
    stage.report();
    await a.dispatcher.storeStop(stage.stop('s1'));
    for (const commandId of ['heard', 'unheard']) await a.dispatcher.dispatch([stage.command(commandId, { kind: 'resume' })]);
    stage.acknowledge('heard', 'finished', [b]);
    await a.journal.flush();
    a.kill();
    stage.instances.shift();
    await stage.pass(2000);
    const sent = stage.heard.filter(({ commandId }) => commandId.startsWith('s1')).length;
    await stage.pass(3000);
    await stage.until(() => stage.heard.filter(({ commandId }) => commandId.startsWith('s1')).length > sent, 'the stop was not sent again');
    stage.acknowledge(`s1:${VEHICLE}`, 'finished');
    expect(await stage.ladderOf(`s1:${VEHICLE}`)).toEqual(['accepted', 'dispatched', 'finished']);
    expect([await stage.stateOf('heard'), await stage.stateOf('unheard')]).toEqual(['finished', 'expired']);
    await stage.bus.idle();
    expect(stage.events.filter(({ commandId }) => commandId === 'unheard').at(-1)).toMatchObject({ state: 'expired', because: 'the instance of dispatch that had it is gone' });
    const after = stage.heard.length;
    await stage.pass(3000);
    expect(stage.heard).toHaveLength(after);
  });

  it('what one leaves that goes in good order is taken over as soon as it says so', async () => {
    await a.dispatcher.storeStop(stage.stop('s1'));
    await stage.pass(4000);
    const ownerOf = async (): Promise<unknown> => database.dataSource.query('SELECT owner FROM command');
    expect(await ownerOf()).toEqual([{ owner: 'a' }]);
    await a.beat.stop();
    a.kill();
    await stage.pass(1100);
    expect(await ownerOf()).toEqual([{ owner: 'b' }]);
  });

  it('nothing is taken from one that lives, nor by one that has only just come', async () => {
    stage.report();
    await a.dispatcher.storeStop(stage.stop('s1'));
    await stage.pass(6000);
    const c = await stage.join('c');
    await stage.pass(1000);
    const owners: { owner: string }[] = await database.dataSource.query('SELECT owner FROM command');
    expect([owners, [...c.dispatcher.vehicles].flatMap((desk) => [...desk.openCommands])]).toEqual([[{ owner: 'a' }], []]);
  });

  it('leases go on without a gap when one dies, each newer than the one before', async () => {
    for (let second = 0; second < 8; second += 1) {
      if (second === 4) {
        a.kill();
        stage.instances.shift();
      }
      beatOfGuardians();
      stage.report();
      const before = stage.leases.length;
      await stage.pass(1000);
      await stage.until(() => stage.leases.length > before, `no lease in second ${second}`);
    }
    const sequences = stage.leases.map((text) => (JSON.parse(text) as { sequence: number }).sequence);
    expect(sequences).toEqual([...sequences].sort((x, y) => x - y));
    expect(new Set(sequences.slice(-3)).size).toBe(3);
  });

  it('a lease of one that has come later is newer than those that were given before it came', async () => {
    const renew = async (): Promise<number[]> => {
      stage.leases.length = 0;
      beatOfGuardians();
      stage.report();
      await stage.pass(1000);
      await stage.until(() => stage.leases.length > 0, 'no lease');
      return stage.leases.map((text) => (JSON.parse(text) as { sequence: number }).sequence);
    };
    for (let second = 0; second < 4; second += 1) await renew();
    const before = await renew();
    for (const instance of stage.instances.splice(0)) instance.kill();
    await stage.join('c');
    expect(Math.min(...await renew())).toBeGreaterThan(Math.max(...before));
  });

  it('of three, two renew the lease of a vehicle', async () => {
    await stage.join('c');
    await stage.pass(1000);
    stage.leases.length = 0;
    beatOfGuardians();
    stage.report();
    await stage.pass(1000);
    await stage.until(() => stage.leases.length >= 2, 'no two leases');
    expect(stage.leases).toHaveLength(2);
  });
});
