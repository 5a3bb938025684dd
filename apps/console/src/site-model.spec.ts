import type { Conflict, Incident, LiveChanges, LiveMessage, VehicleStatus } from '@quaymaster/messages';
import { SiteModel } from './site-model';

const nothing: LiveChanges = { rosterFrom: 0, roster: [], models: [], vehicles: [], plans: [], missions: [], incidents: [], conflicts: [], deviations: [] };
const message = (type: LiveMessage['type'], version: number, changes: Partial<LiveChanges>): LiveMessage => ({ type, version, atMs: 0, mapHash: 'm', changes: { ...nothing, ...changes } });
const status = (vehicleId: string, more: Partial<VehicleStatus> = {}): VehicleStatus => ({
  vehicleId, modelId: 'agv', activity: 'driving', missionId: '', incidentId: '', routeId: '', because: [], holds: [], atMs: 0, ...more,
});
const conflict = (conflictId: string, more: Partial<Conflict> = {}): Conflict => ({
  conflictId, phase: 'opened', a: 'A', b: 'B', severity: 'warning', timeToContactS: 4, xM: 0, yM: 0, observedAtMs: 0, ...more,
});
const incident = (incidentId: string, state: Incident['state'], openedAtMs: number): Incident => ({
  incidentId, state, cause: 'operator', causeText: '', causedBy: [], around: [], regionXyM: [], wholeSite: true, members: [], timeToStopMs: {}, plan: null, slots: {}, parked: [], notParked: [], resumed: [],
  missionsInterrupted: [], missionsFinished: [], timeline: [], clearedAtMs: null, openedAtMs, updatedAtMs: openedAtMs,
});

describe('SiteModel', () => {
  it('takes deltas one by one after a snapshot, and numbers the roster on', () => {
    const model = new SiteModel();
    expect(model.apply(message('snapshot', 1, { roster: ['A', 'B'], vehicles: [status('A')] }))).toBe(true);
    expect(model.apply(message('delta', 2, { rosterFrom: 2, roster: ['C'], vehicles: [status('A', { activity: 'held' })] }))).toBe(true);
    expect(model.roster).toEqual(['A', 'B', 'C']);
    expect(model.numberOf.get('C')).toBe(2);
    expect(model.vehicles.get('A')?.activity).toBe('held');
  });
  it.each([
    { what: 'a delta before any snapshot', version: 1, rosterFrom: 0, isFirst: true },
    { what: 'a version that skips one', version: 3, rosterFrom: 1, isFirst: false },
    { what: 'a version that comes again', version: 1, rosterFrom: 1, isFirst: false },
    { what: 'a roster that begins beyond the one it has', version: 2, rosterFrom: 5, isFirst: false },
  ])('refuses $what and stays as it is', ({ version, rosterFrom, isFirst }) => {
    const model = new SiteModel();
    if (!isFirst) model.apply(message('snapshot', 1, { roster: ['A'] }));
    const before = isFirst ? 0 : 1;
    expect(model.apply(message('delta', isFirst ? 2 : version, { rosterFrom, roster: ['X'] }))).toBe(false);
    expect(model.version).toBe(before);
    expect(model.numberOf.has('X')).toBe(false);
  });
  it('starts from nothing with each snapshot', () => {
    const model = new SiteModel();
    model.apply(message('snapshot', 1, { roster: ['A', 'B'], vehicles: [status('A')], conflicts: [conflict('c')] }));
    model.apply(message('snapshot', 1, { roster: ['B'] }));
    expect(model.roster).toEqual(['B']);
    expect(model.numberOf.get('B')).toBe(0);
    expect(model.vehicles.size + model.conflicts.size).toBe(0);
  });
  it('drops conflicts that are closed', () => {
    const model = new SiteModel();
    model.apply(message('snapshot', 1, { conflicts: [conflict('c', { severity: 'imminent' })] }));
    expect(model.counts()).toMatchObject({ conflicts: 1, imminent: 1 });
    expect(model.conflictsOf('B')).toHaveLength(1);
    model.apply(message('delta', 2, { conflicts: [conflict('c', { phase: 'closed' })] }));
    expect(model.counts()).toMatchObject({ conflicts: 0, imminent: 0 });
  });
  it('counts vehicles by what they do', () => {
    const model = new SiteModel();
    model.apply(message('snapshot', 1, { vehicles: [status('A'), status('B', { activity: 'held' }), status('C', { activity: 'held' })] }));
    expect(model.counts().activities).toMatchObject({ driving: 1, held: 2, offline: 0 });
    expect(model.counts().vehicles).toBe(3);
  });
  it('lists open incidents before ended ones, the newest of each first', () => {
    const model = new SiteModel();
    model.apply(message('snapshot', 1, { incidents: [incident('old', 'held', 1), incident('done', 'closed', 9), incident('new', 'holding', 5), incident('failed', 'failed', 7)] }));
    expect(model.incidentsInOrder().map((entry) => entry.incidentId)).toEqual(['new', 'old', 'done', 'failed']);
    expect(model.counts().openIncidents).toBe(2);
  });
  it('does not take the plan of a finished route for a running one', () => {
    const plan = { vehicleId: 'A', routeId: 'r1', pathXyM: [0, 0, 1, 0], limitFromSM: [0], limitMps: [1], publishedAtMs: 0 };
    const model = new SiteModel();
    model.apply(message('snapshot', 1, { plans: [plan] }));
    expect(model.runningPlan('A')).toBe(plan);
    model.apply(message('delta', 2, { vehicles: [status('A', { routeId: 'r1' })] }));
    expect(model.runningPlan('A')).toBe(plan);
    model.apply(message('delta', 3, { vehicles: [status('A', { routeId: '' })] }));
    expect(model.runningPlan('A')).toBeUndefined();
  });
  it('raises the revision of what changed and of nothing else', () => {
    const model = new SiteModel();
    model.apply(message('snapshot', 1, {}));
    const before = { ...model.revisions };
    model.apply(message('delta', 2, { vehicles: [status('A')] }));
    expect(model.revisions).toEqual({ ...before, vehicles: before.vehicles + 1 });
  });
});
