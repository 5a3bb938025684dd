import { answer, command, drive, hold, incident, madeAtMs, missionRecord } from '../testing/site-records';
import { SiteState } from './site-state';

describe('SiteState', () => {
  let state: SiteState;

  beforeEach(() => { state = new SiteState(); });

  it('has nothing to store at first, nor after a restore, nor twice', () => {
    expect(state.takeChanges()).toBeNull();
    state.restore({ missions: [missionRecord('M-1')], incidents: [incident('INC-1')], holds: [hold('A', 'INC-1')], drives: [drive('A', 'r-1')] });
    expect(state.takeChanges()).toBeNull();
    state.putMission(missionRecord('M-2'));
    expect(state.takeChanges()).not.toBeNull();
    expect(state.takeChanges()).toBeNull();
  });

  it('knows after a restore what was in force', () => {
    state.restore({ missions: [missionRecord('M-1')], incidents: [incident('INC-1')], holds: [hold('A', 'INC-1')], drives: [drive('A', 'r-1')] });
    expect([state.isHeld('A'), state.isHeld('B')]).toEqual([true, false]);
    expect([state.mission('M-1'), state.incident('INC-1'), state.drive('A'), state.hold('INC-1:A')]).toEqual([missionRecord('M-1'), incident('INC-1'), drive('A', 'r-1'), hold('A', 'INC-1')]);
  });

  it('gives the newest version of what changed several times, once', () => {
    state.putMission(missionRecord('M-1'));
    state.changeMission('M-1', { state: 'assigned', vehicleId: 'A' }, madeAtMs + 10);
    state.changeMission('M-1', { state: 'running' }, madeAtMs + 20, true);
    state.putIncident(incident('INC-1'));
    state.putIncident(incident('INC-1', { state: 'held' }));
    expect(state.takeChanges()).toMatchObject({
      missions: [missionRecord('M-1', { state: 'running', vehicleId: 'A', updatedAtMs: madeAtMs + 20 }, true)], incidents: [incident('INC-1', { state: 'held' })],
    });
  });

  it('keeps that a load is on board until it is told otherwise', () => {
    state.putMission(missionRecord('M-1', {}, true));
    state.changeMission('M-1', { state: 'interrupted' }, madeAtMs);
    expect(state.mission('M-1')?.pickedUp).toBe(true);
  });

  it('does not make up a mission that it is told to change', () => {
    state.changeMission('M-9', { state: 'running' }, madeAtMs);
    expect(state.mission('M-9')).toBeUndefined();
    expect(state.takeChanges()).toBeNull();
  });

  it('places a hold once', () => {
    state.placeHold(hold('A', 'INC-1'));
    state.placeHold(hold('A', 'INC-1', { placedAtMs: madeAtMs + 5 }));
    expect(state.takeChanges()?.holdsPlaced).toEqual([hold('A', 'INC-1')]);
  });

  it('lifts only the holds of the owner that asks', () => {
    for (const owner of ['INC-1', 'INC-2']) state.placeHold(hold('A', owner));
    state.placeHold(hold('B', 'INC-1'));
    state.takeChanges();
    state.liftHolds('A', 'INC-1', madeAtMs + 5);
    expect(state.holdsOf('A')).toEqual([hold('A', 'INC-2')]);
    expect([state.isHeld('A'), state.isHeld('B')]).toEqual([true, true]);
    expect(state.takeChanges()?.holdsLifted).toEqual([{ holdId: 'INC-1:A', atMs: madeAtMs + 5 }]);
    state.liftHolds('A', 'anna', madeAtMs + 6);
    expect(state.takeChanges()).toBeNull();
    state.liftHolds('A', 'INC-2', madeAtMs + 7);
    expect(state.isHeld('A')).toBe(false);
  });

  it('ends the drive that a new one replaces', () => {
    state.putDrive(drive('A', 'r-1'));
    state.takeChanges();
    state.putDrive(drive('A', 'r-2'));
    expect(state.drive('A')?.routeId).toBe('r-2');
    expect(state.takeChanges()?.drives.map(({ drive: { routeId }, active }) => [routeId, active])).toEqual([['r-1', false], ['r-2', true]]);
    state.endDrive('A');
    state.endDrive('A');
    expect(state.drive('A')).toBeUndefined();
    expect(state.takeChanges()?.drives.map(({ drive: { routeId }, active }) => [routeId, active])).toEqual([['r-2', false]]);
  });

  it('opens all changes again after a store that failed', () => {
    state.putMission(missionRecord('M-1'));
    state.putIncident(incident('INC-1'));
    state.putDrive(drive('A', 'r-1'));
    state.placeHold(hold('A', 'INC-1'));
    state.liftHolds('A', 'INC-1', madeAtMs);
    state.answer(answer('R-1'));
    state.issue(command('c-1', 'A'));
    const changes = state.takeChanges()!;
    state.putBack(changes);
    expect(state.takeChanges()).toEqual(changes);
    expect(state.takeChanges()).toBeNull();
  });

  it('puts what could not be stored in front of what came meanwhile', () => {
    state.issue(command('c-1', 'A'));
    state.answer(answer('R-1'));
    state.placeHold(hold('A', 'INC-1'));
    const changes = state.takeChanges()!;
    state.issue(command('c-2', 'A'));
    state.answer(answer('R-2'));
    state.placeHold(hold('A', 'INC-2'));
    state.putBack(changes);
    const again = state.takeChanges()!;
    expect(again.commands.map(({ commandId }) => commandId)).toEqual(['c-1', 'c-2']);
    expect(again.requests.map(({ requestId }) => requestId)).toEqual(['R-1', 'R-2']);
    expect(again.holdsPlaced.map(({ owner }) => owner)).toEqual(['INC-1', 'INC-2']);
  });

  it('does not put an older version over what changed while the store failed', () => {
    state.putMission(missionRecord('M-1'));
    state.putDrive(drive('A', 'r-1'));
    const changes = state.takeChanges()!;
    state.changeMission('M-1', { state: 'cancelled' }, madeAtMs + 5);
    state.endDrive('A');
    state.putBack(changes);
    const again = state.takeChanges()!;
    expect(again.missions.map(({ mission }) => mission.state)).toEqual(['cancelled']);
    expect(again.drives.map(({ active }) => active)).toEqual([false]);
  });

  it('forgets what has ended only once that is stored', () => {
    state.putMission(missionRecord('M-1', { state: 'finished' }));
    state.putMission(missionRecord('M-2', { state: 'interrupted' }));
    state.putIncident(incident('INC-1', { state: 'closed' }));
    state.putIncident(incident('INC-2', { state: 'resuming' }));
    state.forgetEnded();
    expect([...state.missions]).toHaveLength(2);
    expect([...state.incidents]).toHaveLength(2);
    const changes = state.takeChanges()!;
    state.putBack(changes);
    state.forgetEnded();
    expect(state.takeChanges()).toEqual(changes);
    state.forgetEnded();
    expect([...state.missions].map(({ mission }) => mission.missionId)).toEqual(['M-2']);
    expect([...state.incidents].map(({ incidentId }) => incidentId)).toEqual(['INC-2']);
  });
});
