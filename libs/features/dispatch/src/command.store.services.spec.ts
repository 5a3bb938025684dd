import { randomBytes } from 'node:crypto';
import { type Database, openDatabase } from '@quaymaster/database';
import type { Command, CommandEvent, CommandState } from '@quaymaster/messages';
import { describeWithServices } from '@quaymaster/ports/testing';
import { CommandRecord } from './command-record';
import { CommandStore } from './command.store';
import { dispatchEntities, dispatchMigrations } from '.';

const LADDER: readonly CommandState[] = ['accepted', 'dispatched', 'received', 'running', 'finished'];

/** Sessions that truly run at the same time, which the embedded database has none of. */
describeWithServices('commands of several instances in one PostgreSQL', ['QM_POSTGRES_URL', 'QM_POSTGRES_PASSWORD'], (env) => {
  const schema = `dispatch_${randomBytes(4).toString('hex')}`;
  const names = ['a', 'b', 'c'];
  let databases: Database[];
  let stores: CommandStore[];

  beforeAll(async () => {
    const server = { url: `${env['QM_POSTGRES_URL']!}?options=-c%20search_path%3D${schema}`, password: env['QM_POSTGRES_PASSWORD'] };
    const first = await openDatabase({ ...server, entities: [], migrations: [], schema: 'expect' });
    await first.dataSource.query(`CREATE SCHEMA ${schema}`);
    await first.close();
    databases = [];
    for (let i = 0; i < names.length; i += 1) databases.push(await openDatabase({ ...server, entities: dispatchEntities, migrations: dispatchMigrations, poolSize: 4 }));
    stores = databases.map(({ dataSource }) => new CommandStore(dataSource));
  });
  afterEach(async () => { await databases[0]!.dataSource.query('TRUNCATE command, command_event, vehicle_ledger'); });
  afterAll(async () => {
    await databases[0]!.dataSource.query(`DROP SCHEMA ${schema} CASCADE`);
    for (const database of databases) await database.close();
  });

  const command = (commandId: string, vehicleId: string, params: Command['params'] = { kind: 'resume' }, epoch = 1): Command => ({
    commandId, vehicleId, epoch, issuedAtMs: 1000, expiresAtMs: 6000, causeId: 'M-1', actor: 'scheduler', params,
  });
  const event = (commandId: string, state: CommandState): CommandEvent => ({
    commandId, vehicleId: 'T-01', kind: 'stop', state, sequence: 0, epoch: 0, causeId: 'x', because: '', atMs: 1000,
  });

  it('each command is taken by one of them, and no number is given twice, though all take the same ones at once and in other orders', async () => {
    const all = Array.from({ length: 120 }, (_, i) => command(`c-${i}`, `T-${i % 5}`));
    const orders = [all, [...all].reverse(), [...all.slice(60), ...all.slice(0, 60)]];
    const batches = stores.flatMap((store, who) => Array.from({ length: 12 }, (_, k) => ({ store, who, batch: orders[who]!.slice(k * 10, k * 10 + 10) })));
    const taken = await Promise.all(batches.map(({ store, who, batch }) => store.take(names[who]!, batch, () => 7)));
    const ids = taken.flatMap((allotted) => [...allotted.keys()]);
    expect([ids.length, new Set(ids).size]).toEqual([120, 120]);
    const rows: { command_id: string; vehicle_id: string; sequence: number; owner: string }[] = await databases[0]!.dataSource.query('SELECT command_id, vehicle_id, sequence, owner FROM command');
    expect(new Set(rows.map(({ vehicle_id: vehicle, sequence }) => `${vehicle} ${sequence}`)).size).toBe(120);
    expect(Math.min(...rows.map(({ sequence }) => sequence))).toBe(8);
    // Whoever was told a number is the owner of the row that has it.
    const told = new Map(taken.flatMap((allotted, k) => [...allotted.values()].map(({ commandId, sequence }) => [commandId, `${sequence} ${names[batches[k]!.who]!}`])));
    expect(new Map(rows.map((row) => [row.command_id, `${row.sequence} ${row.owner}`]))).toEqual(told);
  });

  it('an epoch that one of them has seen is in force for all', async () => {
    await stores[0]!.take('a', [command('new', 'T-0', { kind: 'resume' }, 5)], () => 0);
    const taken = await stores[1]!.take('b', [command('old', 'T-0', { kind: 'resume' }, 4), command('other', 'T-1', { kind: 'resume' }, 4)], () => 0);
    expect([taken.get('old')?.epochInForce, taken.get('other')?.epochInForce]).toEqual([5, 4]);
  });

  it('a ladder that all of them write at once has each rung once, in order, and one end', async () => {
    const ends: readonly CommandState[] = ['finished', 'failed', 'superseded'];
    for (let round = 0; round < 15; round += 1) {
      const ids = Array.from({ length: 20 }, (_, i) => `s-${round}-${i}`);
      await stores[0]!.insertStops('a', ids.map((id) => new CommandRecord(command(id, 'T-01', { kind: 'stop', reason: 'test' }), 0)));
      await Promise.all(stores.flatMap((store, who) => {
        const climb = [...LADDER.slice(0, 4), ends[who]!];
        const order = who === 1 ? [...ids].reverse() : ids;
        return [store.append(order.flatMap((id) => climb.slice(0, 2 + who).map((state) => event(id, state)))), store.append(order.flatMap((id) => climb.map((state) => event(id, state))))];
      }));
    }
    const rows: { command_id: string; states: CommandState[]; state: CommandState }[] = await databases[0]!.dataSource.query(
      'SELECT command_id, array_agg(e.state ORDER BY event_id) AS states, min(c.state) AS state FROM command_event e JOIN command c USING (command_id) GROUP BY command_id',
    );
    expect(rows).toHaveLength(300);
    for (const { states, state } of rows) {
      const places = states.map((one) => (ends.includes(one) ? 4 : LADDER.indexOf(one)));
      expect([states, places.every((place, i) => i === 0 || place > places[i - 1]!)]).toEqual([states, true]);
      expect([ends.includes(states.at(-1)!), state]).toEqual([true, states.at(-1)]);
    }
  });

  it('what one leaves is taken over by one of the others, what the living own and what has ended by none', async () => {
    await stores[0]!.take('a', Array.from({ length: 40 }, (_, i) => command(`c-${i}`, `T-${i}`)), () => 0);
    await stores[1]!.take('b', [command('mine', 'T-0')], () => 0);
    await stores[0]!.append([event('c-0', 'finished'), event('c-1', 'received')]);
    const adopted = await Promise.all([1, 2, 1, 2].map((who) => stores[who]!.adopt(names[who]!, { ownersBut: ['b', 'c'], issuedBeforeMs: 1001 })));
    const ids = adopted.flat().map((orphan) => orphan.command.commandId);
    expect(ids.sort()).toEqual(Array.from({ length: 39 }, (_, i) => `c-${i + 1}`).sort());
    expect(adopted.flat().find((orphan) => orphan.command.commandId === 'c-1')).toEqual({ command: command('c-1', 'T-1'), sequence: 1, state: 'received' });
    expect(await stores[1]!.adopt('b', { ownersBut: ['b'], issuedBeforeMs: 1000 })).toEqual([]);
  });
});
