import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compileOpenDrive } from '@quaymaster/app-standalone';
import { SystemClock } from '@quaymaster/clock';
import type { Frame, Mission } from '@quaymaster/messages';
import { connectMqtt } from '@quaymaster/mqtt';
import { describeWithServices } from '@quaymaster/ports/testing';
import { drawFleet, SimulatedFleet, vehicleKinds, type VehicleRecord } from '@quaymaster/simulator';
import { generateTerminal, terminalDefaults } from '@quaymaster/terminal';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { SERVER_KEYS, ServiceSite } from '../separate/service-site';
import type { ServiceProcess } from '../separate/service-process';
import { GatewayClient } from '../up/gateway-client';

const SERVICES = ['gateway', 'telemetry-ingest', 'collision', 'scheduler', 'dispatch'] as const;
const LOOK_MS = 100;
const clock = new SystemClock();

interface VehicleView { readonly isOnline: boolean; readonly frame: Frame | null; readonly status: { readonly activity: string; readonly missionId: string; readonly incidentId: string } | null }

/** The first answer of which the claim holds. */
async function once<T>(what: string, ask: () => Promise<T>, holds: (answer: T) => boolean, limitMs = 30_000): Promise<T> {
  const untilMs = clock.monotonicMs() + limitMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (clock.monotonicMs() > untilMs) throw new Error(`${what} did not come to hold within ${limitMs} ms: ${JSON.stringify(answer)}`);
    await clock.sleep(LOOK_MS);
  }
}

