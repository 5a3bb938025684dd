import { openAnalytics } from '@quaymaster/analytics-clickhouse';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { dispatchEntities, dispatchMigrations } from '@quaymaster/feature-dispatch';
import { FleetApiConfig, FleetApiModule, fleetApiEntities, fleetApiMigrations } from '@quaymaster/feature-fleet-api';
import { schedulingEntities, schedulingMigrations } from '@quaymaster/feature-scheduling';
import type { Frame, Incident, Mission } from '@quaymaster/messages';
import { type Backends, BackendsModule, createService, JsonLogger, PlatformModule, startService, stopService } from '@quaymaster/nest-platform';
import { readOpenDrive } from '@quaymaster/opendrive';
import { generateTerminal, terminalDefaults } from '@quaymaster/terminal';
import type { AnalyticsStore } from '@quaymaster/ports';
import { compileMap, type VirtualMap } from '@quaymaster/virtual-map';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const TOKEN = 'the-token-of-the-first-start';

const mission: Mission = {
  missionId: 'M-1', pickup: 'QC-1', dropoff: 'YB-1', priority: 0, state: 'running', vehicleId: 'T-1', because: '', createdAtMs: 10, updatedAtMs: 20,
};
const incident: Incident = {
  incidentId: 'INC-1-1', state: 'held', cause: 'operator', causeText: 'boom', causedBy: [], around: [], regionXyM: [], wholeSite: true, members: ['T-1'], timeToStopMs: {}, plan: null, slots: {}, parked: [],
  notParked: [], resumed: [], missionsInterrupted: [], missionsFinished: [], timeline: [], clearedAtMs: null, openedAtMs: 5, updatedAtMs: 6,
};

function siteMap(): VirtualMap {
  const read = readOpenDrive(generateTerminal(terminalDefaults).xodr);
  if (read.kind === 'refused') throw new Error(JSON.stringify(read.faults));
  const compiled = compileMap(read.network);
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.faults));
  return compiled.map;
}

