import { once } from 'node:events';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import {
  type Conflict, conflicts, connections, decodePositions, type Frame, frames, type LiveMessage, liveMessageSchema, type LivePositions, missions, plans,
  vehicleStatuses,
} from '@quaymaster/messages';
import { WebSocket } from 'ws';
import { emptyStore } from '../../testing/empty-store';
import { ADMIN_TOKEN, GatewayStage } from '../../testing/gateway-stage';
import { fleetApiEntities, fleetApiMigrations } from '../index';
import { LiveHub } from './live-hub.service';

/** A client that keeps what it was sent. */
class Viewer {
  readonly texts: LiveMessage[] = [];
  readonly positions: LivePositions[] = [];
  private arrived: () => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.positions.push(decodePositions(data));
      else this.texts.push(liveMessageSchema.parse(JSON.parse(data.toString('utf8'))));
      this.arrived();
    });
  }

  static async open(stage: GatewayStage, token = ADMIN_TOKEN): Promise<Viewer> {
    const viewer = new Viewer(new WebSocket(`ws://127.0.0.1:${stage.port}/v1/live?token=${token}`));
    await once(viewer.socket, 'open');
    await viewer.until(() => viewer.texts.length > 0);
    return viewer;
  }

  /** Resolves when something that has come makes it true. */
  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await new Promise<void>((resolve) => { this.arrived = resolve; });
  }

  get last(): LiveMessage {
    return this.texts[this.texts.length - 1]!;
  }
}

const conflict: Conflict = {
  conflictId: 'C-1', phase: 'opened', a: 'A-1', b: 'A-2', severity: 'warning', timeToContactS: 4, xM: 1, yM: 2, observedAtMs: 1_760_000_000_000,
};

let clock: ManualClock;
let bus: InMemoryBus;
let database: Database;
let stage: GatewayStage;

beforeAll(async () => {
  database = await openDatabase({ entities: fleetApiEntities, migrations: fleetApiMigrations });
});

afterAll(async () => {
  await database.close();
});

async function open(env: Record<string, string> = {}): Promise<void> {
  await emptyStore(database.dataSource);
  clock = new ManualClock();
  bus = new InMemoryBus({ clock, compactedTopics: ['vehicle-models', 'vehicle-status', 'missions', 'incidents', 'plans'] });
  stage = await GatewayStage.open({ clock, bus, database: database.dataSource }, { env });
}

afterEach(() => stage.close());

function frame(vehicleId: string, sequence: number, xM: number, more: Partial<Frame> = {}): Frame {
  return {
    vehicleId, bootId: 1, sequence, observedAtMs: clock.nowMs(), receivedAtMs: clock.nowMs(), modelId: 'agv', mode: 'AUTOMATIC', xM, yM: 2, headingRad: 0.5, speedMps: 3,
    accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0.1, hitchAnglesRad: [], routeId: '', routeSM: 0, releasedToSM: 0, stopped: false, leaseAlive: true, epoch: 1,
    commandSequence: 0, errors: [], objects: [], match: null, ...more,
  };
}

const report = async (...reports: Frame[]): Promise<void> => {
  for (const one of reports) await bus.publish(frames, one.vehicleId, one);
  await bus.idle();
};

/** Real time goes on by itself; this gives the pace of the connection its due. */
async function turn(viewer: Viewer, isThere: () => boolean): Promise<void> {
  const ticking = setInterval(() => { clock.advance(100); }, 10);
  await viewer.until(isThere);
  clearInterval(ticking);
}

describe('opening the live connection', () => {
  beforeEach(() => open({ QM_API_LIVE_CLIENTS: '2' }));

  it.each([
    ['no token', '/v1/live', 401], ['a token that is not known', '/v1/live?token=made-up', 401], ['another address', `/v1/other?token=${ADMIN_TOKEN}`, 404],
  ])('is refused before the upgrade with %s', async (_, path, status) => {
    const socket = new WebSocket(`ws://127.0.0.1:${stage.port}${path}`);
    const [, response] = await once(socket, 'unexpected-response') as [unknown, { statusCode: number; headers: Record<string, string> }];
    expect([response.statusCode, response.headers['content-type']]).toEqual([status, 'application/problem+json']);
  });

  it('takes the token from the header as well', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${stage.port}/v1/live`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    await once(socket, 'message');
    socket.terminate();
  });

  it('is refused when as many are open as may be', async () => {
    await Viewer.open(stage);
    await Viewer.open(stage);
    const socket = new WebSocket(`ws://127.0.0.1:${stage.port}/v1/live?token=${ADMIN_TOKEN}`);
    const [, response] = await once(socket, 'unexpected-response') as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(503);
  });

  it('ends with 1001 when the service shuts down', async () => {
    const viewer = await Viewer.open(stage);
    const closed = once(viewer.socket, 'close');
    await stage.app.get(LiveHub).close();
    expect((await closed)[0]).toBe(1001);
  });
});

