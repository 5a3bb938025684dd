import { randomUUID } from 'node:crypto';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { emptyStore } from '../../testing/empty-store';
import { ADMIN_TOKEN, AGV, type Answer, GatewayStage } from '../../testing/gateway-stage';
import { fleetApiEntities, fleetApiMigrations, VehicleRegistry } from '../index';
import { RequestReconciler } from '../requests/request-reconciler.service';

const MISSION = { pickup: 'QC-1', dropoff: 'YB-1' };

let clock: ManualClock;
let database: Database;
let stage: GatewayStage;

beforeAll(async () => {
  database = await openDatabase({ entities: fleetApiEntities, migrations: fleetApiMigrations });
});

afterAll(async () => {
  await database.close();
});

beforeEach(async () => {
  await emptyStore(database.dataSource);
  clock = new ManualClock();
  stage = await GatewayStage.open({ clock, bus: new InMemoryBus({ clock }), database: database.dataSource }, { env: { QM_API_ANSWER_WAIT_MS: '300' } });
});

afterEach(async () => {
  await stage.close();
});

const heard = (): string[] => stage.scheduler.heard.map((request) => request.requestId);
const codeOf = ({ status, body }: Answer): [number, unknown] => [status, body['code']];

describe('the idempotency key', () => {
  it('is needed for every change', async () => {
    for (const [method, path, body] of [['POST', '/v1/missions', MISSION], ['PUT', '/v1/vehicle-models/agv', AGV], ['DELETE', '/v1/missions/M-1', undefined]] as const) {
      expect(codeOf(await stage.send(method, path, { token: ADMIN_TOKEN, body }))).toEqual([400, 'QM_IDEMPOTENCY_KEY_MISSING']);
    }
    expect(codeOf(await stage.post('/v1/missions', MISSION, 'k'.repeat(97)))).toEqual([400, 'QM_IDEMPOTENCY_KEY_INVALID']);
    expect(heard()).toEqual([]);
  });

  it('gives the same answer again for the same request, which the scheduler hears once', async () => {
    const first = await stage.post('/v1/missions', MISSION, 'key-1');
    expect([first.status, first.body]).toEqual([202, { requestId: 'key-1', outcome: 'done', code: '', resourceId: 'made-1', message: 'done' }]);
    const again = await stage.post('/v1/missions', { ...MISSION, priority: 0 }, 'key-1');
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(heard()).toEqual(['key-1']);
  });

  it('is in conflict with another body, another route, another resource and another caller', async () => {
    await stage.post('/v1/missions', MISSION, 'key-1');
    const conflict = [409, 'QM_IDEMPOTENCY_CONFLICT'];
    expect(codeOf(await stage.post('/v1/missions', { ...MISSION, priority: 5 }, 'key-1'))).toEqual(conflict);
    expect(codeOf(await stage.send('DELETE', '/v1/missions/M-1', { token: ADMIN_TOKEN, key: 'key-1' }))).toEqual(conflict);
    expect(codeOf(await stage.send('PUT', '/v1/vehicle-models/agv', { token: ADMIN_TOKEN, key: 'key-1', body: AGV }))).toEqual(conflict);
    expect(codeOf(await stage.post('/v1/missions', MISSION, 'key-1', await stage.tokenOf('operator')))).toEqual(conflict);
    expect(heard()).toEqual(['key-1']);
  });

  it('makes one change of many attempts at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => stage.post('/v1/missions', MISSION, 'key-1')));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(new Set(heard())).toEqual(new Set(['key-1']));
    expect((await stage.get('/v1/audit')).body['items']).toHaveLength(1);
  });

  it('gives a secret again to the caller who made it, and keeps it out of the store', async () => {
    await stage.register();
    const body = { vehicleId: 'A-1', modelId: 'agv' };
    const first = await stage.post('/v1/vehicles', body, 'key-2');
    expect(first.status).toBe(201);
    expect((await stage.post('/v1/vehicles', body, 'key-2')).body).toEqual(first.body);
    expect(JSON.stringify(await database.dataSource.query('SELECT * FROM operator_request'))).not.toContain(String(first.body['secret']));
    await expect(stage.app.get(VehicleRegistry).authenticate('A-1', String(first.body['secret']))).resolves.toBe(true);
  });

  it('stores nothing under a key whose change was refused', async () => {
    expect(codeOf(await stage.post('/v1/vehicles', { vehicleId: 'A-1', modelId: 'agv' }, 'key-3'))).toEqual([404, 'QM_MODEL_UNKNOWN']);
    await stage.register();
    expect((await stage.post('/v1/vehicles', { vehicleId: 'A-1', modelId: 'agv' }, 'key-3')).status).toBe(201);
  });

  it('is forgotten after a day, and not before', async () => {
    await stage.post('/v1/missions', MISSION, 'key-1');
    const reconciler = stage.app.get(RequestReconciler);
    const rows = async (): Promise<number> => (await database.dataSource.query<unknown[]>(`SELECT 1 FROM operator_request WHERE request_id = 'key-1'`)).length;
    clock.advance(86_399_000);
    await reconciler.run();
    expect(await rows()).toBe(1);
    clock.advance(61_000);
    await reconciler.run();
    await reconciler.run();
    expect(await rows()).toBe(0);
  });
});

