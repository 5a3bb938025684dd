import type { Conflict, Deviation, StopRequest } from '@quaymaster/messages';
import { madeAtMs } from '../testing/site-records';
import { AlarmDesk } from './alarm-desk';

const deviation = (vehicleId: string, kind: Deviation['kind'], phase: Deviation['phase'] = 'opened', serial = 1): Deviation => ({
  deviationId: `${vehicleId}:${kind}:${serial}`, phase, vehicleId, kind, size: 1.4, xM: 0, yM: 0, observedAtMs: madeAtMs,
});
const conflict = (phase: Conflict['phase']): Conflict => ({
  conflictId: 'A|B', phase, a: 'A', b: 'B', severity: 'imminent', timeToContactS: 2, xM: 0, yM: 0, observedAtMs: madeAtMs,
});
const stop = (vehicleIds: string[], change: Partial<StopRequest> = {}): StopRequest => ({
  requestId: 's-1', vehicleIds, source: 'collision', causeId: 'cause', reason: 'because', requestedAtMs: madeAtMs, ...change,
});

describe('AlarmDesk', () => {
  let desk: AlarmDesk;

  beforeEach(() => { desk = new AlarmDesk(); });

  it.each(['lateral', 'heading', 'off-surface', 'release-violation', 'lost'] as const)('finds a vehicle with deviation %s at fault until it is closed', (kind) => {
    expect(desk.deviation(deviation('A', kind))).toBe('A');
    expect([desk.isAtFault('A'), desk.isAtFault('B')]).toEqual([true, false]);
    expect(desk.deviation(deviation('A', kind, 'closed'))).toBeNull();
    expect(desk.isAtFault('A')).toBe(false);
  });

  it.each(['overspeed', 'suspect'] as const)('does not find a vehicle at fault for deviation %s', (kind) => {
    expect(desk.deviation(deviation('A', kind))).toBeNull();
    expect(desk.isAtFault('A')).toBe(false);
  });

  it('finds a vehicle at fault while one of several deviations is open', () => {
    desk.deviation(deviation('A', 'lateral'));
    desk.deviation(deviation('A', 'heading'));
    desk.deviation(deviation('A', 'lateral', 'closed'));
    expect(desk.isAtFault('A')).toBe(true);
    desk.deviation(deviation('A', 'heading', 'closed'));
    expect(desk.isAtFault('A')).toBe(false);
  });

  it('blames the one of two vehicles in conflict that left its plan', () => {
    desk.conflict(conflict('opened'));
    desk.deviation(deviation('B', 'lateral'));
    expect(desk.stop(stop(['A', 'B'], { causeId: 'A|B' }))).toEqual({
      cause: 'imminent-conflict', text: 'because', causedBy: ['B'], decidedAtMs: madeAtMs, danger: { around: ['A', 'B'], polygonXyM: [], wholeSite: false },
    });
  });

  it('blames nobody for a conflict of two vehicles that keep their plans', () => {
    expect(desk.stop(stop(['A', 'B']))).toMatchObject({ cause: 'imminent-conflict', causedBy: [] });
  });

  it('does not blame a single vehicle that is stopped for a conflict, e.g. with an object on the road', () => {
    desk.conflict(conflict('opened'));
    expect(desk.stop(stop(['A'], { causeId: 'A|B' }))).toMatchObject({ cause: 'imminent-conflict', causedBy: [] });
    desk.conflict(conflict('updated'));
    expect(desk.stop(stop(['A'], { causeId: 'A|B' }))).toMatchObject({ cause: 'imminent-conflict' });
    desk.conflict(conflict('closed'));
    expect(desk.stop(stop(['A'], { causeId: 'A|B' }))).toMatchObject({ cause: 'deviation' });
  });

  it('blames a single vehicle that is stopped for its own sake, though its deviation has not been heard of', () => {
    expect(desk.stop(stop(['A']))).toMatchObject({ cause: 'deviation', causedBy: ['A'], danger: { around: ['A'] } });
  });

  it('takes a stop by an operator for one, whoever is concerned', () => {
    expect(desk.stop(stop(['A', 'B'], { source: 'operator:anna' }))).toMatchObject({ cause: 'operator', causedBy: [] });
  });

  it('makes an alarm of silence, around the vehicle and by its fault', () => {
    expect(desk.lost(deviation('A', 'lost'))).toMatchObject({ cause: 'lost-vehicle', causedBy: ['A'], decidedAtMs: madeAtMs, danger: { around: ['A'], wholeSite: false } });
  });
});
