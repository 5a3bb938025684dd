import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { type OperatorRequest, stopRequests } from '@quaymaster/messages';
import { ObedientVehicle } from '../testing/obedient-vehicle';
import { SchedulingStage } from '../testing/scheduling-stage';
import { noChanges } from '../testing/site-records';
import { smallTerminal } from '../testing/terminal-map';
import { schedulingEntities, schedulingMigrations } from './index';
import { SchedulingStore } from './store/scheduling.store';

describe('SchedulerService', () => {
  const map = smallTerminal();
  const crane = map.transferPoints.find(({ kind }) => kind === 'crane')!.id;
  const yard = map.transferPoints.find(({ kind }) => kind === 'yard')!.id;
  const carry = (missionId: string): OperatorRequest['body'] => ({ kind: 'submit-mission', missionId, pickup: crane, dropoff: yard, priority: 0 });
  const opened: SchedulingStage[] = [];
  let database: Database;
  let clock: ManualClock;
  let vehicle: ObedientVehicle;

  beforeAll(async () => { database = await openDatabase({ entities: schedulingEntities, migrations: schedulingMigrations }); });
  afterAll(async () => { await database.close(); });
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE scheduler_epoch, mission, incident, hold, drive, handled_request, outbox');
    clock = new ManualClock();
    vehicle = new ObedientVehicle('A', map, 0);
  });
  afterEach(async () => { for (const stage of opened.splice(0)) await stage.close(); });

  const open = async (env: Readonly<Record<string, string>> = {}, vehicles = [vehicle]): Promise<SchedulingStage> => {
    const stage = await SchedulingStage.open(map, new InMemoryBus({ clock }), clock, database.dataSource, vehicles, env);
    opened.push(stage);
    return stage;
  };
  const restart = async (stage: SchedulingStage, env: Readonly<Record<string, string>> = {}): Promise<SchedulingStage> => {
    opened.splice(opened.indexOf(stage), 1);
    await stage.close();
    return open(env);
  };
  const pauseAroundA = (): OperatorRequest['body'] => {
    const { xM, yM } = vehicle.pose();
    return { kind: 'pause', reason: 'inspection', scope: { kind: 'polygon', polygonXyM: [xM - 2, yM - 2, xM + 2, yM - 2, xM + 2, yM + 2, xM - 2, yM + 2] } };
  };
  const stored = () => new SchedulingStore(database.dataSource).load();
  const stopA = (stage: SchedulingStage): Promise<void> => stage.bus.publish(stopRequests, 'A', {
    requestId: 'collision-1', vehicleIds: ['A'], source: 'collision', causeId: 'A:lateral:1', reason: 'A left its lane', requestedAtMs: clock.nowMs(),
  });

  it('gives a mission to a vehicle in a slot, with a route first and then a release', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(4);
    expect(stage.missions.at(-1)).toMatchObject({ missionId: 'M-1', state: 'assigned', vehicleId: 'A' });
    expect(stage.commands.slice(0, 2).map(({ vehicleId, epoch, causeId, params: { kind } }) => ({ vehicleId, epoch, causeId, kind }))).toEqual([
      { vehicleId: 'A', epoch: 1, causeId: 'M-1', kind: 'route' }, { vehicleId: 'A', epoch: 1, causeId: 'M-1', kind: 'release' },
    ]);
    const [drive] = (await stored()).drives;
    expect(drive).toMatchObject({ vehicleId: 'A', missionId: 'M-1', purpose: 'mission', routeId: vehicle.routeId, adopted: true, releasedToSM: vehicle.releasedToSM });
    expect(drive!.stops.map(({ kind, place }) => [kind, place])).toEqual([['pickup', crane], ['dropoff', yard]]);
    expect(vehicle.releasedToSM).toBeGreaterThan(drive!.startSM);
    expect(vehicle.releasedToSM).toBeLessThanOrEqual(drive!.endSM);
  });

  it('carries a request out once however often it comes, and answers the same each time', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(1);
    await stage.ask('R-1', carry('M-2'));
    await stage.run(1);
    expect(stage.results).toHaveLength(2);
    expect(stage.results[1]).toEqual(stage.results[0]);
    expect(stage.results[0]).toMatchObject({ requestId: 'R-1', outcome: 'done', resourceId: 'M-1' });
    expect((await stored()).missions.map(({ mission }) => mission.missionId)).toEqual(['M-1']);
  });

  it('answers a request that was handled before a restart as it did then', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    const after = await restart(stage);
    await after.ask('R-1', carry('M-1'));
    expect(after.results).toEqual(stage.results);
  });

  it.each([
    ['a place that the map does not have', { ...carry('M-1'), pickup: 'QC-99' } as OperatorRequest['body'], 'QM_PLACE_UNKNOWN'],
    ['a mission that nobody submitted', { kind: 'cancel-mission', missionId: 'M-9' } as const, 'QM_MISSION_UNKNOWN'],
    ['a hold that is not in force', { kind: 'release-hold', holdId: 'H-9' } as const, 'QM_HOLD_UNKNOWN'],
    ['an incident that is not open', { kind: 'clear-incident', incidentId: 'INC-9', note: '' } as const, 'QM_INCIDENT_NOT_OPEN'],
  ])('refuses a request for %s, and changes nothing', async (_, body, code) => {
    const stage = await open();
    await stage.ask('R-1', body);
    expect(stage.results).toEqual([expect.objectContaining({ requestId: 'R-1', outcome: 'refused', code })]);
    expect(await stored()).toEqual({ missions: [], incidents: [], holds: [], drives: [] });
  });

  it('opens an incident for a stop, holds the vehicle and interrupts its mission', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(2);
    await stopA(stage);
    await stage.settle();
    const { incidents, holds, missions } = await stored();
    expect(incidents).toEqual([expect.objectContaining({ cause: 'deviation', causedBy: ['A'], members: ['A'], missionsInterrupted: ['M-1'] })]);
    expect(holds).toEqual([expect.objectContaining({ vehicleId: 'A', reason: 'incident', owner: incidents[0]!.incidentId })]);
    expect(missions[0]!.mission.state).toBe('interrupted');
    expect(stage.stops.at(-1)).toMatchObject({ source: 'scheduler', vehicleIds: ['A'], causeId: incidents[0]!.incidentId });
    const before = stage.commands.length;
    await stage.run(5);
    expect(stage.commands.slice(before)).toEqual([]);
    expect(stage.statuses.get('A')).toMatchObject({ incidentId: incidents[0]!.incidentId, holds });
  });

  it('sends a stop at once even while nothing can be stored, and stores the hold when that is possible again', async () => {
    const stage = await open();
    await stage.run(1);
    await database.dataSource.query('ALTER TABLE hold RENAME TO hold_away');
    try {
      await stopA(stage);
      await stage.settle();
      expect(stage.stops.map(({ source }) => source)).toEqual(['collision', 'scheduler']);
      expect(await database.dataSource.query<unknown[]>('SELECT 1 FROM incident')).toEqual([]);
    } finally {
      await database.dataSource.query('ALTER TABLE hold_away RENAME TO hold');
    }
    await stage.run(1);
    expect((await stored()).holds).toEqual([expect.objectContaining({ vehicleId: 'A' })]);
  });

  it('keeps holds over a restart and resumes nothing by itself', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(2);
    await stopA(stage);
    await stage.run(3);
    const before = await stored();
    const after = await restart(stage);
    await after.run(20);
    expect((await stored()).holds).toEqual(before.holds);
    expect(before.holds).toHaveLength(1);
    expect(after.commands).toEqual([]);
    expect(vehicle.stopped).toBe(true);
    expect(after.statuses.get('A')?.holds).toEqual(before.holds);
  });

  it('goes on with a drive after a restart: the vehicle gets further permission as it moves', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(4);
    const { routeId, releasedToSM } = vehicle;
    expect(releasedToSM).toBeGreaterThan(0);
    const after = await restart(stage);
    vehicle.advanceTo(releasedToSM - 1);
    await after.run(10);
    expect(vehicle.routeId).toBe(routeId);
    expect(vehicle.releasedToSM).toBeGreaterThan(releasedToSM);
  });

  it('gives no vehicle under way a new route or a resume because of a restart', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(4);
    const after = await restart(stage);
    await after.run(10);
    expect(after.commands.filter(({ params: { kind } }) => kind !== 'release')).toEqual([]);
    expect((await stored()).drives.map(({ routeId }) => routeId)).toEqual([vehicle.routeId]);
  });

  it('plans anew for an incident whose plan was proposed before a restart', async () => {
    const byOperator = { QM_SCHEDULING_APPROVAL: 'operator' };
    const stage = await open(byOperator);
    await stage.ask('R-1', carry('M-1'));
    await stage.run(2);
    vehicle.advanceTo(50);
    await stage.run(1);
    await stage.ask('R-2', pauseAroundA());
    await stage.run(3);
    expect((await stored()).incidents[0]).toMatchObject({ state: 'proposed', notParked: [] });
    const after = await restart(stage, byOperator);
    await after.run(3);
    const [incident] = (await stored()).incidents;
    expect(incident!.timeline.map(({ state }) => state)).toEqual(['detected', 'holding', 'held', 'planning', 'proposed', 'held', 'planning', 'proposed']);
    await after.ask('R-3', { kind: 'approve-plan', incidentId: incident!.incidentId, planId: incident!.plan!.planId });
    await after.run(3);
    expect((await stored()).drives).toEqual([expect.objectContaining({ vehicleId: 'A', purpose: 'park', incidentId: incident!.incidentId })]);
  });

  it('plans anew for an incident whose plan was approved but not in force before a restart', async () => {
    const byOperator = { QM_SCHEDULING_APPROVAL: 'operator' };
    const stage = await open(byOperator);
    await stage.ask('R-1', carry('M-1'));
    await stage.run(2);
    vehicle.advanceTo(50);
    await stage.run(1);
    await stage.ask('R-2', pauseAroundA());
    await stage.run(3);
    const [proposed] = (await stored()).incidents;
    // The tick that puts the plan into force does not come any more.
    const approved = { ...proposed!, state: 'clearing' as const };
    await new SchedulingStore(database.dataSource).commit(1, { ...noChanges, incidents: [approved] });
    const after = await restart(stage);
    await after.run(3);
    expect((await stored()).incidents[0]).toMatchObject({ state: 'clearing', members: ['A'] });
    expect((await stored()).drives).toEqual([expect.objectContaining({ vehicleId: 'A', purpose: 'park', incidentId: proposed!.incidentId })]);
  });

  it('lifts the holds and resumes the vehicle when the cause is cleared after a restart', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(2);
    await stopA(stage);
    await stage.run(3);
    const after = await restart(stage);
    await after.run(3);
    const [incident] = (await stored()).incidents;
    await after.ask('R-2', { kind: 'clear-incident', incidentId: incident!.incidentId, note: 'looked at it' });
    await after.run(10);
    expect(after.results).toEqual([expect.objectContaining({ outcome: 'done' })]);
    expect((await stored()).holds).toEqual([]);
    expect(vehicle.stopped).toBe(false);
    expect(after.commandsOf('release').at(-1)).toMatchObject({ vehicleId: 'A', epoch: 2, params: { routeId: vehicle.routeId } });
  });

  it('plans the others anew when a member does not take its route, around where it stands', async () => {
    class Deaf extends ObedientVehicle {
      isDeaf = false;
      override obey(command: Parameters<ObedientVehicle['obey']>[0]): void {
        if (!this.isDeaf || command.params.kind !== 'route') super.obey(command);
      }
    }
    const deaf = new Deaf('B', map, 4);
    const stage = await open({}, [vehicle, deaf]);
    await stage.ask('R-1', carry('M-1'));
    await stage.ask('R-2', carry('M-2'));
    await stage.run(6);
    expect([vehicle.routeId, deaf.routeId]).not.toContain('');
    vehicle.advanceTo(50);
    deaf.advanceTo(50);
    await stage.run(1);
    deaf.isDeaf = true;
    await stage.ask('R-3', { kind: 'pause', reason: 'drill', scope: { kind: 'site' } });
    await stage.run(5);
    const first = (await stored()).drives.find(({ vehicleId }) => vehicleId === 'A');
    expect((await stored()).incidents[0]).toMatchObject({ state: 'clearing', notParked: [] });
    await stage.run(22);
    const { incidents, drives } = await stored();
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({ state: 'clearing', causedBy: ['B'], members: ['A', 'B'], notParked: [{ vehicle: 'B' }] });
    expect(incidents[0]!.timeline.map(({ state }) => state).filter((state) => state === 'holding')).toHaveLength(2);
    expect(drives.map(({ vehicleId }) => vehicleId)).toEqual(['A']);
    expect(drives[0]).toMatchObject({ purpose: 'park', incidentId: incidents[0]!.incidentId });
    expect(drives[0]!.routeId).not.toBe(first!.routeId);
    expect([vehicle.stopped, deaf.stopped]).toEqual([false, true]);
  });

  it('plans a mission anew whose pickup ended under a hold, and resumes its vehicle for the drop-off', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(2);
    vehicle.advanceTo((await stored()).drives[0]!.stops[0]!.sM);
    await stage.run(4);
    await stopA(stage);
    await stage.run(10);
    expect((await stored()).missions).toEqual([expect.objectContaining({ pickedUp: true, mission: expect.objectContaining({ state: 'interrupted' }) as unknown })]);
    const { incidentId } = (await stored()).incidents[0]!;
    await stage.ask('R-2', { kind: 'clear-incident', incidentId, note: 'looked at it' });
    await stage.run(10);
    expect(vehicle.stopped).toBe(false);
    expect((await stored()).drives[0]!.stops.map(({ kind, place }) => [kind, place])).toEqual([['dropoff', yard]]);
    expect((await stored()).incidents).toEqual([expect.objectContaining({ incidentId, state: 'resuming', resumed: ['A'] })]);
  });

  it('goes on to lift a stop after a restart when the plan that moves the vehicle was in force', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(2);
    vehicle.advanceTo(50);
    await stage.run(1);
    await stage.ask('R-2', pauseAroundA());
    await stage.run(4);
    expect((await stored()).incidents[0]).toMatchObject({ state: 'clearing' });
    // The resume was lost on its way.
    vehicle.stopped = true;
    const after = await restart(stage);
    await after.run(6);
    expect(after.commandsOf('resume')).toEqual([expect.objectContaining({ vehicleId: 'A', epoch: 2 })]);
    expect(vehicle.stopped).toBe(false);
  });

  it('goes on to lift a stop after a restart when the holds were lifted, and not that of a vehicle that has been back at work', async () => {
    const stage = await open();
    await stage.ask('R-1', carry('M-1'));
    await stage.run(2);
    await stopA(stage);
    await stage.run(3);
    const { incidentId } = (await stored()).incidents[0]!;
    await stage.ask('R-2', { kind: 'clear-incident', incidentId, note: 'looked at it' });
    await stage.run(0.2);
    expect((await stored()).incidents[0]).toMatchObject({ state: 'resuming', resumed: [] });
    vehicle.stopped = true;
    const after = await restart(stage);
    await after.run(10);
    expect(vehicle.stopped).toBe(false);
    expect((await stored()).incidents[0]).toMatchObject({ resumed: ['A'] });
    vehicle.stopped = true;
    const again = await restart(after);
    await again.run(2);
    expect(again.commandsOf('resume')).toEqual([]);
    expect(vehicle.stopped).toBe(true);
  });

  it('stands down when another scheduler takes over: it decides nothing more, and answers nothing that will never be stored', async () => {
    const stage = await open();
    await stage.run(1);
    await new SchedulingStore(database.dataSource).takeEpoch(clock.nowMs());
    await stage.ask('R-1', carry('M-1'));
    await stage.run(4);
    expect(await stored()).toEqual({ missions: [], incidents: [], holds: [], drives: [] });
    expect(stage.commands).toEqual([]);
    expect(stage.results).toEqual([]);
  });

  it('answers a request only when what it did is stored, and does it once', async () => {
    const stage = await open();
    await stage.run(1);
    const pause: OperatorRequest['body'] = { kind: 'pause', reason: 'inspection', scope: { kind: 'vehicles', vehicleIds: ['A'] } };
    await database.dataSource.query('ALTER TABLE hold RENAME TO hold_away');
    try {
      await stage.ask('R-1', pause);
      await stage.run(1);
      expect(stage.results).toEqual([]);
      expect(stage.stops).toHaveLength(1);
    } finally {
      await database.dataSource.query('ALTER TABLE hold_away RENAME TO hold');
    }
    await stage.run(1);
    // As the gateway does with a request that stays unanswered.
    await stage.ask('R-1', pause);
    const { incidents } = await stored();
    expect(incidents).toHaveLength(1);
    expect(stage.stops).toHaveLength(1);
    expect(stage.results).toEqual([expect.objectContaining({ requestId: 'R-1', outcome: 'done', resourceId: incidents[0]!.incidentId })]);
  });
});
