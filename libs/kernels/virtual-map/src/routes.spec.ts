import { seededRandom } from '@quaymaster/geometry';
import { routeAlong } from './route-along';
import { distancesTo, routeBetween } from './route-search';
import { speedLimitsAlong } from './speed-limits';
import { blocksOf, compiled, rowOf, tJunction } from './testing/compiled';
import { driving, line, network, road } from './testing/network-builder';
import type { VirtualMap } from './virtual-map';

const { map } = compiled(tJunction());
const into = blocksOf(map, 'in');
const east = blocksOf(map, 'east');
const ahead = blocksOf(map, 'ahead');
const turn = blocksOf(map, 'turn');
const north = blocksOf(map, 'north');
const open = { blocked: new Set<number>() };

/** A map whose graph and times are random; its geometry (that of the bound) is one point, so the search must be right without it. */
function randomGraph(seed: number): VirtualMap {
  const random = seededRandom(seed);
  const count = 40;
  const follows = Array.from({ length: count }, () => Array.from({ length: 3 }, () => Math.floor(random() * count)));
  const blocks = {
    ...map.blocks, count, startSM: new Float64Array(count), endSM: Float64Array.from({ length: count }, () => 5 + Math.floor(random() * 4) * 5),
    speedLimitMps: new Float64Array(count).fill(5), centreOffset: Int32Array.from({ length: count + 1 }, (_, i) => i), centreXyM: new Float64Array(2 * count),
    followsOffset: Int32Array.from({ length: count + 1 }, (_, i) => 3 * i), follows: Int32Array.from(follows.flat()),
  };
  return { ...map, blocks };
}

/** Bellman and Ford: seconds from the start of each block to the start of the target. */
function relaxed({ blocks }: VirtualMap, to: number, blocked: ReadonlySet<number>): number[] {
  const timeS = Array.from({ length: blocks.count }, (_, block) => (block === to ? 0 : Infinity));
  for (let round = 0; round < blocks.count; round += 1) {
    for (let block = 0; block < blocks.count; block += 1) {
      for (const next of rowOf(blocks.followsOffset, blocks.follows, block)) {
        if (!blocked.has(next) && block !== to) timeS[block] = Math.min(timeS[block]!, blocks.endSM[block]! / 5 + timeS[next]!);
      }
    }
  }
  return timeS;
}

describe('routeBetween and distancesTo', () => {
  it('name the blocks of the way with both ends, and the time to the start of the last', () => {
    expect(routeBetween(map, into[0]!, north[1]!, open)).toEqual([...into, ...turn, ...north.slice(0, 2)]);
    expect(distancesTo(map, north[0]!)[into[0]!]).toBeCloseTo((40 + 10 * Math.PI) / 8.33, 2);
  });
  it('find no way against the traffic or through what is blocked, but may start on it', () => {
    expect(routeBetween(map, north[0]!, into[0]!, open)).toBeNull();
    expect(distancesTo(map, into[0]!)[north[0]!]).toBe(Infinity);
    expect(routeBetween(map, into[0]!, north[0]!, { blocked: new Set([turn[1]!]) })).toBeNull();
    expect(routeBetween(map, into[0]!, into[1]!, { blocked: new Set([into[0]!]) })).toEqual([into[0], into[1]]);
    expect(routeBetween(map, into[0]!, into[1]!, { blocked: new Set([into[1]!]) })).toBeNull();
  });
  it('take a way from a block to itself as that block alone', () => {
    expect(routeBetween(map, into[1]!, into[1]!, open)).toEqual([into[1]]);
    expect(distancesTo(map, into[1]!)[into[1]!]).toBe(0);
  });
  it('agree with relaxation of all edges on random graphs, blocked ones included', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const graph = randomGraph(seed);
      const blocked = new Set([seed % 40, (seed * 7) % 40, (seed * 11) % 40].filter((block) => block !== 0 && block !== 39));
      expect([...distancesTo(graph, 39)]).toEqual(relaxed(graph, 39, new Set()).map((timeS) => expect.closeTo(timeS, 9) as number));
      const expected = relaxed(graph, 39, blocked)[0]!;
      const way = routeBetween(graph, 0, 39, { blocked });
      expect(way === null).toBe(expected === Infinity);
      if (way === null) continue;
      expect(way.slice(0, -1).reduce((sum, block) => sum + graph.blocks.endSM[block]! / 5, 0)).toBeCloseTo(expected, 9);
      for (let i = 1; i < way.length; i += 1) {
        expect(rowOf(graph.blocks.followsOffset, graph.blocks.follows, way[i - 1]!)).toContain(way[i]);
        expect(blocked).not.toContain(way[i]);
      }
      expect(routeBetween(graph, 0, 39, { blocked })).toEqual(way);
    }
  });
});

