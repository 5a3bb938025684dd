import { type Database, openDatabase } from '@quaymaster/database';
import { answer, command, drive, hold, incident, madeAtMs, missionRecord, noChanges } from '../../testing/site-records';
import { schedulingEntities, schedulingMigrations } from '../index';
import { type Changes, EpochLostError, SchedulingStore } from './scheduling.store';

/** One of everything that a decision can change. */
const whole: Changes = {
  missions: [missionRecord('M-1', { state: 'running', vehicleId: 'A' }, true)],
  incidents: [incident('INC-1-1', { members: ['A', 'B'], timeToStopMs: { A: 2150 }, slots: { B: 'P-07' }, notParked: [{ vehicle: 'A', reason: 'waits for inspection' }] })],
  holdsPlaced: [hold('A', 'INC-1-1'), hold('B', 'INC-1-1')],
  holdsLifted: [],
  drives: [{ drive: drive('A', 'route-1-1'), active: true }],
  requests: [answer('R-1', { message: 'the mission waits – Käi' })],
  commands: [command('resume-1-1', 'A')],
};

describe('SchedulingStore', () => {
  let database: Database;
  let store: SchedulingStore;

  beforeAll(async () => { database = await openDatabase({ entities: schedulingEntities, migrations: schedulingMigrations }); });
  afterAll(async () => { await database.close(); });
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE scheduler_epoch, mission, incident, hold, drive, handled_request, outbox');
    store = new SchedulingStore(database.dataSource);
  });

  const count = async (table: string): Promise<number> => {
    const rows: { n: number }[] = await database.dataSource.query(`SELECT count(*)::integer AS n FROM ${table}`);
    return rows[0]!.n;
  };
  const counts = async (): Promise<readonly number[]> => {
    const all: number[] = [];
    for (const table of ['mission', 'incident', 'hold', 'drive', 'handled_request', 'outbox']) all.push(await count(table));
    return all;
  };

  it('gives every scheduler that takes over a higher epoch, on one row', async () => {
    expect(await store.takeEpoch(madeAtMs)).toBe(1);
    expect(await store.takeEpoch(madeAtMs + 1)).toBe(2);
    expect(await new SchedulingStore(database.dataSource).takeEpoch(madeAtMs + 2)).toBe(3);
    expect(await database.dataSource.query('SELECT * FROM scheduler_epoch')).toEqual([{ site: 'site', epoch: 3, taken_at_ms: String(madeAtMs + 2) }]);
  });

  it('gives schedulers that take over at once different epochs', async () => {
    const epochs = await Promise.all(Array.from({ length: 5 }, (_, i) => store.takeEpoch(madeAtMs + i)));
    expect(epochs.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([['an epoch that is over', 1], ['an epoch that nobody has taken', 3]])('refuses a commit under %s and stores nothing of it', async (_, epoch) => {
    await store.takeEpoch(madeAtMs);
    await store.takeEpoch(madeAtMs);
    await expect(store.commit(epoch, whole)).rejects.toThrow(EpochLostError);
    await expect(store.commit(epoch, whole)).rejects.toMatchObject({ code: 'QM_EPOCH_LOST', retryable: false });
    expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
    await store.commit(2, whole);
    expect(await counts()).toEqual([1, 1, 2, 1, 1, 1]);
  });

  it('refuses a commit before any epoch was taken', async () => {
    await expect(store.commit(1, noChanges)).rejects.toThrow(EpochLostError);
  });

  it('stores nothing when the last part of a decision cannot be stored', async () => {
    const epoch = await store.takeEpoch(madeAtMs);
    // Commands are written last: without their table everything before has been written when the commit fails.
    await database.dataSource.query('ALTER TABLE outbox RENAME TO outbox_away');
    try {
      await expect(store.commit(epoch, whole)).rejects.toThrow('outbox');
    } finally {
      await database.dataSource.query('ALTER TABLE outbox_away RENAME TO outbox');
    }
    expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
    await store.commit(epoch, whole);
    expect(await counts()).toEqual([1, 1, 2, 1, 1, 1]);
  });

  it('loads what was stored', async () => {
    await store.commit(await store.takeEpoch(madeAtMs), whole);
    expect(await new SchedulingStore(database.dataSource).load()).toEqual({
      missions: whole.missions, incidents: whole.incidents, holds: whole.holdsPlaced, drives: [whole.drives[0]!.drive],
    });
  });

  it('loads the newest version of a mission, an incident and a drive', async () => {
    const epoch = await store.takeEpoch(madeAtMs);
    await store.commit(epoch, whole);
    const mission = missionRecord('M-1', { state: 'interrupted', vehicleId: 'A', updatedAtMs: madeAtMs + 900 }, true);
    const held = incident('INC-1-1', { state: 'held', clearedAtMs: madeAtMs + 900 });
    const further = drive('A', 'route-1-1', { releasedToSM: 77.125, adopted: true });
    await store.commit(epoch, { ...noChanges, missions: [mission], incidents: [held], drives: [{ drive: further, active: true }] });
    expect(await store.load()).toMatchObject({ missions: [mission], incidents: [held], drives: [further] });
    expect(await counts()).toEqual([1, 1, 2, 1, 1, 1]);
  });

  it.each(['finished', 'failed', 'cancelled'] as const)('does not load a mission that is %s, but still knows it', async (state) => {
    const ended = missionRecord('M-1', { state, vehicleId: 'A' });
    await store.commit(await store.takeEpoch(madeAtMs), { ...noChanges, missions: [ended, missionRecord('M-2')] });
    expect((await store.load()).missions.map(({ mission }) => mission.missionId)).toEqual(['M-2']);
    expect(await store.knownMission('M-1')).toEqual(ended.mission);
    expect(await store.knownMission('M-3')).toBeUndefined();
  });

  it('does not load incidents that are closed or have failed', async () => {
    const incidents = [incident('INC-1', { state: 'closed' }), incident('INC-2', { state: 'failed' }), incident('INC-3', { state: 'resuming' })];
    await store.commit(await store.takeEpoch(madeAtMs), { ...noChanges, incidents });
    expect((await store.load()).incidents.map(({ incidentId }) => incidentId)).toEqual(['INC-3']);
  });

  it('does not load a drive that has ended', async () => {
    const epoch = await store.takeEpoch(madeAtMs);
    await store.commit(epoch, { ...noChanges, drives: [{ drive: drive('A', 'route-1-1'), active: true }, { drive: drive('B', 'route-1-2'), active: true }] });
    await store.commit(epoch, { ...noChanges, drives: [{ drive: drive('A', 'route-1-1', { arrived: true }), active: false }] });
    expect((await store.load()).drives.map(({ routeId }) => routeId)).toEqual(['route-1-2']);
  });

  it('loads holds until they are lifted, and remembers when the first lift was', async () => {
    const epoch = await store.takeEpoch(madeAtMs);
    await store.commit(epoch, whole);
    const lifted = { ...noChanges, holdsLifted: [{ holdId: 'INC-1-1:A', atMs: madeAtMs + 50 }] };
    await store.commit(epoch, lifted);
    await store.commit(epoch, { ...noChanges, holdsLifted: [{ holdId: 'INC-1-1:A', atMs: madeAtMs + 90 }] });
    expect((await store.load()).holds).toEqual([hold('B', 'INC-1-1')]);
    expect(await database.dataSource.query(`SELECT lifted_at_ms FROM hold WHERE hold_id = 'INC-1-1:A'`)).toEqual([{ lifted_at_ms: String(madeAtMs + 50) }]);
  });

  it('places a hold once, and lifts one that the same decision has placed', async () => {
    const epoch = await store.takeEpoch(madeAtMs);
    await store.commit(epoch, { ...noChanges, holdsPlaced: [hold('A', 'INC-1-1')] });
    await store.commit(epoch, { ...noChanges, holdsPlaced: [hold('A', 'INC-1-1', { placedAtMs: madeAtMs + 500 })] });
    expect((await store.load()).holds).toEqual([hold('A', 'INC-1-1')]);
    await store.commit(epoch, { ...noChanges, holdsPlaced: [hold('B', 'INC-1-2')], holdsLifted: [{ holdId: 'INC-1-2:B', atMs: madeAtMs }] });
    expect((await store.load()).holds).toEqual([hold('A', 'INC-1-1')]);
  });

  it('remembers what was answered to a request; the first answer stands', async () => {
    const epoch = await store.takeEpoch(madeAtMs);
    expect(await store.resultOf('R-1')).toBeUndefined();
    await store.commit(epoch, whole);
    await store.commit(epoch, { ...noChanges, requests: [answer('R-1', { outcome: 'refused', code: 'QM_HOLD_UNKNOWN' })] });
    expect(await store.resultOf('R-1')).toEqual(whole.requests[0]);
  });

  it('puts the commands of a decision into the outbox unsent and in order', async () => {
    const epoch = await store.takeEpoch(madeAtMs);
    const issued = Array.from({ length: 30 }, (_, i) => command(`resume-1-${i}`, i % 2 === 0 ? 'A' : 'B'));
    await store.commit(epoch, { ...noChanges, commands: issued.slice(0, 20) });
    await store.commit(epoch, { ...noChanges, commands: issued.slice(20) });
    const rows: { key: string; body: object; sent_at_ms: string | null }[] = await database.dataSource.query('SELECT key, body, sent_at_ms FROM outbox ORDER BY outbox_id');
    expect(rows).toEqual(issued.map((one) => ({ key: one.vehicleId, body: one, sent_at_ms: null })));
  });
});