describe('the picture of the site', () => {
  beforeEach(() => open());

  it('begins with everything that there is', async () => {
    await stage.register('A-1');
    await report(frame('A-1', 1, 10), frame('A-2', 1, 20));
    await bus.publish(conflicts, 'cell', conflict);
    await bus.idle();
    const viewer = await Viewer.open(stage);
    expect(viewer.last).toMatchObject({ type: 'snapshot', version: 1, mapHash: '00c0ffee00c0ffee' });
    expect(viewer.last.changes).toMatchObject({ rosterFrom: 0, roster: ['A-1', 'A-2'], models: [{ id: 'agv' }], conflicts: [{ conflictId: 'C-1' }] });
    await viewer.until(() => viewer.positions.length > 0);
    expect(viewer.positions[0]!.positions).toMatchObject([{ number: 0, xM: 10, online: true, stopped: false }, { number: 1, xM: 20 }]);
  });

  it('goes on with versions that have no gap, each with what has changed since, newest state only', async () => {
    const viewer = await Viewer.open(stage);
    for (let i = 1; i <= 5; i += 1) await bus.publish(conflicts, 'cell', { ...conflict, phase: i === 1 ? 'opened' : 'updated', timeToContactS: 5 - i });
    await report(frame('A-7', 1, 0));
    await turn(viewer, () => viewer.texts.length === 2);
    expect(viewer.last).toMatchObject({ type: 'delta', version: 2, changes: { rosterFrom: 0, roster: ['A-7'] } });
    expect(viewer.last.changes.conflicts).toEqual([{ ...conflict, phase: 'updated', timeToContactS: 0 }]);
    await bus.publish(conflicts, 'cell', { ...conflict, phase: 'closed' });
    await report(frame('A-8', 1, 0));
    await turn(viewer, () => viewer.texts.length === 3);
    expect(viewer.last).toMatchObject({ type: 'delta', version: 3, changes: { rosterFrom: 1, roster: ['A-8'], conflicts: [{ phase: 'closed' }] } });
  });

  it('sends no more than ten texts and twenty positions a second, however fast the clock of the site runs', async () => {
    const viewer = await Viewer.open(stage);
    const startMs = performance.now();
    let sequence = 0;
    // Faster than the limits, and long enough for them to show, on a busy machine too.
    while (performance.now() - startMs < 1000 || sequence < 60) {
      sequence += 1;
      await bus.publish(conflicts, 'cell', { ...conflict, phase: 'updated', timeToContactS: sequence });
      await report(frame('A-1', sequence, sequence));
      clock.advance(100);
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    const seconds = (performance.now() - startMs) / 1000;
    // One more of each stands at the beginning, and one may come early.
    expect(viewer.texts.length).toBeLessThanOrEqual(10 * seconds + 3);
    expect(viewer.positions.length).toBeLessThanOrEqual(20 * seconds + 3);
    expect(viewer.texts.length).toBeGreaterThan(3);
    expect(viewer.texts.map((text) => text.version)).toEqual(viewer.texts.map((_, i) => i + 1));
  });

  it('sends the newest position of each vehicle that has moved, and only of those', async () => {
    await report(frame('A-1', 1, 1), frame('A-2', 1, 2));
    const viewer = await Viewer.open(stage);
    await viewer.until(() => viewer.positions.length === 1);
    await report(frame('A-2', 2, 3), frame('A-2', 4, 5, { stopped: true, hitchAnglesRad: [0.25] }));
    // From another ingest, out of order.
    await report(frame('A-2', 3, 4));
    await turn(viewer, () => viewer.positions.length === 2);
    expect(viewer.positions[1]!.positions).toEqual([
      { number: 1, xM: 5, yM: 2, headingRad: 0.5, speedMps: 3, stopped: true, online: true, hitchAnglesRad: [0.25] },
    ]);
  });

  it('shows a vehicle as offline when its connection breaks, without a new frame', async () => {
    await report(frame('A-1', 1, 1));
    const viewer = await Viewer.open(stage);
    await viewer.until(() => viewer.positions.length === 1);
    await bus.publish(connections, 'A-1', { vehicleId: 'A-1', bootId: 1, modelId: 'agv', state: 'CONNECTION_BROKEN', atMs: clock.nowMs() });
    await bus.idle();
    await turn(viewer, () => viewer.positions.length === 2);
    expect(viewer.positions[1]!.positions).toMatchObject([{ number: 0, online: false }]);
  });

  it('is the same over REST', async () => {
    const status = { vehicleId: 'A-1', modelId: 'agv', activity: 'held' as const, missionId: '', incidentId: 'I-1', routeId: 'R-2', because: ['held'], atMs: clock.nowMs(),
      holds: [{ holdId: 'H-1', vehicleId: 'A-1', reason: 'incident' as const, owner: 'I-1', placedAtMs: clock.nowMs() }] };
    await bus.publish(vehicleStatuses, 'A-1', status);
    await bus.publish(conflicts, 'cell', conflict);
    for (const routeId of ['R-1', 'R-2']) {
      await bus.publish(plans, 'A-1', { vehicleId: 'A-1', routeId, pathXyM: [0, 0, 1, 0], limitFromSM: [0], limitMps: [1], publishedAtMs: clock.nowMs() });
    }
    await bus.publish(plans, 'A-2', { vehicleId: 'A-2', routeId: 'R-9', pathXyM: [0, 0, 1, 0], limitFromSM: [0], limitMps: [1], publishedAtMs: clock.nowMs() });
    await report(frame('A-1', 1, 1));
    expect((await stage.get('/v1/vehicles/A-1')).body).toMatchObject({ isRegistered: false, isOnline: true, status: { activity: 'held' }, frame: { xM: 1 } });
    expect((await stage.get('/v1/holds')).body).toMatchObject({ items: [{ holdId: 'H-1' }], next: null });
    expect((await stage.get('/v1/conflicts?vehicleId=A-2')).body).toMatchObject({ items: [{ conflictId: 'C-1' }] });
    expect((await stage.get('/v1/conflicts?vehicleId=A-3')).body).toMatchObject({ items: [] });
    expect((await stage.get('/v1/plans')).body).toMatchObject({ items: [{ routeId: 'R-2' }, { routeId: 'R-9' }] });
    await bus.publish(vehicleStatuses, 'A-1', { ...status, routeId: '', holds: [], atMs: clock.nowMs() + 1 });
    await bus.idle();
    expect((await stage.get('/v1/plans')).body).toMatchObject({ items: [{ routeId: 'R-9' }] });
    expect((await stage.get('/v1/holds')).body).toMatchObject({ items: [] });
  });

  it('pages through missions, newest first', async () => {
    for (let i = 1; i <= 5; i += 1) {
      await bus.publish(missions, `M-${i}`, {
        missionId: `M-${i}`, pickup: 'QC-1', dropoff: 'YB-1', priority: 0, state: i === 3 ? 'finished' : 'waiting', vehicleId: '', because: '', createdAtMs: i, updatedAtMs: i,
      });
    }
    await bus.idle();
    const seen: unknown[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body } = await stage.get(`/v1/missions?limit=2${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`);
      seen.push(...(body['items'] as { missionId: string }[]).map((mission) => mission.missionId));
      next = body['next'] as string | null;
    }
    expect(seen).toEqual(['M-5', 'M-4', 'M-3', 'M-2', 'M-1']);
    expect((await stage.get('/v1/missions?state=finished')).body).toMatchObject({ items: [{ missionId: 'M-3' }], next: null });
  });
});

