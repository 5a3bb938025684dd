import type { Conflict, Deviation, StopRequest } from '@quaymaster/messages';
import { madeAtMs } from '../testing/site-records';
import { ALARM_UNREPEATED_MS, AlarmDesk } from './alarm-desk';

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
    expect(desk.deviation(deviation('A', kind), madeAtMs)).toBe('A');
    expect([desk.isAtFault('A'), desk.isAtFault('B')]).toEqual([true, false]);
    expect(desk.deviation(deviation('A', kind, 'closed'), madeAtMs)).toBeNull();
    expect(desk.isAtFault('A')).toBe(false);
  });

  it.each(['overspeed', 'suspect'] as const)('does not find a vehicle at fault for deviation %s', (kind) => {
    expect(desk.deviation(deviation('A', kind), madeAtMs)).toBeNull();
    expect(desk.isAtFault('A')).toBe(false);
  });

  it('finds a vehicle at fault while one of several deviations is open', () => {
    desk.deviation(deviation('A', 'lateral'), madeAtMs);
    desk.deviation(deviation('A', 'heading'), madeAtMs);
    desk.deviation(deviation('A', 'lateral', 'closed'), madeAtMs);
    expect(desk.isAtFault('A')).toBe(true);
    desk.deviation(deviation('A', 'heading', 'closed'), madeAtMs);
    expect(desk.isAtFault('A')).toBe(false);
  });

  it('blames the one of two vehicles in conflict that left its plan', () => {
    desk.conflict(conflict('opened'), madeAtMs);
    desk.deviation(deviation('B', 'lateral'), madeAtMs);
    expect(desk.stop(stop(['A', 'B'], { causeId: 'A|B' }))).toEqual({
      cause: 'imminent-conflict', text: 'because', causedBy: ['B'], decidedAtMs: madeAtMs, danger: { around: ['A', 'B'], polygonXyM: [], wholeSite: false },
    });
  });

  it('blames nobody for a conflict of two vehicles that keep their plans', () => {
    expect(desk.stop(stop(['A', 'B']))).toMatchObject({ cause: 'imminent-conflict', causedBy: [] });
  });

  it('does not blame a single vehicle that is stopped for a conflict, e.g. with an object on the road', () => {
    desk.conflict(conflict('opened'), madeAtMs);
    expect(desk.stop(stop(['A'], { causeId: 'A|B' }))).toMatchObject({ cause: 'imminent-conflict', causedBy: [] });
    desk.conflict(conflict('updated'), madeAtMs);
    expect(desk.stop(stop(['A'], { causeId: 'A|B' }))).toMatchObject({ cause: 'imminent-conflict' });
    desk.conflict(conflict('closed'), madeAtMs);
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

  describe('what is repeated no more', () => {
    const lateMs = madeAtMs + ALARM_UNREPEATED_MS;
    const judge = (): unknown[] => [desk.isAtFault('A'), desk.stop(stop(['A'], { causeId: 'A|B' })).cause];

    beforeEach(() => {
      desk.deviation(deviation('A', 'lateral'), madeAtMs);
      desk.conflict(conflict('opened'), madeAtMs);
    });

    it('is dropped after 5 s in which a predictor was heard of all the time, and not before', () => {
      desk.expire(lateMs, ALARM_UNREPEATED_MS);
      expect(judge()).toEqual([true, 'imminent-conflict']);
      desk.expire(lateMs + 1, ALARM_UNREPEATED_MS);
      expect(judge()).toEqual([false, 'deviation']);
    });

    it('stands while there is no predictor, or none for long enough to have repeated it', () => {
      desk.expire(lateMs + 60_000, 0);
      desk.expire(lateMs + 60_000, ALARM_UNREPEATED_MS - 1);
      expect(judge()).toEqual([true, 'imminent-conflict']);
    });

    it('does not concern what was repeated meanwhile', () => {
      desk.deviation(deviation('A', 'lateral', 'updated'), madeAtMs + 1);
      desk.conflict(conflict('updated'), madeAtMs + 1);
      desk.expire(lateMs + 1, ALARM_UNREPEATED_MS);
      expect(judge()).toEqual([true, 'imminent-conflict']);
    });
  });
});
