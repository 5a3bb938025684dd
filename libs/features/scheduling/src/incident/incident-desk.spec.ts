import { ManualClock } from '@quaymaster/clock';
import { InProcessPlanner } from '../../testing/in-process-planner';
import { agv, ObedientVehicle } from '../../testing/obedient-vehicle';
import { drive } from '../../testing/site-records';
import { smallTerminal } from '../../testing/terminal-map';
import { Scheduler } from '../scheduler';
import { SchedulingConfig } from '../scheduling.config';
import { SiteState } from '../site-state';
import type { Alarm } from './incident-desk';

describe('IncidentDesk', () => {
  const map = smallTerminal();
  const nowMs = new ManualClock().nowMs();
  const around = (id: string, causedBy: readonly string[] = []): Alarm => (
    { cause: 'imminent-conflict', text: 'it gets close', danger: { around: [id], polygonXyM: [], wholeSite: false }, causedBy, decidedAtMs: nowMs }
  );

  /** A and B stand in slots far enough apart that the danger around one does not reach the other. */
  const openDesk = (state = new SiteState()) => {
    const scheduler = new Scheduler(map, state, SchedulingConfig.from({ QM_SCHEDULING_REGION_RADIUS_M: '5' }), 1, new InProcessPlanner(map), () => undefined, () => undefined);
    scheduler.picture.models.set(agv.id, agv);
    for (const [id, slot] of [['A', 0], ['B', 5]] as const) scheduler.picture.report(new ObedientVehicle(id, map, slot).report(nowMs));
    return { desk: scheduler.incidents, state };
  };

  it('closes the lanes under those in danger, not under those that are drawn in', () => {
    const { desk, state } = openDesk();
    const id = desk.raise(around('A'), nowMs);
    const closed = desk.closedBlocks();
    expect(closed.size).toBeGreaterThan(0);
    desk.drawIn(id, ['B'], nowMs + 1);
    expect(state.incident(id)).toMatchObject({ members: ['A', 'B'], around: ['A'], state: 'holding' });
    expect(state.isHeld('B')).toBe(true);
    expect(desk.closedBlocks()).toEqual(closed);
  });

  it('closes nothing for its own plan, in whose way only those at fault are', () => {
    const { desk } = openDesk();
    const id = desk.raise(around('A'), nowMs);
    expect(desk.closedBlocks(id)).toEqual(new Set());
    expect(desk.obstructedBlocks(id)).toEqual(new Set());
    const other = openDesk();
    const guilty = other.desk.raise(around('A', ['A']), nowMs);
    expect(other.desk.closedBlocks(guilty)).toEqual(new Set());
    expect(other.desk.obstructedBlocks(guilty)).toEqual(desk.closedBlocks());
  });

  it('draws nobody into an incident that is past its plan', () => {
    const { desk, state } = openDesk();
    const id = desk.raise(around('A'), nowMs);
    state.putIncident({ ...state.incident(id)!, state: 'clearing' });
    desk.drawIn(id, ['B'], nowMs + 1);
    expect(state.incident(id)).toMatchObject({ members: ['A'], state: 'clearing' });
  });

  it.each([
    ['around a vehicle', { around: ['A'], polygonXyM: [], wholeSite: false }],
    ['the whole site', { around: [], polygonXyM: [], wholeSite: true }],
  ])('keeps the danger over a restart: %s', (_, danger) => {
    const before = openDesk();
    before.desk.raise({ ...around('A'), danger }, nowMs);
    const closed = before.desk.closedBlocks();
    const { incidents } = before.state.takeChanges()!;
    const state = new SiteState();
    state.restore({ missions: [], incidents, holds: [], drives: [] });
    expect(openDesk(state).desk.closedBlocks()).toEqual(closed);
  });

  it('holds a vehicle whose way leads over a closed lane', () => {
    const { desk, state } = openDesk();
    const [block] = [...new Set([map.slots[0]!.block])];
    state.putDrive(drive('B', 'r-1', { blocks: [map.slots[5]!.block, block!], missionId: '' }));
    const id = desk.raise(around('A'), nowMs);
    expect(state.incident(id)!.members).toEqual(['A', 'B']);
  });
});
