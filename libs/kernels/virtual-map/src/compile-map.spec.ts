import { compileMap } from './compile-map';
import type { RoadNetwork } from './road-network';
import { arc, line, network, road } from './testing/network-builder';
import type { VirtualMap } from './virtual-map';

function compiled(roads: RoadNetwork): VirtualMap {
  const result = compileMap(roads);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.faults));
  return result.map;
}

describe('compileMap', () => {
  it('makes a 60 m lane of four blocks with two triangles each', () => {
    const map = compiled(network([road('1', [line(60)])]));
    expect(map.blocks.count).toBe(4);
    expect(map.mesh.triangleBlock).toHaveLength(8);
    expect([...map.blocks.endSM]).toEqual([15, 30, 45, 60]);
    expect([...map.blocks.centreXyM.slice(0, 4)]).toEqual([0, -2, 15, -2]);
  });
  it('keeps a curve within the chord error', () => {
    const result = compileMap(network([road('1', [arc(60, 0.05)])]));
    if (result.kind === 'refused') throw new Error();
    expect(result.report.maximumChordErrorM).toBeLessThan(0.02);
  });
});
