import { agv } from '../../testing/obedient-vehicle';
import { smallTerminal } from '../../testing/terminal-map';
import { spellRoute } from './candidate-routes';
import type { JobGoal, OnRoute } from './planning-job';
import { RouteLibrary } from './route-library';

describe('spellRoute', () => {
  const map = smallTerminal();
  const library = new RouteLibrary(map, 0.5);
  const startsOf = (blocks: readonly number[]): Float64Array => library.route(blocks).blockStartSM;
  const yard = map.transferPoints.find(({ kind }) => kind === 'yard')!;
  const goal: JobGoal = { via: [{ block: yard.block, frontSM: yard.stopSM, dwellS: 10, kind: 'dropoff', place: yard.id }], slot: 0 };
  const spell = (on: OnRoute, blocked: ReadonlySet<number> = new Set()) => spellRoute(map, on, goal, agv, blocked, startsOf);

  /** The guided point stands on the block of the transfer point, this far before the place where it stops there [m]. */
  const before = (shortM: number): OnRoute => {
    const startSM = yard.stopSM - agv.frontM - shortM;
    return { blocks: [yard.block], startSM, committedSM: startSM };
  };
  /** The block before that of the transfer point. */
  const [feeder] = [...Array(map.blocks.count).keys()].filter((block) => (
    map.blocks.follows.slice(map.blocks.followsOffset[block], map.blocks.followsOffset[block + 1]).includes(yard.block)));

  it('goes straight on to a place ahead on the same block', () => {
    const route = spell(before(0.5))!;
    expect(route.blocks.filter((block) => block === yard.block)).toHaveLength(1);
    expect(route.stops[0]!.sM).toBeCloseTo(before(0.5).startSM + 0.5, 9);
  });

  it('drives another lap to a place that it has passed', () => {
    const on = before(-3);
    const route = spell(on)!;
    expect(route.blocks.filter((block) => block === yard.block)).toHaveLength(2);
    expect(route.stops[0]!.sM).toBeGreaterThan(on.startSM + 50);
    const lap = route.blocks.lastIndexOf(yard.block);
    expect(route.stops[0]!.sM).toBeCloseTo(startsOf(route.blocks)[lap]! + yard.stopSM - agv.frontM, 9);
    for (let i = 1; i < route.blocks.length; i += 1) {
      const follows = map.blocks.follows.slice(map.blocks.followsOffset[route.blocks[i - 1]!], map.blocks.followsOffset[route.blocks[i - 1]! + 1]);
      expect(follows).toContain(route.blocks[i]!);
    }
  });

  it('finds no way when the lap leads over a closed block', () => {
    expect(spell(before(-3), new Set([feeder!]))).toBeNull();
    expect(spell(before(0.5), new Set([feeder!]))).not.toBeNull();
  });

  it('finds no way into a slot that is closed', () => {
    expect(spell(before(0.5), new Set([map.slots[0]!.block]))).toBeNull();
  });
});
