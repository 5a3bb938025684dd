import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { describedOperations } from '../../testing/api-operations';
import { ADMIN_TOKEN, AGV, type Answer, GatewayStage } from '../../testing/gateway-stage';
import { fleetApiEntities, fleetApiMigrations, VehicleRegistry } from '../index';

let database: Database;
let stage: GatewayStage;
let consoleDir: string;

beforeAll(async () => {
  consoleDir = mkdtempSync(join(tmpdir(), 'console-'));
  mkdirSync(join(consoleDir, 'assets'));
  writeFileSync(join(consoleDir, 'index.html'), '<!doctype html><title>Quaymaster</title>');
  writeFileSync(join(consoleDir, 'assets', 'main.js'), 'export {};'.repeat(100));
  writeFileSync(join(consoleDir, 'main.js.map'), '{}');
  const clock = new ManualClock();
  database = await openDatabase({ entities: fleetApiEntities, migrations: fleetApiMigrations });
  stage = await GatewayStage.open({ clock, bus: new InMemoryBus({ clock, compactedTopics: ['vehicle-models'] }), database: database.dataSource }, { consoleDir });
});

afterAll(async () => {
  await stage.close();
  await database.close();
  rmSync(consoleDir, { recursive: true });
});

let serial = 0;
const key = (): string => `key-${(serial += 1)}`;
const problem = ({ status, body, headers }: Answer): unknown[] => [status, body['code'], headers.get('content-type')];
const PROBLEM = 'application/problem+json; charset=utf-8';

describe('a request that is not right', () => {
  it('is told each field that is wrong, by path', async () => {
    const answer = await stage.post('/v1/missions', { pickup: '', dropoff: 7, priority: 1.5 });
    expect(problem(answer)).toEqual([400, 'QM_REQUEST_INVALID', PROBLEM]);
    expect((answer.body['errors'] as { path: string }[]).map((error) => error.path).sort()).toEqual(['body.dropoff', 'body.pickup', 'body.priority']);
    expect(answer.body).toMatchObject({ type: 'urn:quaymaster:problem:QM_REQUEST_INVALID', status: 400, title: 'The request is not valid' });
  });

  it.each([
    ['an unknown field', { pickup: 'a', dropoff: 'b', epoch: 5 }], ['a role of its own choosing', { pickup: 'a', dropoff: 'b', role: 'admin' }],
    ['a prototype', '{"pickup":"a","dropoff":"b","__proto__":{"role":"admin"}}'], ['no JSON', '{"pickup":'], ['nothing', ''], ['an array', []], ['null', 'null'],
    ['a NUL in a text', { pickup: 'a\u0000', dropoff: 'b' }], ['half a surrogate pair', '{"pickup":"\\ud800","dropoff":"b"}'], ['a line break', { pickup: 'a\nb', dropoff: 'b' }],
  ])('is refused with %s in the body', async (_, body) => {
    const answer = await stage.send('POST', '/v1/missions', { token: ADMIN_TOKEN, key: key(), body });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, PROBLEM]);
  });

  it('is refused with 413 when it is too large, and with 415 when it is not JSON', async () => {
    expect(problem(await stage.post('/v1/vehicles', { vehicleId: 'x'.repeat(300_000), modelId: 'agv' }))).toEqual([413, 'QM_BODY_TOO_LARGE', PROBLEM]);
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded']) {
      const answer = await stage.send('POST', '/v1/missions', { token: ADMIN_TOKEN, key: key(), body: 'pickup=a', headers: { 'content-type': type } });
      expect([type, ...problem(answer)]).toEqual([type, 415, 'QM_CONTENT_TYPE', PROBLEM]);
    }
  });

  it.each([
    '/v1/vehicles?limit=0', '/v1/vehicles?limit=1e9', '/v1/vehicles?limit=many', '/v1/vehicles?limit=1&limit=2', '/v1/vehicles?unknown=1', '/v1/missions?state=flying',
    '/v1/vehicles/A%2FB', '/v1/missions/%00', '/v1/audit?actor=%0a', '/v1/commands?causeId=%EF%BB%BF%00',
  ])('is refused at %s', async (path) => {
    const answer = await stage.get(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, PROBLEM]);
  });

  it.each([
    ['broken UTF-8', '/v1/requests/%ED%A0%80'], ['a broken escape', '/v1/requests/%'], ['a parameter that is too long', `/v1/missions/${'x'.repeat(200)}`],
  ])('is refused by the router with %s, without a word about the inside', async (_, path) => {
    const answer = await stage.get(path);
    expect([400, 414]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.js|\bat /);
  });

  it('finds nothing where there is nothing', async () => {
    expect(problem(await stage.get('/v1/nothing'))).toEqual([404, 'QM_NOT_FOUND', PROBLEM]);
    expect(problem(await stage.get('/v1/vehicles/A-99'))).toEqual([404, 'QM_VEHICLE_UNKNOWN', PROBLEM]);
    expect(problem(await stage.get('/v1/missions/M-99'))).toEqual([404, 'QM_MISSION_UNKNOWN', PROBLEM]);
    expect(problem(await stage.get('/v1/commands/C-99'))).toEqual([404, 'QM_COMMAND_UNKNOWN', PROBLEM]);
    expect(problem(await stage.post('/v1/incidents/I-99/clear', { note: '' }))).toEqual([404, 'QM_INCIDENT_UNKNOWN', PROBLEM]);
  });

  it('is told that there is no history where none is kept', async () => {
    expect(problem(await stage.get('/v1/vehicles/A-1/frames'))).toEqual([503, 'QM_ANALYTICS_UNAVAILABLE', PROBLEM]);
    expect(problem(await stage.get('/v1/statistics/minutes?from=1&to=2'))).toEqual([503, 'QM_ANALYTICS_UNAVAILABLE', PROBLEM]);
    expect(problem(await stage.get('/v1/statistics/minutes?from=3&to=2'))).toEqual([400, 'QM_REQUEST_INVALID', PROBLEM]);
  });
});

