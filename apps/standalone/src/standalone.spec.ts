import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@quaymaster/clock';
import { connectMqtt } from '@quaymaster/mqtt';
import { JsonLogger } from '@quaymaster/nest-platform';
import { encodeFrame, vehicleTopics } from '@quaymaster/telemetry';
import { terminalDefaults } from '@quaymaster/terminal';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { firstStartToken } from './first-start-token';
import { openSiteMap } from './site-map';
import { Standalone, type StandaloneOptions } from './standalone';

const LOOPBACK = '127.0.0.1';
/** An address for documentation; no machine has it, so that nothing can listen there. */
const NOWHERE = '203.0.113.1';
const VEHICLE = 'A-1';
const DRAIN_MS = 5000;

const clock = new SystemClock();
let storeDir: string;
let map: VirtualMap;
let token: string;
let occupant: Server;
let site: Standalone | undefined;

beforeAll(async () => {
  storeDir = mkdtempSync(join(tmpdir(), 'quaymaster-standalone-'));
  map = openSiteMap(storeDir, undefined, { ...terminalDefaults, cranes: 1, yardBlocks: 1, slots: 8 });
  token = firstStartToken(storeDir);
  occupant = createServer();
  await new Promise<void>((resolve) => { occupant.listen(0, LOOPBACK, resolve); });
});

afterAll(async () => {
  await site?.close();
  await new Promise((resolve) => { occupant.close(resolve); });
  rmSync(storeDir, { recursive: true, force: true });
});

const options = (change: Partial<StandaloneOptions> = {}): StandaloneOptions => ({
  env: {}, clock, storeDir, map, http: { host: LOOPBACK, port: 0 }, mqtt: { host: LOOPBACK, port: 0 }, consoleDir: undefined, firstStartToken: firstStartToken(storeDir),
  logger: new JsonLogger('error', () => undefined), ...change,
});

interface Answer { readonly status: number; readonly type: string; readonly body: string }

async function get(of: Standalone, path: string, bearer?: string): Promise<Answer> {
  const response = await fetch(`${of.httpUrl}${path}`, { headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } });
  return { status: response.status, type: response.headers.get('content-type') ?? '', body: await response.text() };
}

/** The vehicles as REST tells them, once a claim about them holds. */
async function vehiclesOnce(of: Standalone, claim: (items: readonly Record<string, unknown>[]) => boolean): Promise<readonly Record<string, unknown>[]> {
  for (let turn = 0; turn < 2000; turn += 1) {
    const { items } = JSON.parse((await get(of, '/v1/vehicles', token)).body) as { items: readonly Record<string, unknown>[] };
    if (claim(items)) return items;
  }
  throw new Error('it did not come to hold');
}

/** Reports once as the vehicle does, at a slot of the map. */
async function report(of: Standalone, password: string, bootId: number): Promise<void> {
  const { xM, yM, headingRad } = map.slots[0]!;
  const vehicle = await connectMqtt({ url: of.mqttUrl, clientId: VEHICLE, username: VEHICLE, password });
  await vehicle.publishAsync(vehicleTopics.frame(VEHICLE), Buffer.from(encodeFrame({
    vehicleId: VEHICLE, bootId, sequence: 1, observedAtMs: clock.nowMs(), modelId: 'agv', mode: 'AUTOMATIC', xM, yM, headingRad, speedMps: 0, accelerationMps2: 0,
    yawRateRadPs: 0, positionSigmaM: 0.02, hitchAnglesRad: [], routeId: '', routeSM: 0, releasedToSM: 0, stopped: false, leaseAlive: false, epoch: 0,
    commandSequence: 0, errors: [], objects: [],
  })));
  await vehiclesOnce(of, (items) => (items[0]?.['frame'] as { bootId?: number } | null | undefined)?.bootId === bootId);
  await vehicle.endAsync();
}

async function closeInTime(of: Standalone): Promise<void> {
  const { httpUrl, mqttUrl } = of;
  const fromMs = performance.now();
  await of.close();
  site = undefined;
  expect(performance.now() - fromMs).toBeLessThan(DRAIN_MS);
  await expect(fetch(`${httpUrl}/live`)).rejects.toThrow();
  await expect(connectMqtt({ url: mqttUrl, clientId: 'late', username: 'late', password: '' })).rejects.toThrow();
}

