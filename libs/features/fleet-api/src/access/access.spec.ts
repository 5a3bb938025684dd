import { randomUUID } from 'node:crypto';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { emptyStore } from '../../testing/empty-store';
import { ADMIN_TOKEN, GatewayStage } from '../../testing/gateway-stage';
import { describedOperations } from '../../testing/api-operations';
import { FleetApi, fleetApiEntities, fleetApiMigrations } from '../index';
import { isAtLeast, type Role, roleSchema } from './role';

const ROLES = roleSchema.options;

describe('access to the API', () => {
  const clock = new ManualClock();
  let database: Database;
  let stage: GatewayStage;

  beforeAll(async () => {
    database = await openDatabase({ entities: fleetApiEntities, migrations: fleetApiMigrations });
    stage = await GatewayStage.open({ clock, bus: new InMemoryBus({ clock }), database: database.dataSource }, { env: { QM_API_ANSWER_WAIT_MS: '50' } });
  });

  afterAll(async () => {
    await stage.close();
    await database.close();
  });

  it('refuses every operation without a token, and with one that is not known', async () => {
    const operations = await describedOperations(stage);
    expect(operations.length).toBeGreaterThan(25);
    for (const { method, address, hasBody } of operations) {
      for (const token of ['', 'somebody-made-this-up']) {
        const answer = await stage.send(method, address, { token, key: randomUUID(), ...(hasBody ? { body: {} } : {}) });
        expect([method, address, answer.status, answer.body['code']]).toEqual([method, address, 401, 'QM_UNAUTHENTICATED']);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
    }
  });

  it.each(ROLES.filter((role) => role !== 'admin'))('lets a %s do what the role may, and nothing else', async (role) => {
    const token = await stage.tokenOf(role);
    for (const operation of await describedOperations(stage)) {
      const answer = await stage.send(operation.method, operation.address, { token, key: randomUUID(), ...(operation.hasBody ? { body: {} } : {}) });
      const isAllowed = isAtLeast(role, operation.role as Role);
      expect([operation.id, answer.status === 403]).toEqual([operation.id, !isAllowed]);
      if (isAllowed) expect([operation.id, answer.status]).not.toEqual([operation.id, 401]);
    }
  });

  it('writes down an attempt to change what the caller may not', async () => {
    const token = String((await stage.post('/v1/tokens', { name: 'curious', role: 'viewer' })).body['token']);
    await stage.post('/v1/vehicles/T-9/stop', { reason: 'let me see' }, randomUUID(), token);
    const { body } = await stage.get('/v1/audit?actor=curious');
    expect(body['items']).toMatchObject([{ action: 'POST /v1/vehicles/:vehicleId/stop', resource: 'T-9', body: { refused: 'QM_FORBIDDEN', role: 'viewer' } }]);
  });

  it('takes no token from the query of a REST address, and none of another scheme', async () => {
    expect((await stage.get(`/v1/vehicles?token=${ADMIN_TOKEN}`, '')).status).toBe(401);
    expect((await stage.send('GET', '/v1/vehicles', { headers: { authorization: `Basic ${ADMIN_TOKEN}` } })).status).toBe(401);
    expect((await stage.get('/v1/vehicles', 'x'.repeat(5000))).status).toBe(401);
  });

  it('ends a token when it is removed', async () => {
    const token = String((await stage.post('/v1/tokens', { name: 'short', role: 'viewer' })).body['token']);
    expect((await stage.get('/v1/vehicles', token)).status).toBe(200);
    expect((await stage.send('DELETE', '/v1/tokens/short', { token: ADMIN_TOKEN, key: randomUUID() })).status).toBe(200);
    expect((await stage.get('/v1/vehicles', token)).status).toBe(401);
  });

  it('ends a token when its time is over', async () => {
    const { body } = await stage.post('/v1/tokens', { name: 'until-later', role: 'viewer', expiresAtMs: clock.nowMs() + 5000 });
    expect((await stage.get('/v1/vehicles', String(body['token']))).status).toBe(200);
    clock.advance(5000);
    expect((await stage.get('/v1/vehicles', String(body['token']))).status).toBe(401);
  });

  it('does not let a token end itself, nor two have one name', async () => {
    const own = await stage.send('DELETE', '/v1/tokens/first-start', { token: ADMIN_TOKEN, key: randomUUID() });
    expect([own.status, own.body['code']]).toEqual([409, 'QM_TOKEN_OWN']);
    const again = await stage.post('/v1/tokens', { name: 'first-start', role: 'viewer' });
    expect([again.status, again.body['code']]).toEqual([409, 'QM_TOKEN_KNOWN']);
  });

  it('keeps no token in the store and shows none in the list', async () => {
    const { body } = await stage.post('/v1/tokens', { name: 'kept', role: 'viewer' });
    const token = String(body['token']);
    const dump = JSON.stringify(await database.dataSource.query(
      'SELECT (SELECT jsonb_agg(t) FROM api_token t) AS a, (SELECT jsonb_agg(r) FROM operator_request r) AS b, (SELECT jsonb_agg(e) FROM audit_entry e) AS c',
    ));
    expect(dump).toContain('kept');
    expect(dump).not.toContain(token);
    expect(JSON.stringify((await stage.get('/v1/tokens')).body)).not.toMatch(/hash|"token"/);
  });

  it('hears of a token that another gateway has removed', async () => {
    const token = String((await stage.post('/v1/tokens', { name: 'elsewhere', role: 'viewer' })).body['token']);
    await database.dataSource.query(`DELETE FROM api_token WHERE name = 'elsewhere'`);
    clock.advance(10_000);
    // The single connection of the store serves in order: this answer comes after the tokens have been read anew.
    await stage.get('/v1/audit');
    await stage.get('/v1/audit');
    expect((await stage.get('/v1/vehicles', token)).status).toBe(401);
  });
});

describe('the token of the first start', () => {
  let database: Database;

  beforeAll(async () => {
    database = await openDatabase({ entities: fleetApiEntities, migrations: fleetApiMigrations });
  });

  beforeEach(() => emptyStore(database.dataSource));

  afterAll(async () => {
    await database.close();
  });

  it('is made when there is none at all, told once, and works after a restart although it is not told again', async () => {
    const clock = new ManualClock();
    const open = (): Promise<GatewayStage> => GatewayStage.open({ clock, bus: new InMemoryBus({ clock }), database: database.dataSource }, { firstStartToken: null });
    const first = await open();
    const token = first.app.get(FleetApi).firstToken;
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await first.get('/v1/tokens', String(token))).status).toBe(200);
    await first.close();
    const second = await open();
    expect(second.app.get(FleetApi).firstToken).toBeNull();
    expect((await second.get('/v1/tokens', String(token))).status).toBe(200);
    await second.close();
  });

  it('is the given one, and giving another one ends the one before', async () => {
    const clock = new ManualClock();
    const open = (firstStartToken: string): Promise<GatewayStage> => GatewayStage.open({ clock, bus: new InMemoryBus({ clock }), database: database.dataSource }, { firstStartToken });
    for (const [given, works, ended] of [['one', 'one', 'two'], ['one', 'one', 'two'], ['two', 'two', 'one']] as const) {
      const stage = await open(given);
      expect((await stage.get('/v1/tokens', works)).status).toBe(200);
      expect((await stage.get('/v1/tokens', ended)).status).toBe(401);
      await stage.close();
    }
  });
});