describe('the gateway beside scheduler and dispatch', () => {
  // The engine drops what its own clock calls too old.
  const clock = new ManualClock(Date.now());
  const map = siteMap();
  let analytics: AnalyticsStore;
  let database: Database;
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    database = await openDatabase({
      entities: [...dispatchEntities, ...schedulingEntities, ...fleetApiEntities],
      migrations: [...dispatchMigrations, ...schedulingMigrations, ...fleetApiMigrations],
    });
    analytics = await openAnalytics();
    await analytics.appendFrames([1, 2, 3].map((sequence) => frame(sequence)), 'batch-1');
    const sql = database.dataSource;
    for (const [id, state] of [['M-1', 'running'], ['M-2', 'finished']]) {
      await sql.query('INSERT INTO mission (mission_id, state, body) VALUES ($1, $2, $3)', [id, state, JSON.stringify({ mission: { ...mission, missionId: id, state }, pickedUp: true })]);
    }
    await sql.query('INSERT INTO incident (incident_id, state, body) VALUES ($1, $2, $3)', [incident.incidentId, incident.state, JSON.stringify(incident)]);
    for (const [id, vehicleId, causeId, atMs] of [['c-1', 'T-1', 'INC-1-1', 1], ['c-2', 'T-2', 'INC-1-1', 2], ['c-3', 'T-1', 'M-1', 3]] as const) {
      await sql.query(
        `INSERT INTO command (command_id, vehicle_id, kind, sequence, epoch, state, because, cause_id, actor, params, issued_at_ms, expires_at_ms)
         VALUES ($1, $2, 'stop', 1, 0, 'finished', '', $3, 'collision', '{"kind":"stop","reason":"contact ahead"}', $4, 99)`, [id, vehicleId, causeId, atMs],
      );
    }
    for (const [state, atMs] of [['accepted', 1], ['dispatched', 2], ['finished', 7]] as const) {
      await sql.query(`INSERT INTO command_event (command_id, state, because, at_ms) VALUES ('c-1', $1, '', $2)`, [state, atMs]);
    }
    const backends: Backends = { clock, bus: new InMemoryBus({ clock }), database: sql, analytics };
    @Module({
      imports: [
        PlatformModule.forRoot({ service: 'gateway' }), BackendsModule.forRoot(backends),
        FleetApiModule.forRoot({ config: FleetApiConfig.from({}), map, mapName: map.name, firstStartToken: TOKEN }),
      ],
    })
    class GatewayModule {}
    app = await createService(GatewayModule, new JsonLogger('error', () => undefined));
    url = `http://127.0.0.1:${await startService(app, '127.0.0.1', 0)}`;
  });

  afterAll(async () => {
    await stopService(app);
    await database.close();
    await analytics.close();
  });

  function frame(sequence: number): Frame {
    const atMs = clock.nowMs() - 10_000 + 1000 * sequence;
    return {
      vehicleId: 'T-1', bootId: 1, sequence, observedAtMs: atMs, receivedAtMs: atMs, modelId: 'agv', mode: 'AUTOMATIC', xM: sequence, yM: 0, headingRad: 0, speedMps: 1,
      accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0, hitchAnglesRad: [], routeId: '', routeSM: 0, releasedToSM: 0, stopped: false, leaseAlive: true, epoch: 1,
      commandSequence: 0, errors: [], objects: [], match: null,
    };
  }

  async function get(path: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    return await response.json() as Record<string, unknown>;
  }

  it('knows the missions and incidents of before its start', async () => {
    expect((await get('/v1/missions'))['items']).toMatchObject([{ missionId: 'M-2', state: 'finished' }, { missionId: 'M-1', state: 'running', vehicleId: 'T-1' }]);
    expect(await get('/v1/incidents')).toEqual({ items: [incident], next: null });
    expect(await get('/v1/incidents/INC-1-1')).toEqual(incident);
  });

  it('shows commands by vehicle and by cause, newest first, page by page', async () => {
    const ids = async (query: string): Promise<unknown> => {
      const { items, next } = await get(`/v1/commands?${query}`) as { items: { commandId: string }[]; next: string | null };
      return [items.map((command) => command.commandId), next];
    };
    expect(await ids('')).toEqual([['c-3', 'c-2', 'c-1'], null]);
    expect(await ids('vehicleId=T-1')).toEqual([['c-3', 'c-1'], null]);
    expect(await ids('causeId=INC-1-1')).toEqual([['c-2', 'c-1'], null]);
    expect(await ids('limit=2')).toEqual([['c-3', 'c-2'], 'c-2']);
    expect(await ids('limit=2&after=c-2')).toEqual([['c-1'], null]);
    expect(await ids('state=running')).toEqual([[], null]);
  });

  it('shows a command with its ladder', async () => {
    expect(await get('/v1/commands/c-1')).toMatchObject({
      commandId: 'c-1', kind: 'stop', issuedAtMs: 1, params: { kind: 'stop', reason: 'contact ahead' },
      events: [{ state: 'accepted', atMs: 1 }, { state: 'dispatched', atMs: 2 }, { state: 'finished', atMs: 7 }],
    });
  });

  it('gives the history of a vehicle and of the fleet', async () => {
    const from = frame(2).observedAtMs;
    const history = async (query: string): Promise<number[]> => (await get(`/v1/vehicles/T-1/frames?${query}`) as { items: Frame[] }).items.map((one) => one.sequence);
    expect(await history('')).toEqual([1, 2, 3]);
    expect(await history(`from=${from}`)).toEqual([2, 3]);
    expect(await history(`from=${from}&limit=1`)).toHaveLength(1);
    const { items } = await get('/v1/statistics/minutes') as { items: { frames: number; vehicles: number }[] };
    expect(items.reduce((sum, minute) => sum + minute.frames, 0)).toBe(3);
  });

  it('gives the map of a whole terminal, to the millimetre', async () => {
    const view = await get('/v1/map') as { hash: string; blocks: { count: number; outlineOffset: number[]; outlineXyM: number[] }; slots: unknown[]; zones: unknown[] };
    expect([view.hash, view.blocks.count, view.slots.length, view.zones.length]).toEqual([map.hash, map.blocks.count, map.slots.length, map.zones.length]);
    expect(view.blocks.outlineOffset).toEqual([...map.blocks.outlineOffset]);
    expect(view.blocks.outlineXyM.length).toBe(map.blocks.outlineXyM.length);
    const worstM = view.blocks.outlineXyM.reduce((worst, valueM, i) => Math.max(worst, Math.abs(valueM - map.blocks.outlineXyM[i]!)), 0);
    expect(worstM).toBeLessThanOrEqual(0.000_501);
  });
});
