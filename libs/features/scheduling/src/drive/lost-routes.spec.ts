import type { Frame } from '@quaymaster/messages';
import { drive, frame, madeAtMs } from '../../testing/site-records';
import { FleetPicture } from '../fleet-picture';
import { SiteState } from '../site-state';
import { LostRoutes } from './lost-routes';

const STEP_MS = 200;

describe('LostRoutes', () => {
  let state: SiteState;
  let picture: FleetPicture;
  let lost: LostRoutes;
  let nowMs: number;
  let sequence: number;

  beforeEach(() => {
    state = new SiteState();
    picture = new FleetPicture();
    lost = new LostRoutes(state, picture);
    nowMs = madeAtMs;
    sequence = 0;
  });

  /** Time passes with a report each step. Returns after how long a drive was first to be given up [ms], null if none was. */
  const pass = (durationMs: number, change: Partial<Frame>): number | null => {
    for (let atMs = 0; atMs <= durationMs; atMs += STEP_MS) {
      nowMs += STEP_MS;
      sequence += 1;
      picture.report(frame('A', { sequence, receivedAtMs: nowMs, ...change }));
      if (lost.find(nowMs).length > 0) return atMs;
    }
    return null;
  };

  it('gives a drive up that its vehicle has not adopted after 15 s', () => {
    state.putDrive(drive('A', 'r-1'));
    expect(pass(60_000, { routeId: '' })).toBe(15_000 + STEP_MS);
    expect(lost.find(nowMs)).toEqual([drive('A', 'r-1')]);
  });

  it('gives a drive up that its vehicle has followed and does not know any more after 3 s', () => {
    state.putDrive(drive('A', 'r-2', { adopted: true }));
    expect(pass(60_000, { routeId: 'r-1' })).toBe(3000 + STEP_MS);
  });

  it('never gives a drive up that its vehicle reports', () => {
    state.putDrive(drive('A', 'r-1', { adopted: true }));
    expect(pass(60_000, { routeId: 'r-1' })).toBeNull();
  });

  it('waits for a vehicle that still moves until it stands', () => {
    state.putDrive(drive('A', 'r-1', { adopted: true }));
    expect(pass(10_000, { routeId: '', speedMps: 3 })).toBeNull();
    expect(pass(10_000, { routeId: '', speedMps: 0 })).toBe(0);
  });

  it('does not judge a vehicle by a report that is old', () => {
    state.putDrive(drive('A', 'r-1', { adopted: true }));
    pass(2000, { routeId: '' });
    nowMs += 60_000;
    expect(lost.find(nowMs)).toEqual([]);
  });

  it('does not judge a vehicle whose connection is broken', () => {
    state.putDrive(drive('A', 'r-1', { adopted: true }));
    pass(2800, { routeId: '' });
    picture.connect({ vehicleId: 'A', bootId: 1, modelId: 'agv', state: 'CONNECTION_BROKEN', atMs: nowMs });
    nowMs += 600;
    expect(lost.find(nowMs)).toEqual([]);
  });

  it('counts anew after the vehicle has reported the drive again', () => {
    state.putDrive(drive('A', 'r-1', { adopted: true }));
    expect(pass(2800, { routeId: '' })).toBeNull();
    expect(pass(0, { routeId: 'r-1' })).toBeNull();
    expect(pass(60_000, { routeId: '' })).toBe(3000 + STEP_MS);
  });

  it('counts anew after a silence, which says nothing of what the vehicle knew meanwhile', () => {
    state.putDrive(drive('A', 'r-1', { adopted: true }));
    pass(2800, { routeId: '' });
    nowMs += 60_000;
    lost.find(nowMs);
    expect(pass(60_000, { routeId: '' })).toBe(3000 + STEP_MS);
  });

  it('counts for each drive of a vehicle by itself', () => {
    state.putDrive(drive('A', 'r-1'));
    expect(pass(14_000, { routeId: '' })).toBeNull();
    state.putDrive(drive('A', 'r-2'));
    expect(pass(60_000, { routeId: 'r-1' })).toBe(15_000 + STEP_MS);
  });

  it('says nothing of a vehicle that has never reported', () => {
    state.putDrive(drive('B', 'r-1'));
    expect(lost.find(madeAtMs + 60_000)).toEqual([]);
  });
});
