import { seededRandom } from '@quaymaster/geometry';
import { compileMap } from './compile-map';
import { poseOnReferenceLine } from './reference-line';
import { createRoadLocator } from './road-locator';
import type { RoadNetwork } from './road-network';
import { bordersAt, shapeOfSection } from './section-shape';
import { moved, tJunction, variedRoads } from './testing/compiled';
import { driving, line, network, road } from './testing/network-builder';

function locatorOf(source: RoadNetwork) {
  const compiled = compileMap(source);
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.faults));
  return { ...compiled, locator: createRoadLocator(source, compiled) };
}

describe('a road locator', () => {
  it.each([['a T junction', tJunction()], ['varied roads', variedRoads()], ['varied roads far away', moved(variedRoads(), 1e5, -1e5, 1)]])('finds every point of the lanes of %s where it is', (_, source) => {
    const { locator, sources, map } = locatorOf(source);
    const random = seededRandom(3);
    const pose = new Float64Array(3);
    for (let i = 0; i < 5000; i += 1) {
      const each = source.roads[i % source.roads.length]!;
      const shape = shapeOfSection(each, 0);
      const sM = random() * each.lengthM;
      const bordersM: number[] = [];
      bordersAt(each, shape, sM, bordersM);
      const k = Math.floor(random() * shape.lanes.length);
      if (shape.lanes[k]!.type !== 'driving' || bordersM[k]! - bordersM[k + 1]! < 0.001) continue;
      const tM = bordersM[k + 1]! + random() * (bordersM[k]! - bordersM[k + 1]!);
      poseOnReferenceLine(each.planView, sM, pose);
      // `bend` is banked by a constant; the others are flat.
      const planTM = tM * Math.cos(each.superelevation[0]?.a ?? 0);
      const found = locator.locate(pose[0]! - planTM * Math.sin(pose[2]!), pose[1]! + planTM * Math.cos(pose[2]!))!;
      expect(found).not.toBeNull();
      expect(map.lanes.roadId[map.blocks.lane[found.block]!]).toBe(found.roadId);
      if (found.roadId !== each.id) continue; // Roads overlap in the junction.
      expect(Math.abs(found.sM - sM)).toBeLessThan(1e-5);
      expect(Math.abs(found.tM - tM)).toBeLessThan(1e-5);
      expect(sources.blockFromRoadSM[found.block]).toBeLessThanOrEqual(sM + 1e-5);
      expect(sources.blockToRoadSM[found.block]).toBeGreaterThanOrEqual(sM - 1e-5);
    }
  });
  it('finds nothing beside the lanes, on a sidewalk, on a parking lane or at no number', () => {
    const { locator } = locatorOf(network([road('1', [line(30)], [driving(-1), { ...driving(-2), type: 'sidewalk' }, { ...driving(1), type: 'parking' }])]));
    expect(locator.locate(10, -2)).toMatchObject({ roadId: '1', laneId: -1, sM: expect.closeTo(10, 6) as number, tM: expect.closeTo(-2, 6) as number });
    for (const [x, y] of [[10, -6], [10, 2], [10, 9], [-3, -2], [33, -2], [1e9, 0], [NaN, 0]]) expect(locator.locate(x!, y!)).toBeNull();
  });
  it('finds a point in the wedge that two pieces leave open on the outside of a kink', () => {
    const { locator } = locatorOf(network([road('1', [line(20), line(20, 20, 0, 0.01, 20)])]));
    expect(locator.locate(20.02, -3.9)).toMatchObject({ laneId: -1, sM: expect.closeTo(20, 3) as number });
  });
});
