import { randomUUID } from 'node:crypto';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { type StopRequest, stopRequests } from '@quaymaster/messages';
import { emptyStore } from '../../testing/empty-store';
import { ADMIN_TOKEN, GatewayStage } from '../../testing/gateway-stage';
import { fleetApiEntities, fleetApiMigrations } from '../index';
import { RequestReconciler } from './request-reconciler.service';

let clock: ManualClock;
let bus: InMemoryBus;
let database: Database;
let stage: GatewayStage;
let stops: StopRequest[];

beforeAll(async () => {
  database = await openDatabase({ entities: fleetApiEntities, migrations: fleetApiMigrations });
});

afterAll(async () => {
  await database.close();
});

beforeEach(async () => {
  await emptyStore(database.dataSource);
  clock = new ManualClock();
  bus = new InMemoryBus({ clock });
  stage = await GatewayStage.open({ clock, bus, database: database.dataSource }, { env: { QM_API_ANSWER_WAIT_MS: '300' } });
  stops = [];
  await bus.subscribe(stopRequests, 'dispatch', async (batch) => { stops.push(...batch.map(({ message }) => message)); });
  await stage.register('A-1', 'A-2');
});

afterEach(async () => {
  await stage.close();
});

/** The store refuses every new request as a server does that is going down. */
async function takeStoreAway(): Promise<void> {
  await database.dataSource.query(`CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P01'; END $$`);
  await database.dataSource.query('CREATE TRIGGER away BEFORE INSERT ON operator_request FOR EACH ROW EXECUTE FUNCTION away()');
}

const stored = async (): Promise<string[]> => (await database.dataSource.query<{ request_id: string }[]>(
  'SELECT request_id FROM operator_request WHERE body IS NOT NULL ORDER BY request_id',
)).map((row) => row.request_id);

