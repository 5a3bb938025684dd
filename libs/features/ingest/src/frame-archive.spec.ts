import { ManualClock } from '@quaymaster/clock';
import type { Frame } from '@quaymaster/messages';
import { AnalyticsStore, AnalyticsUnavailableError } from '@quaymaster/ports';
import { Registry } from 'prom-client';
import { FrameArchive } from './frame-archive';
import { IngestCounters } from './ingest-counters';

/** A store on a machine that can fail, or not answer, when the test says so. */
class Shelf extends AnalyticsStore {
  readonly batches: { readonly sequences: readonly number[]; readonly token: string }[] = [];
  isBroken = false;
  /** Set: appending waits for it. */
  stall: Promise<void> | null = null;

  async appendFrames(rows: readonly Frame[], token: string): Promise<void> {
    if (this.stall !== null) await this.stall;
    if (this.isBroken) throw new AnalyticsUnavailableError('the shelf is broken');
    this.batches.push({ sequences: rows.map((row) => row.sequence), token });
  }

  telemetry(): Promise<never> { return Promise.reject(new AnalyticsUnavailableError('it only takes')); }
  fleetMinutes(): Promise<never> { return Promise.reject(new AnalyticsUnavailableError('it only takes')); }
  async countFrames(): Promise<number> { return this.batches.reduce((sum, { sequences }) => sum + sequences.length, 0); }
  async close(): Promise<void> { await Promise.resolve(); }
}

const clock = new ManualClock();
let shelf: Shelf;
let counters: IngestCounters;
let archive: FrameArchive;
let registry: Registry;
let sequence: number;

beforeEach(() => {
  shelf = new Shelf();
  registry = new Registry();
  counters = new IngestCounters(registry);
  archive = new FrameArchive(shelf, clock, counters);
  sequence = 0;
  archive.start();
});

function rows(count: number): Frame[] {
  return Array.from({ length: count }, () => ({
    vehicleId: 'T-01', bootId: 1, sequence: sequence++, observedAtMs: clock.nowMs(), receivedAtMs: clock.nowMs(), modelId: 'agv', mode: 'AUTOMATIC', xM: 0, yM: 0,
    headingRad: 0, speedMps: 0, accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0, hitchAnglesRad: [], routeId: '', routeSM: 0, releasedToSM: 0,
    stopped: false, leaseAlive: true, epoch: 0, commandSequence: 0, errors: [], objects: [], match: null,
  }));
}

/** Lets everything run that waits for no timer. */
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

it('writes what has come in a second as one batch, in order', async () => {
  archive.add(rows(3));
  archive.add(rows(2));
  await turn();
  expect(shelf.batches).toEqual([]);
  clock.advance(1000);
  await archive.stop();
  expect(shelf.batches.map(({ sequences }) => sequences)).toEqual([[0, 1, 2, 3, 4]]);
  expect(counters.archived).toBe(5);
});

it('does not wait for the second when a thousand rows have come', async () => {
  archive.add(rows(999));
  await turn();
  expect(await shelf.countFrames()).toBe(0);
  archive.add(rows(1));
  await turn();
  expect(await shelf.countFrames()).toBe(1000);
  await archive.stop();
});

it('writes nothing when nothing has come', async () => {
  clock.advance(10_000);
  await archive.stop();
  expect(shelf.batches).toEqual([]);
});

it('gives each batch a token of its own, also within one millisecond', async () => {
  archive.add(rows(1000));
  archive.add(rows(1000));
  await archive.stop();
  expect(new Set(shelf.batches.map(({ token }) => token)).size).toBe(2);
});

it('writes what is left when it stops, and nothing by the clock afterwards', async () => {
  archive.add(rows(4));
  await archive.stop();
  expect(await shelf.countFrames()).toBe(4);
  archive.add(rows(1));
  clock.advance(10_000);
  await turn();
  expect(await shelf.countFrames()).toBe(4);
});

it('counts a gap when the store rejects a batch, and writes the next one', async () => {
  shelf.isBroken = true;
  archive.add(rows(7));
  clock.advance(1000);
  await turn();
  expect([counters.unarchived, counters.archived]).toEqual([7, 0]);
  shelf.isBroken = false;
  archive.add(rows(2));
  clock.advance(1000);
  await archive.stop();
  expect(shelf.batches.map(({ sequences }) => sequences)).toEqual([[7, 8]]);
  expect([counters.unarchived, counters.archived]).toEqual([7, 2]);
  expect(await registry.metrics()).toContain('qm_ingest_frames_unarchived_total 7');
});

it('keeps at most 50,000 rows for a store that does not answer; the gap is counted and the rest written when it does', async () => {
  let answer = (): void => undefined;
  shelf.stall = new Promise((resolve) => { answer = resolve; });
  for (let i = 0; i < 240; i += 1) {
    archive.add(rows(250));
    clock.advance(20);
  }
  expect(counters.unarchived).toBe(10_000);
  answer();
  await archive.stop();
  expect(await shelf.countFrames()).toBe(50_000);
  expect(counters.archived).toBe(50_000);
});
