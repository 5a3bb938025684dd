import { compileMap, type CompileOptions } from './compile-map';
import { surveyMesh } from './mesh-survey';
import type { RoadNetwork } from './road-network';
import { variedRoads } from './testing/compiled';
import { arc, constant, driving, line, network, road, withCentre } from './testing/network-builder';

function survey(source: RoadNetwork, options?: CompileOptions) {
  const compiled = compileMap(source, options);
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.faults));
  return { ...surveyMesh(source, compiled, (lengthM) => Math.ceil(lengthM * 1000)), compiled };
}

/** 3.5 m and 4 m of lane meet 2 m, 1.5 m and 6 m of it at 30 m. */
const split = network([road('1', [line(60)], [], {
  sections: [{ sM: 0, lanes: withCentre([driving(1, 3.5), driving(-1)]) }, { sM: 30, lanes: withCentre([driving(1, 2), driving(2, 1.5), driving(-1, 6)]) }],
})]);

describe('surveyMesh', () => {
  it.each([0.005, 0.02, 0.1])('finds no point of a border, 1 mm apart, further than %s m from the mesh of varied roads', (epsilonM) => {
    const { maximumChordErrorM } = survey(variedRoads(), { epsilonM });
    expect(maximumChordErrorM).toBeLessThanOrEqual(epsilonM);
    expect(maximumChordErrorM).toBeGreaterThan(epsilonM / 4);
  });
  it('measures the area of an arc as that of a ring sector, and the mesh by the chords less', () => {
    const { areaM2, drivableAreaM2 } = survey(network([road('1', [arc(40, 0.05)], [driving(1), { ...driving(-1), type: 'sidewalk' }])]));
    // Between radius 16, 20 and 24 over 2 rad.
    expect(drivableAreaM2).toBeCloseTo(20 ** 2 - 16 ** 2, 4);
    expect(Math.abs(areaM2 - (24 ** 2 - 16 ** 2))).toBeLessThan(0.5);
  });
  it('counts lanes that overlap each, and what is not driven along not at all', () => {
    const crossing = network([road('a', [line(40)]), road('b', [line(40, 20, -20, Math.PI / 2)], [driving(-1), { ...driving(1), type: 'parking' }])]);
    const { areaM2, drivableAreaM2 } = survey(crossing);
    expect(areaM2).toBeCloseTo(480, 6);
    expect(drivableAreaM2).toBeCloseTo(320, 6);
  });
  it('finds a sharp bend inside a polynomial', () => {
    // All of the turn lies near the cubic's middle, where its speed is least.
    const sharp = network([road('1', [{ kind: 'paramPoly3', sM: 0, xM: 0, yM: 0, headingRad: 0, lengthM: 14, u: [0, 20, -20, 8], v: [0, 0, 10, 0], normalized: true }], [driving(-1, 2)])]);
    expect(survey(sharp).maximumChordErrorM).toBeLessThanOrEqual(0.02);
  });
  it('follows a width that ends at 0 and a border that runs into the one inside of it', () => {
    const lanes = [driving(-1, [{ sM: 0, a: 3, b: -0.2, c: 0, d: 0 }]), { ...driving(1, []), borders: [constant(3)] }, { ...driving(2, []), borders: [{ sM: 0, a: 6, b: -0.2, c: 0, d: 0 }] }];
    expect(survey(network([road('1', [line(40)], lanes)])).maximumChordErrorM).toBeLessThanOrEqual(0.02);
  });
  it('has no T-junction where lane sections of other widths meet, and no more area for it', () => {
    const { tJunctions, areaM2, compiled } = survey(split);
    expect(tJunctions).toBe(0);
    expect(areaM2).toBeCloseTo(30 * 7.5 + 30 * 9.5, 6);
    expect(compiled.report.degenerateTriangles).toBe(0);
    // 2 by 2 plain quads before and 3 by 2 after; the left lane takes one vertex more on its end edge, the wide right one one more on its start edge.
    expect(compiled.report.triangles).toBe(2 * (2 * 2 + 3 * 2) + 2);
  });
  it('counts the T-junctions of a mesh that has some', () => {
    const { compiled } = survey(split);
    const { mesh } = compiled.map;
    // Without the triangles that reach the vertex on an edge, the edge beside them is bare.
    const { verticesM } = mesh;
    const at = verticesM.findIndex((value, i) => i % 3 === 0 && value === 30 && verticesM[i + 1] === 2);
    expect(at).toBeGreaterThanOrEqual(0);
    const kept = Array.from({ length: mesh.triangleBlock.length }, (_, t) => t).filter((t) => {
      const corners = [...mesh.triangles.subarray(3 * t, 3 * t + 3)];
      return !corners.includes(at / 3) || corners.some((corner) => verticesM[3 * corner]! > 30);
    });
    const triangles = Uint32Array.from([...kept.flatMap((t) => [...mesh.triangles.subarray(3 * t, 3 * t + 3)]), ...edgeOver(verticesM)]);
    const sources = { ...compiled.sources, triangleStrip: Int32Array.from([...kept.map((t) => compiled.sources.triangleStrip[t]!), 0]) };
    expect(surveyMesh(split, { ...compiled, map: { ...compiled.map, mesh: { ...mesh, triangles } }, sources }).tJunctions).toBe(1);
  });
});

/** One triangle with an edge from (30, 0) to (30, 3.5), over the vertex between. */
function edgeOver(verticesM: Float64Array): number[] {
  const vertexAt = (x: number, y: number): number => {
    for (let i = 0; i < verticesM.length; i += 3) if (verticesM[i] === x && verticesM[i + 1] === y) return i / 3;
    throw new Error(`no vertex at ${x}, ${y}`);
  };
  return [vertexAt(15, 3.5), vertexAt(30, 0), vertexAt(30, 3.5)];
}
