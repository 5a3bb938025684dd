import { poseOnPolyline } from '@quaymaster/geometry';
import type { Candidate } from '@quaymaster/planning';
import { BlockFlag } from '@quaymaster/virtual-map';
import { agv } from '../../testing/obedient-vehicle';
import { smallTerminal } from '../../testing/terminal-map';
import type { Obstacle, VehicleToPlan } from './planning-job';
import { RouteLibrary } from './route-library';
import { StandingBodies } from './standing-bodies';

describe('StandingBodies', () => {
  const map = smallTerminal();
  const library = new RouteLibrary(map, 0.5);
  /** Two blocks of a straight street, long enough to drive past a body on the second. */
  const blocks = [...Array(map.blocks.count).keys()].flatMap((block) => {
    const { followsOffset, follows, startSM, endSM, flags } = map.blocks;
    const next = follows[followsOffset[block]!];
    const isStreet = (one: number): boolean => (flags[one]! & ~BlockFlag.holdPoint) === 0 && endSM[one]! - startSM[one]! > 12;
    return next !== undefined && followsOffset[block + 1]! - followsOffset[block]! === 1 && isStreet(block) && isStreet(next) ? [[block, next]] : [];
  })[0]!;
  const lengthM = library.route(blocks).blockStartSM[2]!;
  const prepared = library.prepare(blocks, lengthM, [], agv);
  const route: Candidate = { slot: -1, route: prepared.occupancy, startSM: 1, committedSM: 1, stops: [] };

  /** A square metre beside the way, its near edge this far from where an AGV's side passes, and a claim to the block there [m]. */
  const beside = (gapM: number, change: Partial<Obstacle> = {}): { readonly obstacle: Obstacle; readonly standsOn: Int32Array } => {
    const pose = new Float64Array(4);
    poseOnPolyline(prepared.path, (library.route(blocks).blockStartSM[1]! + lengthM) / 2, pose);
    const [x, y, headingRad] = pose as unknown as [number, number, number];
    const at = (alongM: number, leftM: number): number[] => [
      x + alongM * Math.cos(headingRad) - leftM * Math.sin(headingRad), y + alongM * Math.sin(headingRad) + leftM * Math.cos(headingRad),
    ];
    const nearM = agv.widthM / 2 + gapM;
    const contourM = [...at(0, nearM), ...at(1, nearM), ...at(1, nearM + 1), ...at(0, nearM + 1)];
    return {
      obstacle: { id: 'B', modelId: 'agv', speedMps: 0, role: 'obstacle', contoursM: [contourM], on: null, staysPut: true, because: 'B stands there', ...change },
      standsOn: Int32Array.of(blocks[1]!),
    };
  };
  const passedBy = ({ obstacle, standsOn }: ReturnType<typeof beside>): string[] => {
    const bodies = new StandingBodies();
    bodies.add(obstacle, agv, standsOn, undefined);
    return bodies.passedBy('A', route, prepared, agv);
  };

  it('are passed at half a metre and more', () => {
    expect(passedBy(beside(0.55))).toEqual(['B']);
    expect(passedBy(beside(0.45))).toEqual([]);
  });

  it('are not passed when nobody knows whether they will stay', () => {
    expect(passedBy(beside(1, { staysPut: false }))).toEqual([]);
  });

  it('do not count where the way leads through no block under them, and never for themselves', () => {
    expect(passedBy({ ...beside(1), standsOn: Int32Array.of() })).toEqual([]);
    expect(passedBy(beside(1, { id: 'A' }))).toEqual([]);
  });

  it.each([
    ['stands without permission to move', { speedMps: 0, committedSM: 30 }, ['C']],
    ['rolls', { speedMps: 0.2, committedSM: 30 }, []],
    ['has permission ahead', { speedMps: 0, committedSM: 31 }, []],
  ])('a vehicle that is to drive counts only if it stands for sure: one that %s', (_, { speedMps, committedSM }, expected) => {
    const { standsOn } = beside(1);
    // It stands on a street far away, so that only what it may do decides.
    const away = map.slots[0]!.block;
    const own = library.prepare([away], map.blocks.endSM[away]! - map.blocks.startSM[away]!, [], agv);
    const vehicle: VehicleToPlan = { id: 'C', modelId: 'agv', speedMps, role: 'plan', on: { blocks: [away], startSM: 30, committedSM }, goals: [], priority: 0 };
    const bodies = new StandingBodies();
    bodies.add(vehicle, agv, standsOn, own);
    expect(bodies.passedBy('A', route, prepared, agv)).toEqual(expected);
  });
});