describe('stopping a vehicle', () => {
  it('tells dispatch and the scheduler under one id, and is audited', async () => {
    const answer = await stage.post('/v1/vehicles/A-1/stop', { reason: 'person on the apron' }, 'stop-1');
    expect([answer.status, answer.body['outcome']]).toEqual([200, 'done']);
    expect(stops).toEqual([{
      requestId: 'stop-1', vehicleIds: ['A-1'], source: 'operator:first-start', causeId: 'stop-1', reason: 'person on the apron', requestedAtMs: clock.nowMs(),
    }]);
    expect(stage.scheduler.heard).toEqual([{
      requestId: 'stop-1', actor: 'first-start', requestedAtMs: clock.nowMs(), body: { kind: 'stop-vehicle', vehicleId: 'A-1', reason: 'person on the apron' },
    }]);
    const { body } = await stage.get('/v1/audit?limit=1');
    expect(body['items']).toMatchObject([{ actor: 'first-start', action: 'POST /v1/vehicles/:vehicleId/stop', resource: 'A-1' }]);
  });

  it('goes out while the store refuses to write, and is written down when it is back', async () => {
    await takeStoreAway();
    const answer = await stage.post('/v1/vehicles/A-1/stop', { reason: 'now' }, 'stop-1');
    expect([answer.status, answer.body['outcome']]).toEqual([200, 'done']);
    expect(stops.map((stop) => stop.requestId)).toEqual(['stop-1']);
    expect(await stored()).toEqual([]);
    await database.dataSource.query('DROP TRIGGER away ON operator_request');
    await stage.app.get(RequestReconciler).run();
    expect(await stored()).toEqual(['stop-1']);
    expect((await stage.get('/v1/requests/stop-1')).body).toMatchObject({ outcome: 'done' });
    expect((await stage.get('/v1/audit/verify')).body).toMatchObject({ holds: true });
  });

  it('goes out while the store does not answer at all', async () => {
    let free: () => void = () => undefined;
    const busy = database.dataSource.transaction(() => new Promise<void>((resolve) => { free = resolve; }));
    const answer = await stage.post('/v1/vehicles/A-1/stop', { reason: 'now' }, 'stop-1');
    expect([answer.status, answer.body['outcome'], stops.length]).toEqual([200, 'done', 1]);
    free();
    await busy;
    // Writing takes its turn at the single connection of the store; each look waits for a turn too.
    while ((await stored()).length === 0);
    expect(await stored()).toEqual(['stop-1']);
  });

  it('goes out when the scheduler is silent too, and says so', async () => {
    stage.scheduler.decide = () => null;
    const answer = await stage.post('/v1/vehicles/A-1/stop', { reason: 'now' }, 'stop-1');
    expect([answer.status, answer.body['outcome'], answer.headers.get('location')]).toEqual([202, 'pending', '/v1/requests/stop-1']);
    expect(stops).toHaveLength(1);
  });

  it('is sent once for a repetition, lest a vehicle that was resumed in between is stopped again', async () => {
    for (let i = 0; i < 3; i += 1) expect((await stage.post('/v1/vehicles/A-1/stop', { reason: 'now' }, 'stop-1')).status).toBe(200);
    expect(stops).toHaveLength(1);
  });

  it('is carried out under an id of its own when its key belongs to another stop, and the caller is told', async () => {
    await stage.post('/v1/vehicles/A-1/stop', { reason: 'now' }, 'stop-1');
    const answer = await stage.post('/v1/vehicles/A-2/stop', { reason: 'now' }, 'stop-1');
    expect([answer.status, answer.body['code']]).toEqual([409, 'QM_IDEMPOTENCY_CONFLICT']);
    expect(stops.map(({ requestId, vehicleIds }) => [requestId.split('~')[0], vehicleIds])).toEqual([['stop-1', ['A-1']], ['stop-1', ['A-2']]]);
    expect(stops[0]!.requestId).not.toBe(stops[1]!.requestId);
    expect(stage.scheduler.heard.map(({ body }) => (body.kind === 'stop-vehicle' ? body.vehicleId : ''))).toEqual(['A-1', 'A-2']);
  });

  it('is carried out when only the store knows that the key is taken', async () => {
    await stage.post('/v1/missions', { pickup: 'QC-1', dropoff: 'YB-1' }, 'key-1');
    const answer = await stage.post('/v1/vehicles/A-2/stop', { reason: 'now' }, 'key-1');
    expect([answer.status, answer.body['code']]).toEqual([409, 'QM_IDEMPOTENCY_CONFLICT']);
    expect(stops.some(({ vehicleIds }) => vehicleIds.includes('A-2'))).toBe(true);
    expect(stage.scheduler.heard.filter(({ body }) => body.kind === 'stop-vehicle').map(({ requestId }) => requestId)).toContainEqual(expect.stringMatching(/^key-1~/));
  });

  it('is refused for a vehicle that nobody has heard of', async () => {
    const answer = await stage.post('/v1/vehicles/A-77/stop', { reason: 'now' });
    expect([answer.status, answer.body['code']]).toEqual([404, 'QM_VEHICLE_UNKNOWN']);
  });

  it('says plainly that nothing was sent when the bus is gone', async () => {
    await bus.close();
    const answer = await stage.post('/v1/vehicles/A-1/stop', { reason: 'now' });
    expect([answer.status, answer.body['code']]).toEqual([503, 'QM_BUS_UNAVAILABLE']);
  });
});

describe('pausing', () => {
  it.each([
    { kind: 'site' }, { kind: 'zone', zoneId: 'quay' }, { kind: 'polygon', polygonXyM: [0, 0, 1, 0, 1, 1] }, { kind: 'vehicles', vehicleIds: ['A-1', 'A-2'] },
  ])('asks the scheduler for $kind, with the store away', async (scope) => {
    await takeStoreAway();
    const answer = await stage.post('/v1/pauses', { reason: 'crane boom comes down', scope }, 'pause-1');
    expect(answer.status).toBe(200);
    expect(stage.scheduler.heard.map(({ body }) => body)).toEqual([{ kind: 'pause', reason: 'crane boom comes down', scope }]);
  });

  it('knows the zones of the map and the shape of a polygon', async () => {
    const zone = await stage.post('/v1/pauses', { reason: 'x', scope: { kind: 'zone', zoneId: 'moon' } });
    expect([zone.status, zone.body['code']]).toEqual([409, 'QM_ZONE_UNKNOWN']);
    expect((await stage.post('/v1/pauses', { reason: 'x', scope: { kind: 'polygon', polygonXyM: [0, 0, 1, 0, 1, 1, 2] } })).status).toBe(400);
    expect((await stage.send('POST', '/v1/pauses', { token: ADMIN_TOKEN, key: randomUUID(), body: { scope: { kind: 'site' } } })).status).toBe(400);
  });
});