describe('routeAlong', () => {
  it('joins centre lines into one curve without kinks', () => {
    const blocks = Int32Array.from([...into, ...turn, ...north]);
    const { path, blockStartSM } = routeAlong(map, blocks);
    expect(blockStartSM).toHaveLength(blocks.length + 1);
    expect(blockStartSM[3]).toBeCloseTo(40, 6);
    expect(blockStartSM[blocks.length]).toBe(path.sM[path.sM.length - 1]);
    expect(path.sM[path.sM.length - 1]).toBeCloseTo(40 + 10 * Math.PI + 45, 1);
    for (let i = 1; i < path.headingRad.length; i += 1) expect(Math.abs(path.headingRad[i]! - path.headingRad[i - 1]!)).toBeLessThan(0.12);
    expect(path.headingRad[path.headingRad.length - 1]).toBeCloseTo(Math.PI / 2, 6);
  });
  it('passes the middle of a joint where lanes miss each other by millimetres', () => {
    const lane = driving(-1, 4, { predecessorId: -1, successorId: -1 });
    const gap = compiled(network([
      road('a', [line(15)], [lane], { successor: { kind: 'road', roadId: 'b', contactPoint: 'start' } }), road('b', [line(15, 15.004, 0.006)], [lane]),
    ])).map;
    const { path } = routeAlong(gap, Int32Array.of(0, 1));
    expect([...path.xyM].map((value) => value.toFixed(3))).toEqual(['0.000', '-2.000', '15.002', '-1.997', '30.004', '-1.994']);
  });
  it('refuses blocks that do not follow each other, do not exist, or are none', () => {
    expect(() => routeAlong(map, Int32Array.of(into[0]!, into[2]!))).toThrow(RangeError);
    expect(() => routeAlong(map, Int32Array.of(999))).toThrow(RangeError);
    expect(() => routeAlong(map, Int32Array.of())).toThrow(RangeError);
  });
});

describe('speedLimitsAlong', () => {
  it('keeps to the legal speed on the straight and to 1.2 m/s² sideways in the curve, in merged runs', () => {
    const route = routeAlong(map, Int32Array.from([...into, ...turn, ...north]));
    const { fromSM, limitMps } = speedLimitsAlong(map, route);
    expect(limitMps[0]).toBe(8.33);
    expect(limitMps[limitMps.length - 1]).toBe(8.33);
    const slowest = Math.min(...limitMps);
    // v² / 20 m = 1.2 m/s².
    expect(slowest).toBeGreaterThan(0.97 * Math.sqrt(24));
    expect(slowest).toBeLessThan(1.03 * Math.sqrt(24));
    expect(fromSM[0]).toBe(0);
    expect(fromSM[1]).toBeCloseTo(40, 6);
    for (let i = 1; i < limitMps.length; i += 1) expect(limitMps[i]).not.toBe(limitMps[i - 1]);
  });
  it('is one run where nothing bends', () => {
    const { fromSM, limitMps } = speedLimitsAlong(map, routeAlong(map, Int32Array.from([...into, ...ahead, ...east])));
    expect([[...fromSM], [...limitMps]]).toEqual([[0], [8.33]]);
  });
});
