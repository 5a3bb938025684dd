import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { frames } from '@quaymaster/messages';
import { AnalyticsUnavailableError } from '@quaymaster/ports';
import { describeAnalyticsStore } from '@quaymaster/ports/testing';
import { ClickHouseAnalyticsStore } from './click-house-analytics-store';
import { openAnalytics } from './open-analytics';

describeAnalyticsStore('the embedded engine', () => openAnalytics());

const nowMs = Date.now();
const frame = frames.decode(frames.encode({
  vehicleId: 'T-1', bootId: 1, sequence: 1, observedAtMs: nowMs, receivedAtMs: nowMs, modelId: 'agv', mode: 'AUTOMATIC', xM: 0, yM: 0, headingRad: 0, speedMps: 0,
  accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0, hitchAnglesRad: [], routeId: '', routeSM: 0, releasedToSM: 0, stopped: false, leaseAlive: false, epoch: 0,
  commandSequence: 0, errors: [], objects: [], match: null,
}));

describe('a folder', () => {
  let dataDir: string;
  beforeEach(() => { dataDir = mkdtempSync(join(tmpdir(), 'qm-analytics-')); });
  afterEach(() => { rmSync(dataDir, { recursive: true, force: true }); });

  it('keeps its frames, and the tokens of its batches, over a restart', async () => {
    const before = await openAnalytics({ dataDir: join(dataDir, 'new') });
    await before.appendFrames([frame], 'a');
    await before.close();
    const after = await openAnalytics({ dataDir: join(dataDir, 'new') });
    await after.appendFrames([frame], 'a');
    expect(await after.countFrames()).toBe(1);
    await after.close();
  });

  it('drops frames that are older than the retention', async () => {
    const store = await openAnalytics({ dataDir, retentionDays: 2 });
    await store.appendFrames([{ ...frame, observedAtMs: nowMs - 10 * 86_400_000, receivedAtMs: nowMs - 10 * 86_400_000 }], 'old');
    await store.appendFrames([frame], 'new');
    expect(await remaining(store)).toBe(1);
    await store.close();
  });
});

/** Frames that are left once the engine has tidied up, which it does in its own time. */
async function remaining(store: Awaited<ReturnType<typeof openAnalytics>>): Promise<number> {
  for (let looks = 0; looks < 200; looks += 1) {
    const count = await store.countFrames();
    if (count < 2) return count;
  }
  return store.countFrames();
}

describe('a store that cannot be had', () => {
  it('is opened all the same; its calls reject and say why', async () => {
    const store = await openAnalytics({ url: 'http://127.0.0.1:9' });
    await expect(store.appendFrames([frame], 'a')).rejects.toThrow(AnalyticsUnavailableError);
    await expect(store.countFrames()).rejects.toThrow(/ECONNREFUSED/);
    await expect(store.telemetry({ vehicleId: 'T-1', fromMs: 0, toMs: 1, limit: 1 })).rejects.toThrow(AnalyticsUnavailableError);
    await expect(store.fleetMinutes(0, 1)).rejects.toThrow(AnalyticsUnavailableError);
    await store.close();
  });

  it('says when the embedded engine is not installed', async () => {
    const store = new ClickHouseAnalyticsStore({ connect: () => { throw new Error('the engine is not installed'); }, prepare: async () => undefined, isRemote: false });
    await expect(store.countFrames()).rejects.toMatchObject({ code: 'QM_ANALYTICS_UNAVAILABLE', message: expect.stringContaining('the engine is not installed') as string });
  });

  it('is found again once it is there', async () => {
    let isUp = false;
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        response.statusCode = isUp ? 200 : 503;
        response.end(request.method === 'POST' && isUp ? '["7"]\n' : '');
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const store = new ClickHouseAnalyticsStore({
      connect: () => createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log: { level: ClickHouseLogLevel.OFF } }),
      prepare: async (client) => { await client.command({ query: 'SELECT 1' }); }, isRemote: true,
    });
    await expect(store.open()).rejects.toThrow(AnalyticsUnavailableError);
    isUp = true;
    await expect(store.open()).resolves.toBeUndefined();
    await store.close();
    await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  });

  it('never shows its password', async () => {
    const store = await openAnalytics({ url: 'http://127.0.0.1:9/history', username: 'qm', password: 'hush-hush' });
    const error: unknown = await store.countFrames().catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hush-hush');
    await store.close();
    await expect(openAnalytics({ url: 'ftp://qm:hush-hush@host' })).rejects.toThrow(RangeError);
    await expect(openAnalytics({ url: 'ftp://qm:hush-hush@host' })).rejects.not.toThrow(/hush-hush/);
  });
});