it('keeps the token of the first start where only its owner can read it', () => {
  const file = join(storeDir, 'first-start-token');
  expect(readFileSync(file, 'utf8').trim()).toBe(token);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(Buffer.from(token, 'base64url').length).toBe(32);
});

it('leaves nothing open when it cannot start: the same store starts afterwards, serves the site, and is itself again after a restart', async () => {
  await expect(Standalone.start(options({ http: { host: NOWHERE, port: 0 } }))).rejects.toThrow(NOWHERE);

  const taken = { host: LOOPBACK, port: (occupant.address() as AddressInfo).port };
  const first = await Standalone.start(options({ http: taken, mqtt: taken }));
  site = first;
  const ports = [new URL(first.httpUrl).port, new URL(first.mqttUrl).port];
  expect(new Set([...ports, String(taken.port)]).size).toBe(3);

  expect(await get(first, '/live')).toMatchObject({ status: 200, body: '{"status":"live"}' });
  expect(await get(first, '/ready')).toMatchObject({ status: 200, body: '{"status":"ready"}' });
  const metrics = await get(first, '/metrics');
  expect([metrics.status, metrics.type]).toEqual([200, expect.stringMatching(/^text\/plain/)]);
  expect(metrics.body).toContain('qm_ingest_frames_accepted_total');
  const { openapi, paths } = JSON.parse((await get(first, '/openapi.json')).body) as { openapi: string; paths: Record<string, unknown> };
  expect(openapi).toMatch(/^3\./);
  expect(Object.keys(paths)).toContain('/v1/vehicles');

  for (const wrong of [undefined, '', `${token}x`, token.slice(1)]) {
    const refused = await get(first, '/v1/vehicles', wrong);
    expect([refused.status, refused.type]).toEqual([401, expect.stringMatching(/^application\/problem\+json/)]);
    expect(JSON.parse(refused.body)).toMatchObject({ status: 401, code: 'QM_UNAUTHENTICATED' });
    expect(refused.body).not.toContain(token);
  }

  await first.registry.putModel({
    id: 'agv', parts: [{ contourM: [-7.4, -1.5, 7.4, -1.5, 7.4, 1.5, -7.4, 1.5], axleBehindHitchM: 0, hitchForwardM: 0 }], frontM: 7.4, rearM: 7.4, widthM: 3,
    maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5,
  });
  const { secret } = await first.registry.register(VEHICLE, 'agv');
  for (const [username, password] of [['', ''], [VEHICLE, ''], [VEHICLE, `${secret}x`], ['A-2', secret], ['telemetry-ingest', ''], ['dispatch', secret], ['dispatch', token]] as const) {
    await expect(connectMqtt({ url: first.mqttUrl, clientId: username === '' ? 'nobody' : username, username, password })).rejects.toThrow(/refused/i);
  }

  await report(first, secret, 1);
  expect(await vehiclesOnce(first, () => true)).toMatchObject([{ vehicleId: VEHICLE, modelId: 'agv', isRegistered: true, frame: { bootId: 1, match: { block: map.slots[0]!.block } } }]);
  expect(first.ingest.accepted).toBe(1);
  expect((await get(first, '/metrics')).body).toMatch(/qm_ingest_frames_accepted_total\S* 1\n/);
  await closeInTime(first);

  expect(firstStartToken(storeDir)).toBe(token);
  expect(openSiteMap(storeDir, undefined).hash).toBe(map.hash);
  const second = await Standalone.start(options());
  site = second;
  expect(await vehiclesOnce(second, () => true)).toMatchObject([{ vehicleId: VEHICLE, modelId: 'agv', isRegistered: true, frame: null }]);
  const history = await get(second, `/v1/vehicles/${VEHICLE}/frames`, token);
  expect(history.status).toBe(200);
  expect(JSON.parse(history.body)).toMatchObject({ items: [{ vehicleId: VEHICLE, bootId: 1, sequence: 1 }] });
  await report(second, secret, 2);
  await closeInTime(second);
}, 60_000);