describe('a live connection that is not well', () => {
  it('is cut off when it does not read, and its buffer stays within the cap', async () => {
    const capBytes = 262_144;
    await open({ QM_API_LIVE_BUFFER_BYTES: String(capBytes), QM_API_LIVE_STALL_MS: '1000' });
    const viewer = await Viewer.open(stage);
    viewer.socket.pause();
    const hub = stage.app.get(LiveHub);
    const reason = 'x'.repeat(100_000);
    let sequence = 0;
    let mostBytes = 0;
    while (hub.clientCount > 0) {
      mostBytes = Math.max(mostBytes, hub.bufferedBytes);
      sequence += 1;
      await bus.publish(missions, 'M-1', {
        // One mission that changes all the time: what waits for the client is always its newest state.
        missionId: 'M-1', pickup: 'QC-1', dropoff: 'YB-1', priority: 0, state: 'waiting', vehicleId: '', because: reason, createdAtMs: 1, updatedAtMs: sequence,
      });
      await bus.idle();
      clock.advance(100);
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    expect(mostBytes).toBeGreaterThan(0);
    expect(mostBytes).toBeLessThanOrEqual(capBytes);
    expect(sequence * reason.length).toBeGreaterThan(4 * capBytes);
    expect((await fetch(`${stage.url}/metrics`).then((response) => response.text()))).toMatch(/^qm_api_live_clients\{[^}]*\} 0$/m);
    viewer.socket.terminate();
  });

  it('is cut off when it answers no ping', async () => {
    await open({ QM_API_LIVE_PING_MS: '50' });
    const socket = new WebSocket(`ws://127.0.0.1:${stage.port}/v1/live?token=${ADMIN_TOKEN}`, { autoPong: false });
    const [code] = await once(socket, 'close') as [number];
    expect(code).toBe(1006);
  });

  it('stays when it answers', async () => {
    await open({ QM_API_LIVE_PING_MS: '50' });
    const viewer = await Viewer.open(stage);
    for (let pings = 0; pings < 4; pings += 1) await once(viewer.socket, 'ping');
    expect(viewer.socket.readyState).toBe(WebSocket.OPEN);
    viewer.socket.terminate();
  });

  it('ends when its token ends', async () => {
    await open({ QM_API_LIVE_PING_MS: '50' });
    const token = await stage.tokenOf('viewer');
    const viewer = await Viewer.open(stage, token);
    const closed = once(viewer.socket, 'close');
    await stage.send('DELETE', '/v1/tokens/a-viewer', { token: ADMIN_TOKEN, key: 'end-it' });
    expect((await closed)[0]).toBe(4401);
  });

  it('ends when the client sends more than a client has to say', async () => {
    await open();
    const viewer = await Viewer.open(stage);
    const closed = once(viewer.socket, 'close');
    viewer.socket.send('x'.repeat(10_000));
    expect((await closed)[0]).toBe(1009);
  });
});
