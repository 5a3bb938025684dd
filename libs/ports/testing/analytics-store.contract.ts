import type { Frame } from '@quaymaster/messages';
import { type AnalyticsStore, AnalyticsUnavailableError } from '../src';

/** Start of a minute not long ago: stores may forget what is old. */
const START_AT_MS = Math.floor((Date.now() - 3_600_000) / 60_000) * 60_000;

function frame(vehicleId: string, atS: number, changes: Partial<Frame> = {}): Frame {
  const observedAtMs = START_AT_MS + Math.round(atS * 1000);
  return {
    vehicleId, bootId: 1_760_000_000_123, sequence: Math.round(atS * 10), observedAtMs, receivedAtMs: observedAtMs + 12, modelId: 'tractor', mode: 'AUTOMATIC',
    xM: 512.034_567_891, yM: -3.25, headingRad: -Math.PI / 3, speedMps: 8.3, accelerationMps2: -0.7, yawRateRadPs: 0.01, positionSigmaM: 0.05, hitchAnglesRad: [0.1, -0.2],
    routeId: 'r-1', routeSM: 12.5, releasedToSM: 80, stopped: false, leaseAlive: true, epoch: 3, commandSequence: 17, errors: ['brake: "hot" \\ \u{1F525}'],
    objects: [{ objectId: 'o-1', kind: 'person', polygonM: [0, 0, 1, 0, 0, 1], vxMps: 1, vyMps: 0 }], match: { block: 7, sM: 3.5, tM: -0.1 }, ...changes,
  };
}

/** What every AnalyticsStore keeps. `open` gives an empty store. */
export function describeAnalyticsStore(name: string, open: () => Promise<AnalyticsStore>): void {
  describe(`${name} as an AnalyticsStore`, () => {
    let store: AnalyticsStore;
    beforeEach(async () => { store = await open(); });
    afterEach(async () => { await store.close(); });

    const all = { fromMs: 0, toMs: START_AT_MS + 1e9, limit: 1000 };

    it('gives frames back as they were appended', async () => {
      const rows = [frame('T-1', 0), frame('T-1', 0.1, { match: null, objects: [], errors: [], hitchAnglesRad: [], stopped: true, leaseAlive: false, routeId: '' })];
      await store.appendFrames(rows, 'a');
      expect(await store.telemetry({ vehicleId: 'T-1', ...all })).toEqual(rows);
      expect(await store.countFrames()).toBe(2);
    });

    it('gives the frames of one vehicle from an instant on and before another, oldest first, as many as asked for', async () => {
      await store.appendFrames([frame('T-1', 3), frame('T-2', 2), frame('T-1', 1), frame('T-1', 2), frame('T-1', 4)], 'a');
      const secondsOf = async (query: object) => (await store.telemetry({ vehicleId: 'T-1', ...all, ...query })).map((row) => (row.observedAtMs - START_AT_MS) / 1000);
      expect(await secondsOf({})).toEqual([1, 2, 3, 4]);
      expect(await secondsOf({ fromMs: START_AT_MS + 2000, toMs: START_AT_MS + 4000 })).toEqual([2, 3]);
      expect(await secondsOf({ limit: 2 })).toEqual([1, 2]);
      expect(await secondsOf({ vehicleId: 'T-9' })).toEqual([]);
    });

    it('stores a batch once, however often it comes with its token', async () => {
      const batch = [frame('T-1', 1), frame('T-1', 2)];
      await store.appendFrames(batch, 'batch-1');
      await store.appendFrames(batch, 'batch-1');
      expect(await store.countFrames()).toBe(2);
    });

    it('stores what is equal but has another token', async () => {
      await store.appendFrames([frame('T-1', 1)], 'batch-1');
      await store.appendFrames([frame('T-1', 1)], 'batch-2');
      expect(await store.countFrames()).toBe(2);
    });

    it('keeps the tokens of batches apart that come at once', async () => {
      await Promise.all(Array.from({ length: 8 }, (_, i) => store.appendFrames([frame(`T-${i}`, i)], `batch-${i % 4}`)));
      expect(await store.countFrames()).toBe(4);
    });

    it('stores nothing for an empty batch', async () => {
      await store.appendFrames([], 'a');
      expect(await store.countFrames()).toBe(0);
    });

    it('counts vehicles, frames, speed and standing by the minute', async () => {
      await store.appendFrames([
        frame('T-1', 0, { speedMps: 4 }), frame('T-2', 30, { speedMps: -2 }), frame('T-2', 59.999, { speedMps: 0 }), frame('T-1', 60, { speedMps: 0.05 }), frame('T-1', 180, { speedMps: 5 }),
      ], 'a');
      expect(await store.fleetMinutes(START_AT_MS, START_AT_MS + 180_000)).toEqual([
        { minuteAtMs: START_AT_MS, vehicles: 2, frames: 3, meanSpeedMps: 2, standingRatio: expect.closeTo(1 / 3, 9) as number },
        { minuteAtMs: START_AT_MS + 60_000, vehicles: 1, frames: 1, meanSpeedMps: 0.05, standingRatio: 1 },
      ]);
    });

    it('takes hostile text for text', async () => {
      const id = 'T-1\'; DROP TABLE frames; --';
      await store.appendFrames([frame(id, 1)], 'it\'s; SELECT');
      expect(await store.telemetry({ vehicleId: id, ...all })).toHaveLength(1);
      expect(await store.telemetry({ vehicleId: '\' OR 1 = 1 --', ...all })).toEqual([]);
    });

    it('rejects after it was closed, and lets calls before that finish', async () => {
      const before = store.appendFrames([frame('T-1', 1)], 'a');
      await store.close();
      await expect(before).resolves.toBeUndefined();
      await expect(store.countFrames()).rejects.toBeInstanceOf(AnalyticsUnavailableError);
      await expect(store.appendFrames([frame('T-1', 1)], 'b')).rejects.toBeInstanceOf(AnalyticsUnavailableError);
      await expect(store.close()).resolves.toBeUndefined();
    });
  });
}