describe('the description of the API', () => {
  it('lists every route that exists, and no other', async () => {
    const described = (await describedOperations(stage)).map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`);
    const api = stage.routes.filter((route) => route.includes('/v1') && !route.startsWith('HEAD '));
    expect(described.sort()).toEqual(api.sort());
    const others = stage.routes.filter((route) => !route.includes('/v1') && !/^(HEAD|OPTIONS) /.test(route));
    expect(new Set(others)).toEqual(new Set([
      'GET /live', 'GET /ready', 'GET /metrics', 'GET /openapi.json', 'GET /', 'GET /index.html', 'GET /assets/main.js',
    ]));
  });

  it('is whole: every reference leads somewhere, every operation has its problems, its key and an id of its own', async () => {
    const { body } = await stage.get('/openapi.json', '');
    expect(body['openapi']).toBe('3.1.0');
    const { schemas } = body['components'] as { schemas: Record<string, unknown> };
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
    expect(references.length).toBeGreaterThan(50);
    for (const reference of references) expect(Object.keys(schemas).map((name) => `#/components/schemas/${name}`)).toContain(reference);
    const ids: string[] = [];
    const paths = body['paths'] as Record<string, Record<string, { operationId: string; responses: Record<string, unknown>; parameters: { name: string }[] }>>;
    for (const [path, byMethod] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(byMethod)) {
        ids.push(operation.operationId);
        expect(Object.keys(operation.responses)).toContain('401');
        const named = operation.parameters.map((parameter) => parameter.name);
        for (const [, name] of path.matchAll(/\{(\w+)\}/g)) expect(named).toContain(name);
        expect([path, method, named.includes('Idempotency-Key')]).toEqual([path, method, method !== 'get']);
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of a query what it may hold', async () => {
    const { body } = await stage.get('/openapi.json', '');
    const paths = body['paths'] as Record<string, { get: { parameters: unknown[] } }>;
    expect(paths['/v1/vehicles']!.get.parameters).toEqual([
      { name: 'limit', in: 'query', required: false, description: 'Entries at most', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 1000 } },
      expect.objectContaining({ name: 'after', in: 'query', required: false }),
    ]);
  });
});

describe('the map', () => {
  it('comes with its hash as ETag, compressed for those who can read that', async () => {
    const plain = await stage.send('GET', '/v1/map', { token: ADMIN_TOKEN, headers: { 'accept-encoding': 'gzip;q=0, identity' } });
    expect([plain.headers.get('content-encoding'), plain.headers.get('etag')]).toEqual([null, '"00c0ffee00c0ffee"']);
    expect(plain.body).toMatchObject({
      name: 'test site', blocks: { count: 2, flags: [8, 4], outlineOffset: [0, 4, 8] }, slots: [{ id: 'P-1' }], transferPoints: [{ id: 'QC-1' }], zones: [{ id: 'quay', kind: 'berth' }],
    });
    const zipped = await stage.send('GET', '/v1/map', { token: ADMIN_TOKEN, headers: { 'accept-encoding': 'br, gzip' } });
    expect([zipped.headers.get('content-encoding'), zipped.body]).toEqual(['gzip', plain.body]);
  });

  it('is not sent again to whoever has it', async () => {
    const answer = await stage.send('GET', '/v1/map', { token: ADMIN_TOKEN, headers: { 'if-none-match': 'W/"00c0ffee00c0ffee"' } });
    expect([answer.status, answer.body['text']]).toEqual([304, '']);
  });
});

