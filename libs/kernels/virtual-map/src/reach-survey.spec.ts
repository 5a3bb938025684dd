import { surveyReach } from './reach-survey';
import type { Road, RoadNetwork } from './road-network';
import { blocksOf, compiled, tJunction } from './testing/compiled';
import { arc, constant, driving, line, network, road } from './testing/network-builder';

const CENTRED: Partial<Road> = { laneOffset: [constant(2)] };
const linked = (): ReturnType<typeof driving>[] => [driving(-1, 4, { predecessorId: -1, successorId: -1 })];
const link = (roadId: string, contactPoint: 'start' | 'end') => ({ kind: 'road' as const, roadId, contactPoint });

/** A circle of two halves, driven one way, of radius 20 m. */
const half = (id: string, other: string, yM: number, headingRad: number): Road => road(id, [arc(20 * Math.PI, 1 / 20, 0, yM, headingRad)], linked(), {
  ...CENTRED, predecessor: link(other, 'end'), successor: link(other, 'start'),
});
const circle = network([half('a', 'b', 0, 0), half('b', 'a', 40, Math.PI)]);

/** The circle with a second lane on its first half that begins and ends there. */
const withPassing: RoadNetwork = {
  ...circle, roads: circle.roads.map((each) => (each.id === 'a' ? { ...each, sections: [{ sM: 0, lanes: [...each.sections[0]!.lanes, driving(-2)] }] } : each)),
};

describe('surveyReach', () => {
  it('finds a circle to be of one piece', () => {
    const { map, report } = compiled(circle);
    expect(surveyReach(map)).toEqual({ components: 1, coreBlocks: map.blocks.count, deadEnds: new Int32Array(0), noEntries: new Int32Array(0) });
    expect(report.warnings).toEqual([]);
  });
  it('lets vehicles change to the lane beside theirs, if it is driven the same way', () => {
    expect(surveyReach(compiled(withPassing).map).components).toBe(1);
    const oncoming: RoadNetwork = { ...circle, roads: circle.roads.map((each) => (each.id === 'a' ? { ...each, sections: [{ sM: 0, lanes: [driving(1), ...each.sections[0]!.lanes] }] } : each)) };
    expect(surveyReach(compiled(oncoming).map).components).toBeGreaterThan(1);
  });
  it('finds where a T begins and ends, and does not take it for a site', () => {
    const { map, report } = compiled(tJunction());
    const { components, coreBlocks, deadEnds, noEntries } = surveyReach(map);
    expect([components, coreBlocks]).toEqual([map.blocks.count, 1]);
    const ends = [...blocksOf(map, 'east').slice(-1), ...blocksOf(map, 'north').slice(-1)];
    // The core of a map without circles is any one of its blocks, which is then no end of it.
    expect(ends).toEqual(expect.arrayContaining([...deadEnds]));
    expect(blocksOf(map, 'in').slice(0, 1)).toEqual(expect.arrayContaining([...noEntries]));
    expect(report.warnings.filter(({ code }) => code === 'QM_MAP_DEAD_END' || code === 'QM_MAP_NO_ENTRY')).toEqual([]);
  });
  it('names the dead end of a site and where no way leads to', () => {
    // A road off the circle and one onto it, through junctions that only their own connecting roads have.
    const off = road('off', [line(30, 20, 60, Math.PI)], linked(), { ...CENTRED, predecessor: link('a', 'end') });
    const onto = road('onto', [line(30, -30, 0)], linked(), { ...CENTRED, successor: link('a', 'start') });
    const { map, report } = compiled(network([...circle.roads, off, onto]));
    expect(surveyReach(map).components).toBeGreaterThan(1);
    const ends = report.warnings.filter(({ code }) => code === 'QM_MAP_DEAD_END' || code === 'QM_MAP_NO_ENTRY').map(({ code, where }) => `${code} ${where}`);
    expect(ends).toEqual(['QM_MAP_DEAD_END road off, section 0, lane -1', 'QM_MAP_NO_ENTRY road onto, section 0, lane -1']);
  });
});
