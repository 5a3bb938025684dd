import { agv, ObedientVehicle } from '../../testing/obedient-vehicle';
import { drive, frame, madeAtMs } from '../../testing/site-records';
import { smallTerminal } from '../../testing/terminal-map';
import { FleetPicture } from '../fleet-picture';
import { SiteState } from '../site-state';
import { FleetDescription } from './fleet-description';
import { PlanningEngine } from './planning-engine';
import type { PlanningJob } from './planning-job';
import { RouteLibrary } from './route-library';

describe('FleetDescription', () => {
  const map = smallTerminal();
  const models = new Map([[agv.id, agv]]);
  const engine = new PlanningEngine(map, models);
  const job = (vehicles: PlanningJob['vehicles']): PlanningJob => (
    { vehicles, blockedBlocks: [], obstructedBlocks: [], headwayS: 1, marginM: 0.5, seed: 1, iterations: 0 }
  );

  /** A stands in a slot and is to go to another one, over a way that B has permission for. */
  const open = (heard: readonly string[]) => {
    const picture = new FleetPicture();
    const state = new SiteState();
    const library = new RouteLibrary(map, 0.5);
    picture.models.set(agv.id, agv);
    for (const id of heard) picture.report(new ObedientVehicle(id, map, id === 'A' ? 0 : 3).report(madeAtMs));
    const fleet = new FleetDescription(map, library, picture, state);
    const targets = new Map([['A', { priority: 0, goals: [{ via: [], slot: 3 }] }]]);
    return { picture, state, library, describe: () => fleet.describe(targets, () => true, null) };
  };

  it('reserves for a vehicle that has not been heard since the start all that it may have driven', () => {
    const { state, library, describe } = open(['A']);
    const alone = engine.run(job(describe()), () => false);
    expect(alone.drives.map(({ id }) => id)).toEqual(['A']);
    const [planned] = alone.drives;
    const blocks = [...planned!.blocks.slice(1)];
    state.putDrive(drive('B', 'r-1', { blocks, startSM: 10, releasedToSM: library.route(blocks).blockStartSM[blocks.length]! - 10, stops: [], slot: -1 }));
    expect(describe().map(({ id, role }) => [id, role])).toEqual([['A', 'plan'], ['B', 'obstacle']]);
    const result = engine.run(job(describe()), () => false);
    expect(result.drives).toEqual([]);
    expect(result.notPlanned).toEqual([expect.objectContaining({ id: 'A', because: expect.stringContaining('B has not been heard since the scheduler started') as unknown })]);
    expect(result.verified).toBe(true);
  });

  it('knows nothing to reserve for one whose model it does not know', () => {
    const { state, describe } = open(['A']);
    state.putDrive(drive('B', 'r-1', { modelId: 'unknown' }));
    expect(describe().map(({ id }) => id)).toEqual(['A']);
  });

  it.each([['AUTOMATIC', 0, true], ['MANUAL', 0, false], ['AUTOMATIC', 1, false]] as const)('knows of one in mode %s at %d m/s whether it stays put: %s', (mode, speedMps, staysPut) => {
    const { picture, describe } = open(['A']);
    picture.report(frame('B', { ...new ObedientVehicle('B', map, 3).report(madeAtMs), mode, speedMps }));
    expect(describe().find(({ id }) => id === 'B')).toMatchObject({ role: 'obstacle', staysPut });
  });

  it('goes by the reports of a vehicle as soon as there are any', () => {
    const { state, describe } = open(['A', 'B']);
    state.putDrive(drive('B', 'r-1'));
    expect(describe().find(({ id }) => id === 'B')).toMatchObject({ role: 'keep' });
  });
});