describe('the console', () => {
  it('is there for everybody, and lets nothing from elsewhere run', async () => {
    for (const path of ['/', '/index.html']) {
      const answer = await stage.get(path, '');
      expect([answer.status, answer.headers.get('content-type'), String(answer.body['text'])]).toEqual([200, 'text/html; charset=utf-8', expect.stringContaining('Quaymaster')]);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const script = await stage.get('/assets/main.js', '');
    expect([script.status, script.headers.get('content-type'), script.headers.get('content-encoding')]).toEqual([200, 'text/javascript; charset=utf-8', 'gzip']);
    const again = await stage.send('GET', '/assets/main.js', { headers: { 'if-none-match': String(script.headers.get('etag')) } });
    expect(again.status).toBe(304);
  });

  it.each(['/../package.json', '/assets/../../secret.js', '/assets/%2e%2e/%2e%2e/secret.js', '/%2e%2e%2fsecret.js', '//etc/passwd.txt', '/assets\\..\\..\\secret.js', '/main.js.map'])(
    'leads nowhere else: %s', async (path) => {
      writeFileSync(join(consoleDir, '..', 'secret.js'), 'what is hidden');
      const text = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      rmSync(join(consoleDir, '..', 'secret.js'));
      expect(text).toMatch(/^HTTP\/1\.1 40[04] /);
      expect(text).not.toContain('what is hidden');
    });
});

describe('the registry', () => {
  it('knows a vehicle by its id and its secret, which is told once', async () => {
    const registry = stage.app.get(VehicleRegistry);
    await stage.register('R-1');
    const { body } = await stage.post('/v1/vehicles', { vehicleId: 'R-2', modelId: 'agv' });
    expect([registry.isKnown('R-2'), registry.isKnown('R-3')]).toEqual([true, false]);
    await expect(registry.authenticate('R-2', String(body['secret']))).resolves.toBe(true);
    await expect(registry.authenticate('R-1', String(body['secret']))).resolves.toBe(false);
    await expect(registry.authenticate('R-3', String(body['secret']))).resolves.toBe(false);
    await expect(registry.authenticate('R-2', '')).resolves.toBe(false);
    expect(JSON.stringify((await stage.get('/v1/vehicles')).body)).not.toMatch(/secret/i);
    const renewed = await stage.post('/v1/vehicles/R-2/secret', undefined);
    await expect(registry.authenticate('R-2', String(body['secret']))).resolves.toBe(false);
    await expect(registry.authenticate('R-2', String(renewed.body['secret']))).resolves.toBe(true);
    expect((await stage.send('DELETE', '/v1/vehicles/R-2', { token: ADMIN_TOKEN, key: key() })).status).toBe(200);
    expect(registry.isKnown('R-2')).toBe(false);
    await expect(registry.authenticate('R-2', String(renewed.body['secret']))).resolves.toBe(false);
    expect(problem(await stage.post('/v1/vehicles', { vehicleId: 'R-1', modelId: 'agv' }))).toEqual([409, 'QM_VEHICLE_KNOWN', PROBLEM]);
  });

  it('keeps a model while vehicles have it', async () => {
    await stage.register('R-5');
    const remove = (): Promise<Answer> => stage.send('DELETE', '/v1/vehicle-models/agv', { token: ADMIN_TOKEN, key: key() });
    expect(problem(await remove())).toEqual([409, 'QM_MODEL_USED', PROBLEM]);
    const put = await stage.send('PUT', '/v1/vehicle-models/truck', { token: ADMIN_TOKEN, key: key(), body: { ...AGV, id: 'agv' } });
    expect(problem(put)).toEqual([400, 'QM_REQUEST_INVALID', PROBLEM]);
    expect((await stage.send('PUT', '/v1/vehicle-models/truck', { token: ADMIN_TOKEN, key: key(), body: { ...AGV, id: undefined } })).body).toMatchObject({ id: 'truck' });
    expect((await stage.send('DELETE', '/v1/vehicle-models/truck', { token: ADMIN_TOKEN, key: key() })).status).toBe(200);
    expect((await stage.get('/v1/vehicle-models')).body).toMatchObject({ items: [{ id: 'agv' }] });
  });
});

/** Sends bytes as they are: a client would put the address in order first. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(stage.port, '127.0.0.1', () => { socket.write(request); });
    socket.on('data', (part) => { parts.push(part); });
    socket.on('end', () => { resolve(Buffer.concat(parts).toString('latin1')); });
    socket.on('error', reject);
  });
}