describe('a request to the scheduler', () => {
  it('is answered with 202 and a place to ask again while the scheduler is silent', async () => {
    stage.scheduler.decide = () => null;
    const pending = await stage.post('/v1/missions', MISSION, 'key-1');
    expect([pending.status, pending.body['outcome'], pending.headers.get('location')]).toEqual([202, 'pending', '/v1/requests/key-1']);
    expect((await stage.get('/v1/requests/key-1')).body).toMatchObject({ outcome: 'pending' });
    stage.scheduler.decide = () => ({ outcome: 'done', code: '', message: 'late', resourceId: 'M-7' });
    clock.advance(2000);
    await stage.app.get(RequestReconciler).run();
    await stage.backends.bus.idle();
    expect((await stage.get('/v1/requests/key-1')).body).toEqual({ requestId: 'key-1', outcome: 'done', code: '', resourceId: 'M-7', message: 'late' });
  });

  it('that the bus has lost is driven again from the store, less and less often', async () => {
    stage.scheduler.decide = () => null;
    await stage.post('/v1/missions', MISSION, 'key-1');
    const heardAtS: number[] = [];
    for (let s = 1; s <= 40; s += 1) {
      clock.advance(1000);
      await stage.app.get(RequestReconciler).run();
      await stage.backends.bus.idle();
      while (heardAtS.length < heard().length - 1) heardAtS.push(s);
    }
    expect(heardAtS).toEqual([2, 4, 8, 16, 32]);
  });

  it.each([
    ['QM_MISSION_UNKNOWN', 404], ['QM_MISSION_UNDER_WAY', 409], ['not a code', 409],
  ])('that is refused with %s is a problem of status %i, also when it is repeated', async (code, status) => {
    stage.scheduler.decide = () => ({ outcome: 'refused', code, message: 'no', resourceId: '' });
    for (let i = 0; i < 2; i += 1) {
      const answer = await stage.send('DELETE', '/v1/missions/M-1', { token: ADMIN_TOKEN, key: 'key-1' });
      expect([answer.status, answer.body['code'], answer.body['detail']]).toEqual([status, code.startsWith('QM_') ? code : 'QM_REQUEST_REFUSED', 'no']);
    }
    expect(heard()).toEqual(['key-1']);
  });

  it('that would let vehicles move is not carried out long after it was asked', async () => {
    stage.scheduler.decide = () => null;
    const released = await stage.send('DELETE', '/v1/holds/H-1', { token: ADMIN_TOKEN, key: 'key-1' });
    expect(released.status).toBe(202);
    clock.advance(61_000);
    await stage.app.get(RequestReconciler).run();
    await stage.backends.bus.idle();
    expect(heard()).toEqual(['key-1']);
    expect((await stage.get('/v1/requests/key-1')).body).toMatchObject({ outcome: 'refused', code: 'QM_REQUEST_EXPIRED' });
  });

  it('is not asked at all when it cannot be stored', async () => {
    await database.dataSource.query(`CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P03'; END $$`);
    await database.dataSource.query('CREATE TRIGGER away BEFORE INSERT ON operator_request FOR EACH ROW EXECUTE FUNCTION away()');
    expect(codeOf(await stage.post('/v1/missions', MISSION, randomUUID()))).toEqual([503, 'QM_STORE_UNAVAILABLE']);
    expect(codeOf(await stage.send('PUT', '/v1/vehicle-models/agv', { token: ADMIN_TOKEN, key: randomUUID(), body: AGV }))).toEqual([503, 'QM_STORE_UNAVAILABLE']);
    expect(heard()).toEqual([]);
  });

  it('names a mission by its key when the caller does not, the same for a repetition', async () => {
    await stage.post('/v1/missions', MISSION, 'key-1');
    await stage.post('/v1/missions', { ...MISSION, missionId: 'mine' }, 'key-2');
    expect(stage.scheduler.heard.map(({ body }) => (body.kind === 'submit-mission' ? body.missionId : ''))).toEqual([expect.stringMatching(/^M-[0-9a-f]{16}$/), 'mine']);
  });
});