describeWithServices('services as processes of their own', SERVER_KEYS, (env) => {
  let site: ServiceSite;
  let map: VirtualMap;
  let vehicleId: string;
  let fleet: SimulatedFleet | undefined;
  let password: string;
  const effects: VehicleRecord[] = [];
  const simulatedId = (): string => `${vehicleId}-TT-001`;
  const running = new Map<string, { readonly process: ServiceProcess; readonly url: string }>();

  const start = async (role: string, more: Readonly<Record<string, string | undefined>> = {}): Promise<{ readonly process: ServiceProcess; readonly url: string }> => {
    const process = site.start(role, more);
    return { process, url: await process.ready() };
  };
  const gateway = (): GatewayClient => new GatewayClient(running.get('gateway')!.url, site.token);
  const vehicle = async (): Promise<VehicleView> => await gateway().get(`/v1/vehicles/${vehicleId}`) as VehicleView;

  beforeAll(async () => {
    site = await ServiceSite.open(env, generateTerminal({ ...terminalDefaults, cranes: 1, yardBlocks: 1, slots: 8 }).xodr);
    map = compileOpenDrive('terminal', readFileSync(site.mapFile));
    vehicleId = `S${site.id}`;
  });
  afterAll(async () => {
    await fleet?.stop();
    await site.close([vehicleId, simulatedId()]);
  });

  it('a service that finds no schema says so and does not start; the migrations make everything once', async () => {
    const early = site.start('dispatch');
    expect([await early.ended(), early.out]).toEqual([1, '']);
    expect(early.err).toMatch(/^quaymaster: run dispatch has failed: [^\n]+\n$/);
    const first = site.start('migrate');
    expect([await first.ended(), first.err]).toEqual([0, '']);
    expect(first.out).toMatch(/^database: Create\S.*\nanalytics: up to date\ntopics: .*vehicle-registrations.*\n$/);
    const second = site.start('migrate');
    expect([await second.ended(), second.out, second.err]).toEqual([0, 'database: up to date\nanalytics: up to date\ntopics: up to date\n', '']);
  });

  it('all five start, and say that they are ready on ports of their own', async () => {
    // No token is given and none is stored: the gateway makes one, for the eyes of the store's owner.
    await Promise.all(SERVICES.map(async (role) => { running.set(role, await start(role, { QM_FIRST_START_TOKEN: undefined })); }));
    const file = join(site.storeDir, 'first-start-token');
    site.token = readFileSync(file, 'utf8').trim();
    expect([Buffer.from(site.token, 'base64url').length, statSync(file).mode & 0o777]).toEqual([32, 0o600]);
    for (const role of SERVICES) {
      const { url } = running.get(role)!;
      const ready = await fetch(`${url}/ready`);
      expect([role, ready.status, await ready.text()]).toEqual([role, 200, '{"status":"ready"}']);
      expect((await fetch(`${url}/live`)).status).toBe(200);
      expect(await (await fetch(`${url}/metrics`)).text()).toContain(`service="${role}"`);
    }
  });

  it('a vehicle that is registered over REST enters the broker, gets a mission, drives, and stops when it is asked to', async () => {
    const kind = vehicleKinds.find(({ id }) => id === 'agv') ?? vehicleKinds[0]!;
    await gateway().put(`/v1/vehicle-models/${kind.id}`, kind);
    ({ secret: password } = await gateway().post('/v1/vehicles', { vehicleId, modelId: kind.id }) as { secret: string });
    const drawn = drawFleet(map, { count: 2, seed: 1 }).find(({ modelId }) => modelId === kind.id)!;
    fleet = new SimulatedFleet({ map, credentials: [{ ...drawn, vehicleId, password }], brokerUrl: env['QM_MQTT_URL']!, clock, effectLog: (record) => { effects.push(record); } });
    await fleet.start();
    await once('reports', vehicle, ({ frame }) => frame !== null);

    const [pickup, dropoff] = [map.transferPoints.find((point) => point.kind === 'crane')!.id, map.transferPoints.find((point) => point.kind === 'yard')!.id];
    await gateway().post('/v1/missions', { missionId: 'M-1', pickup, dropoff });
    const mission = await once('assigned', async () => await gateway().get('/v1/missions/M-1') as Mission, ({ vehicleId: by }) => by !== '');
    expect([mission.vehicleId, ['assigned', 'running'].includes(mission.state)]).toEqual([vehicleId, true]);
    const driving = await once('driving', vehicle, ({ frame }) => (frame?.speedMps ?? 0) > 1);
    expect(driving).toMatchObject({ isOnline: true, status: { missionId: 'M-1' }, frame: { leaseAlive: true, stopped: false } });

    await gateway().post(`/v1/vehicles/${vehicleId}/stop`, { reason: 'a person on the apron' });
    await once('stopped', vehicle, ({ frame, status }) => frame?.stopped === true && frame.speedMps === 0 && status?.incidentId !== '');
    expect(fleet.vehicle(vehicleId)!.train.speedMps).toBe(0);
    const history = await once('history', async () => await gateway().get(`/v1/vehicles/${vehicleId}/frames`) as { items: unknown[] }, ({ items }) => items.length > 10);
    expect(history.items[0]).toMatchObject({ vehicleId });
  });

  it('a second collision works beside the first; when that one is killed, and when the second is replaced in good order, no lease lapses', async () => {
    const first = running.get('collision')!.process;
    running.set('collision', await start('collision'));
    const seen: (boolean | undefined)[] = [];
    const look = async (): Promise<number> => seen.push((await vehicle()).frame?.leaseAlive);
    await first.kill();
    await once('what comes after the kill', look, (looks) => looks >= 50);
    const second = running.get('collision')!.process;
    running.set('collision', await start('collision'));
    const { status } = await second.end();
    await once('what comes after the end', look, (looks) => looks >= 100);
    expect([status, new Set(seen)]).toEqual([0, new Set([true])]);
  });

  it('a second dispatch works beside the first; when that one is killed, and when the second is replaced in good order, no lease lapses and a stop needs no rebalance', async () => {
    // What reaches the vehicle of a stop that is asked for now. Kafka misses a member that was killed after 6 s.
    const stop = async (): Promise<void> => {
      const from = effects.length;
      await gateway().post(`/v1/vehicles/${vehicleId}/stop`, { reason: 'again' });
      await once('the stop', async () => effects.slice(from), (heard) => heard.some((effect) => effect.kind === 'effect' && effect.command === 'stop' && effect.outcome === 'applied'), 5000);
    };
    const first = running.get('dispatch')!.process;
    running.set('dispatch', await start('dispatch'));
    await stop();
    // Each of them has sent it.
    await once('the copy', async () => effects, (heard) => heard.some((effect) => effect.kind === 'effect' && effect.command === 'stop' && effect.outcome === 'repeated'));
    const seen: (boolean | undefined)[] = [];
    const look = async (): Promise<number> => seen.push((await vehicle()).frame?.leaseAlive);
    await first.kill();
    await stop();
    await once('what comes after the kill', look, (looks) => looks >= 50);
    const second = running.get('dispatch')!.process;
    running.set('dispatch', await start('dispatch'));
    const { status } = await second.end();
    await stop();
    await once('what comes after the end', look, (looks) => looks >= 100);
    expect([status, new Set(seen)]).toEqual([0, new Set([true])]);
  });

  it('a second scheduler stands by and takes the site over when the first one is killed; a second dispatch works beside the first and goes on alone', async () => {
    const standby = site.start('scheduler');
    const standbyUrl = await standby.says('stands by');
    expect([await (await fetch(`${standbyUrl}/ready`)).text(), (await fetch(`${standbyUrl}/live`)).status]).toEqual(['{"status":"standby"}', 200]);
    expect(await (await fetch(`${standbyUrl}/metrics`)).text()).toContain('service="scheduler"');
    const secondDispatch = await start('dispatch');
    await Promise.all((['scheduler', 'dispatch'] as const).map((role) => running.get(role)!.process.kill()));
    running.set('dispatch', secondDispatch);
    running.set('scheduler', { process: standby, url: await standby.ready() });
    for (const role of ['scheduler', 'dispatch'] as const) expect((await fetch(`${running.get(role)!.url}/ready`)).status).toBe(200);
    expect(await once('leased again', vehicle, ({ frame }) => frame?.leaseAlive === true)).toMatchObject({ frame: { stopped: true, speedMps: 0 } });
    expect(fleet!.vehicle(vehicleId)!.train.speedMps).toBe(0);
  });

  it('an instance of ingest that is killed leaves the frames to the other; a second gateway has the same picture', async () => {
    running.set('second ingest', await start('telemetry-ingest'));
    running.set('second gateway', await start('gateway'));
    const secondGateway = new GatewayClient(running.get('second gateway')!.url, site.token);
    const sequence = async (): Promise<number> => (await secondGateway.get(`/v1/vehicles/${vehicleId}`) as VehicleView).frame?.sequence ?? 0;
    const before = await once('seen', sequence, (n) => n > 0);
    await running.get('telemetry-ingest')!.process.kill();
    running.delete('telemetry-ingest');
    const after = await once('frames go on', sequence, (n) => n > before + 20);
    expect(after).toBeGreaterThan(before);
    const accepted = await (await fetch(`${running.get('second ingest')!.url}/metrics`)).text();
    expect(Number(/qm_ingest_frames_accepted_total\S* (\d+)/.exec(accepted)?.[1])).toBeGreaterThan(20);
  });

  it('a simulator registers its vehicles over REST, connects them, orders work, and leaves in good order', async () => {
    const simulator = site.start('simulator', {
      QM_GATEWAY_URL: running.get('second gateway')!.url, QM_SIMULATOR_VEHICLES: '1', QM_SIMULATOR_SEED: '1', QM_SIMULATOR_PREFIX: `${vehicleId}-`,
    });
    const url = await simulator.ready();
    expect([(await fetch(`${url}/ready`)).status, await (await fetch(`${url}/metrics`)).text()]).toEqual([200, expect.stringContaining('qm_simulator_vehicles{service="simulator"} 1')]);
    await once('reports', async () => await gateway().get(`/v1/vehicles/${simulatedId()}`) as VehicleView, ({ frame, isOnline }) => frame !== null && isOnline);
    await once('orders', async () => await gateway().get('/v1/missions') as { items: Mission[] }, ({ items }) => items.some(({ missionId }) => missionId.startsWith(`${vehicleId}-order-`)));
    expect(await simulator.end()).toMatchObject({ status: 0 });
  });

  it('a vehicle that is taken out of the registry is cut off, and its password no longer lets it in', async () => {
    const link = { url: env['QM_MQTT_URL']!, clientId: vehicleId, username: vehicleId, password };
    await fleet!.stop();
    const own = await connectMqtt(link);
    const cut = new Promise<void>((resolve) => { own.once('close', resolve); });
    await gateway().delete(`/v1/vehicles/${vehicleId}`);
    await cut;
    await own.endAsync(true);
    await expect(connectMqtt(link)).rejects.toThrow(/not authori[sz]ed|refused/i);
  });

  it('each ends within 10 s of being asked to, with 0, and none has told a secret', async () => {
    const ends = await Promise.all([...running].map(async ([name, { process }]) => ({ name, ...await process.end() })));
    for (const { name, status, tookMs } of ends) expect([name, status, tookMs < 10_000]).toEqual([name, 0, true]);
    for (const { role, out, err } of site.processes) for (const secret of site.secrets) expect([role, `${out}${err}`.includes(secret)]).toEqual([role, false]);
  });
});
