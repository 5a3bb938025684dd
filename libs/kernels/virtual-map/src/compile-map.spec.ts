import fc from 'fast-check';
import { polygonAreaM2 } from '@quaymaster/geometry';
import { compileMap } from './compile-map';
import { poseOnReferenceLine } from './reference-line';
import type { RoadObject } from './road-network';
import { blocksOf, compiled, moved, rowOf, tJunction, variedRoads } from './testing/compiled';
import { arc, constant, driving, line, network, road, siteObject, slotObject, withCentre } from './testing/network-builder';
import { BlockFlag, type VirtualMap } from './virtual-map';

const straight = network([road('1', [line(60)])]);

function areaOf({ mesh }: VirtualMap): number {
  let twice = 0;
  for (let t = 0; t < mesh.triangles.length; t += 3) twice += twiceAreaM2(mesh.verticesM, mesh.triangles, t);
  return twice / 2;
}

function twiceAreaM2(v: Float64Array, triangles: Uint32Array, t: number): number {
  const [a, b, c] = [3 * triangles[t]!, 3 * triangles[t + 1]!, 3 * triangles[t + 2]!];
  return (v[b]! - v[a]!) * (v[c + 1]! - v[a + 1]!) - (v[b + 1]! - v[a + 1]!) * (v[c]! - v[a]!);
}

/** Default of the compiler [m]. */
const EPSILON_M = 0.02;

describe('compileMap: surface', () => {
  it('makes a 60 m lane of four blocks with two triangles each', () => {
    const { map } = compiled(straight);
    expect(map.blocks.count).toBe(4);
    expect(map.mesh.triangleBlock).toHaveLength(8);
    expect([...map.blocks.endSM]).toEqual([15, 30, 45, 60]);
    expect([...map.blocks.centreXyM.slice(0, 4)]).toEqual([0, -2, 15, -2]);
    expect([...map.blocks.outlineXyM.slice(0, 8)]).toEqual([0, -4, 15, -4, 15, 0, 0, 0]);
  });
  it.each([0.02, 0.1])('keeps all borders of varied roads within %s m of their chords, measured at 60 places a step', (epsilonM) => {
    const source = variedRoads();
    const { map, report } = compiled(source, { epsilonM });
    expect(report.maximumChordErrorM).toBeLessThanOrEqual(epsilonM);
    const bend = source.roads[0]!;
    // Flat oracle of the outer right border, lane -2: t = -5 m, lowered by the bank.
    const pose = new Float64Array(3);
    let worst = 0;
    for (let sM = 0; sM <= 70; sM += 0.05) {
      poseOnReferenceLine(bend.planView, sM, pose);
      const x = pose[0]! + 5 * Math.cos(0.02) * Math.sin(pose[2]!);
      const y = pose[1]! - 5 * Math.cos(0.02) * Math.cos(pose[2]!);
      worst = Math.max(worst, distanceToEdges(map, x, y));
    }
    expect(worst).toBeLessThanOrEqual(epsilonM);
  });
  it('meshes an arc of radius 20 with 4 m of lane to its left as long and as wide as it is', () => {
    const { map } = compiled(network([road('1', [arc(20, 0.05)], [driving(1)])]), { epsilonM: 0.001 });
    // Ring sector between radius 16 and 20 over 1 rad.
    expect(areaOf(map)).toBeCloseTo((20 ** 2 - 16 ** 2) / 2, 1);
    expect(map.lanes.lengthM[0]).toBeCloseTo(18, 2);
  });
  it('makes one triangle where a lane opens from nothing and none where it has no width', () => {
    const widths = [constant(0), { sM: 20, a: 0, b: 0.2, c: 0, d: 0 }, constant(4, 40)];
    const { map, report } = compiled(network([road('1', [line(60)], [driving(-1), driving(-2, widths)])]));
    expect(report.degenerateTriangles).toBe(0);
    // 60 m x 4 m, a triangle of 20 m x 4 m, 20 m x 4 m.
    expect(areaOf(map)).toBeCloseTo(240 + 40 + 80, 5);
    const [first] = blocksOf(map, '1', -2);
    expect(map.blocks.startSM[first!]).toBeCloseTo(20, 6);
    expect(map.blocks.outlineOffset[first! + 1]! - map.blocks.outlineOffset[first!]!).toBe(3);
  });
  it('ends a block where a lane jumps to another width', () => {
    const { map } = compiled(network([road('1', [line(20)], [driving(-1, [constant(3), constant(4, 7)])])]), { blockLengthM: 50 });
    expect([...map.blocks.endSM]).toEqual([7, 20]);
    expect(rowOf(map.blocks.followsOffset, map.blocks.follows, 0)).toEqual([1]);
    expect(areaOf(map)).toBeCloseTo(7 * 3 + 13 * 4, 6);
  });
  it('joins the vertices of roads that meet and counts what was there before', () => {
    const { report } = compiled(tJunction());
    expect(report.largestGapM).toBeLessThan(1e-5);
    // Four lane ends meet the two ends of `in` and the starts of the roads beyond: two at one edge, then one at each of two.
    expect(report.verticesBeforeWeld - report.vertices).toBe(2 * 2 + 2 + 2);
  });
  it('lifts vertices by elevation and bank', () => {
    const { map } = compiled(network([road('1', [line(10)], [driving(-1)], {
      elevation: [{ sM: 0, a: 3, b: 0.1, c: 0, d: 0 }], superelevation: [{ sM: 0, a: 0.1, b: 0, c: 0, d: 0 }],
    })]));
    const heights = [...map.mesh.verticesM].filter((_, i) => i % 3 === 2).sort((a, b) => a - b);
    expect(heights[0]).toBeCloseTo(3 - 4 * Math.sin(0.1), 6);
    expect(heights[3]).toBeCloseTo(4, 6);
  });
  it('gives paved lanes triangles without a block, after all others', () => {
    const { map } = compiled(network([road('1', [line(15)], [driving(-1), { ...driving(-2, 1), type: 'shoulder' }])]));
    expect([...map.mesh.triangleBlock]).toEqual([0, 0, -1, -1]);
  });
});

describe('compileMap: blocks', () => {
  it('drives left lanes against the road, and the other way round in left-hand traffic', () => {
    const lanes = [driving(1), driving(-1)];
    const right = compiled(network([road('1', [line(30)], lanes)])).map;
    expect([...right.blocks.centreXyM.slice(0, 4)]).toEqual([30, 2, 15, 2]);
    expect(right.blocks.centreXyM[2 * right.blocks.centreOffset[blocksOf(right, '1', -1)[0]!]!]).toBe(0);
    const left = compiled(network([road('1', [line(30)], lanes, { leftHandTraffic: true })])).map;
    expect([...left.blocks.centreXyM.slice(0, 4)]).toEqual([0, 2, 15, 2]);
    expect(left.blocks.centreXyM[2 * left.blocks.centreOffset[blocksOf(left, '1', -1)[0]!]!]).toBe(30);
  });
  it('follows the lanes of a T junction, flags them, and finds that they overlap', () => {
    const { map } = compiled(tJunction());
    const [into, ahead, turn, east, north] = ['in', 'ahead', 'turn', 'east', 'north'].map((id) => blocksOf(map, id)) as [number[], number[], number[], number[], number[]];
    expect(rowOf(map.blocks.followsOffset, map.blocks.follows, into[2]!)).toEqual([ahead[0], turn[0]]);
    expect(rowOf(map.blocks.followsOffset, map.blocks.follows, ahead[1]!)).toEqual([east[0]]);
    expect(rowOf(map.blocks.followsOffset, map.blocks.follows, turn[1]!)).toEqual([north[0]]);
    expect(map.blocks.flags[ahead[0]!]).toBe(BlockFlag.junction | BlockFlag.keepClear);
    expect(map.blocks.flags[into[2]!]).toBe(BlockFlag.holdPoint);
    expect(rowOf(map.blocks.overlapOffset, map.blocks.overlaps, ahead[0]!)).toEqual([turn[0]]);
    expect(rowOf(map.blocks.overlapOffset, map.blocks.overlaps, into[2]!)).toEqual([]);
  });
  it('joins lanes over a connecting road that is entered at its end', () => {
    const lane = (id: number): ReturnType<typeof driving> => driving(id, 4, { predecessorId: -1, successorId: -1 });
    const { map } = compiled(network([
      road('a', [line(10)], [lane(-1)], { successor: { kind: 'junction', junctionId: 'J' } }),
      road('c', [line(10, 20, 0, Math.PI)], [lane(1)], {
        junctionId: 'J', predecessor: { kind: 'road', roadId: 'b', contactPoint: 'start' }, successor: { kind: 'road', roadId: 'a', contactPoint: 'end' },
      }),
      road('b', [line(10, 20)], [lane(-1)], { predecessor: { kind: 'junction', junctionId: 'J' } }),
    ], [{ id: 'J', name: '', connections: [{ id: '0', incomingRoadId: 'a', connectingRoadId: 'c', contactPoint: 'end', laneLinks: [{ fromLaneId: -1, toLaneId: 1 }] }] }]));
    expect(rowOf(map.blocks.followsOffset, map.blocks.follows, blocksOf(map, 'a')[0]!)).toEqual(blocksOf(map, 'c', 1));
    expect(rowOf(map.blocks.followsOffset, map.blocks.follows, blocksOf(map, 'c', 1)[0]!)).toEqual(blocksOf(map, 'b'));
  });
  it('goes on over a lane section that has no length', () => {
    const lane = driving(-1, 4, { predecessorId: -1, successorId: -1 });
    const { map, report } = compiled(network([road('1', [line(20)], [], {
      sections: [{ sM: 0, lanes: withCentre([lane]) }, { sM: 10, lanes: withCentre([lane]) }, { sM: 10.0005, lanes: withCentre([lane]) }],
    })]));
    expect(report.warnings.map(({ code }) => code)).toEqual(['QM_MAP_SECTION_EMPTY']);
    expect(rowOf(map.blocks.followsOffset, map.blocks.follows, 0)).toEqual([1]);
  });
  it('lists blocks side by side as neighbours and never as overlapping', () => {
    const { map } = compiled(network([road('1', [arc(45, 0.03)], [driving(1), driving(-1), driving(-2)])]));
    expect(rowOf(map.blocks.neighbourOffset, map.blocks.neighbours, blocksOf(map, '1', -1)[1]!))
      .toEqual([blocksOf(map, '1', 1).reverse()[1], blocksOf(map, '1', -2)[1]]);
    expect(map.blocks.overlaps).toHaveLength(0);
  });
  it('takes the speed limit of the lane, else of the road, else 30 km/h, and the lowest within a block', () => {
    const lanes = [driving(-1, 4, { speedLimits: [{ sM: 0, limitMps: 5 }] }), driving(-2)];
    const limitsOf = (part: object): number[] => [...compiled(network([road('1', [line(30)], lanes, part)])).map.blocks.speedLimitMps];
    expect(limitsOf({})).toEqual([5, 5, 8.33, 8.33]);
    expect(limitsOf({ speedLimits: [{ sM: 0, limitMps: 7 }, { sM: 20, limitMps: 3 }] })).toEqual([5, 5, 7, 3]);
  });
});

describe('compileMap: places', () => {
  const { map } = compiled(variedRoads());

  it('makes a slot one block and stops a vehicle 1 m before its end', () => {
    const [slot] = map.slots;
    expect(slot).toMatchObject({ id: 'P-1', kind: 'charging', lengthM: 18, widthM: 4, xM: 30, yM: -60, headingRad: 0, stopSM: 17 });
    expect([map.blocks.startSM[slot!.block], map.blocks.endSM[slot!.block]]).toEqual([21, 39]);
    expect(map.blocks.flags[slot!.block]! & BlockFlag.slot).toBe(BlockFlag.slot);
  });
  it('puts a transfer point on the block that its front-most point has reached', () => {
    expect(map.transferPoints[0]).toEqual({ id: 'QC-1', kind: 'crane', block: blocksOf(map, 'bay')[0], stopSM: 10, xM: 10, yM: -60 });
  });
  it('finds the blocks of zones and keeps the closed ones clear', () => {
    const bay = blocksOf(map, 'bay');
    expect(map.zones.map(({ id, kind, blocks }) => [id, kind, [...blocks]])).toEqual([['berth', 'berth', [bay[0]]], ['closed', 'keep-out', [bay[bay.length - 1]]]]);
    expect(map.blocks.flags[bay[bay.length - 1]!]).toBe(BlockFlag.keepClear);
  });
  it('makes a bay lane shorter than its slot one block', () => {
    const short = compiled(network([road('1', [line(14)], [driving(-1)], { objects: [slotObject('P', 7, -2, 18)] })])).map;
    expect(short.blocks.count).toBe(1);
    expect(short.slots[0]!.stopSM).toBe(13);
  });
  it.each([
    ['QM_MAP_SLOT_UNREACHABLE', slotObject('P', 30, 6)],
    ['QM_MAP_SLOT_ACROSS', slotObject('P', 30, -2, 18, 3, { headingRad: 1.5 })],
    ['QM_MAP_SLOT_WITHOUT_SIZE', slotObject('P', 30, -2, 0, 0)],
    ['QM_MAP_TRANSFER_POINT_OFF_LANE', siteObject('T', 30, 9, { userData: { 'qm:transferPoint': 'yard' } })],
    ['QM_MAP_OBJECT_KIND', siteObject('T', 30, -2, { userData: { 'qm:transferPoint': 'moon' } })],
    ['QM_MAP_ZONE_EMPTY', siteObject('Z', 30, -2, { userData: { 'qm:zone': 'yard' } })],
  ])('warns with %s and leaves the object out', (code, object) => {
    const { map: other } = compiled(network([road('1', [line(60)], [driving(-1)], { objects: [object] })]));
    expect(other.warnings.map((warning) => warning.code)).toEqual([code]);
    expect([...other.slots, ...other.transferPoints, ...other.zones]).toEqual([]);
  });
});

describe('compileMap: zones', () => {
  const corners = (...xyM: [number, number][]) => xyM.map(([aM, bM]) => ({ frame: 'road' as const, aM, bM, heightM: 0 }));
  const zoned = (part: Partial<RoadObject>) => compiled(network([road('1', [line(60)], [driving(-1, 4)], { objects: [siteObject('Z', 0, 0, { userData: { 'qm:zone': 'keep-out', ...part.userData }, outlines: part.outlines ?? [] })] })]));
  const area = (ring: Float64Array): number => Math.round(polygonAreaM2(ring) * 100) / 100;

  it('leave one plain outline as it is, counter-clockwise', () => {
    const { map, report } = zoned({ outlines: [corners([0, 0], [0, 4], [20, 4], [20, 0])] });
    expect([...map.zones[0]!.outlineXyM]).toEqual([20, 0, 20, 4, 0, 4, 0, 0]);
    expect(report.warnings).toEqual([]);
  });
  it('unite outlines that overlap, and say when they lie apart', () => {
    expect(zoned({ outlines: [corners([0, -4], [20, -4], [20, 0], [0, 0]), corners([10, -4], [30, -4], [30, 0], [10, 0])] }).map.zones.map(({ id, outlineXyM }) => [id, area(outlineXyM)])).toEqual([['Z', 120]]);
    const apart = zoned({ outlines: [corners([0, -4], [10, -4], [10, 0], [0, 0]), corners([40, -4], [45, -4], [45, 0], [40, 0])] });
    expect(apart.map.zones.map(({ id, outlineXyM }) => [id, area(outlineXyM)]).sort()).toEqual([['Z', expect.any(Number)], ['Z/2', expect.any(Number)]]);
    expect(apart.report.warnings).toEqual([expect.objectContaining({ code: 'QM_MAP_ZONE_APART' })]);
  });
  it('take an outline that crosses itself for what it encloses', () => {
    const { map } = zoned({ outlines: [corners([0, -4], [20, 0], [20, -4], [0, 0])] });
    expect(map.zones.reduce((sum, { outlineXyM }) => sum + area(outlineXyM), 0)).toBeCloseTo(40, 1);
  });
  it('grow by their margin, over more blocks', () => {
    const outlines = [corners([22, -3], [23, -3], [23, -1], [22, -1])];
    const [plain, grown] = [zoned({ outlines }), zoned({ outlines, userData: { 'qm:marginM': '12' } })];
    expect(area(grown.map.zones[0]!.outlineXyM)).toBeGreaterThan(Math.PI * 144);
    expect(grown.map.zones[0]!.blocks.length).toBeGreaterThan(plain.map.zones[0]!.blocks.length);
    expect(zoned({ outlines, userData: { 'qm:marginM': '1e9' } }).report.warnings).toEqual([expect.objectContaining({ code: 'QM_MAP_ZONE_MARGIN' })]);
  });
});

describe('compileMap: faults', () => {
  it.each([
    ['QM_MAP_NO_ROADS', network([])],
    ['QM_MAP_NO_LANES', network([road('1', [line(9)], [{ ...driving(-1), type: 'sidewalk' }])])],
    ['QM_MAP_NOT_A_NUMBER', network([road('1', [line(9, NaN)])])],
    ['QM_MAP_ROAD_LENGTH', network([road('1', [line(0)])])],
    ['QM_MAP_NO_REFERENCE_LINE', network([road('1', [], [driving(-1)], { lengthM: 5 })])],
    ['QM_MAP_OUT_OF_RANGE', network([road('1', [line(9)], [driving(-1, [{ sM: 0, a: 1, b: 0, c: 0, d: 1e9 }])])])],
    ['QM_MAP_ROAD_TWICE', network([road('1', [line(9)]), road('1', [line(9)])])],
  ])('refuses with %s', (code, source) => {
    const result = compileMap(source);
    expect(result.kind === 'refused' && result.faults[0]!.code).toBe(code);
  });
  it('reports a gap of 5 mm as doubtful and one of 20 mm as wrong, with the place', () => {
    const apart = (gapM: number) => {
      const lane = driving(-1, 4, { predecessorId: -1, successorId: -1 });
      return compiled(network([
        road('a', [line(10)], [lane], { successor: { kind: 'road', roadId: 'b', contactPoint: 'start' } }), road('b', [line(10, 10 + gapM)], [lane]),
      ])).report;
    };
    expect(apart(0.005).warnings).toEqual([{ code: 'QM_MAP_GAP', where: 'road a, section 0, lane -1', message: 'ends 5.0 mm away from the start of road b, section 0, lane -1' }]);
    expect(apart(0.02).faults.map(({ code }) => code)).toEqual(['QM_MAP_GAP']);
    expect(apart(0.001).warnings).toEqual([]);
  });
  it('never throws, whatever numbers a road is made of', () => {
    const wild = fc.oneof(fc.double(), fc.integer({ min: -50, max: 50 }), fc.double({ min: -1, max: 1, noNaN: true }));
    const cubic = fc.record({ sM: wild, a: wild, b: wild, c: wild, d: wild });
    const short = fc.oneof(fc.double({ max: 60 }), fc.integer({ min: -1, max: 60 }));
    fc.assert(fc.property(short, wild, wild, wild, fc.array(cubic, { maxLength: 3 }), fc.integer({ min: -3, max: 3 }), (length, a, b, s, widths, id) => {
      const pieces = [line(length, a, b), { kind: 'spiral' as const, sM: s, xM: a, yM: b, headingRad: a, lengthM: length, startPerM: a, endPerM: b }];
      const source = network([road('1', pieces, [driving(id, widths)], {
        lengthM: length, laneOffset: widths, elevation: widths, objects: [slotObject('P', a, b, s, length), siteObject('Z', s, a, { userData: { 'qm:zone': 'yard' } })],
        successor: { kind: 'road', roadId: 'nowhere', contactPoint: 'end' },
      })]);
      expect(['compiled', 'refused']).toContain(compileMap(source, { epsilonM: 1 }).kind);
    }), { numRuns: 20 });
  });
  it('rejects options that are not above 0', () => {
    expect(() => compileMap(straight, { epsilonM: 0 })).toThrow(RangeError);
  });
});

describe.each([['T junction', tJunction()], ['varied roads', variedRoads()]])('compileMap: what holds for %s', (_, source) => {
  const { map } = compiled(source);
  const { lanes, blocks, mesh } = map;

  it('maps lanes to blocks to triangles and back', () => {
    const seen: number[] = [];
    for (let lane = 0; lane < lanes.count; lane += 1) {
      for (const block of rowOf(lanes.blockOffset, lanes.blocks, lane)) {
        expect(blocks.lane[block]).toBe(lane);
        seen.push(block);
      }
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: blocks.count }, (_unused, block) => block));
    for (let block = 0; block < blocks.count; block += 1) {
      expect(blocks.triangleOffset[block + 1]).toBeGreaterThan(blocks.triangleOffset[block]!);
      for (let t = blocks.triangleOffset[block]!; t < blocks.triangleOffset[block + 1]!; t += 1) expect(mesh.triangleBlock[t]).toBe(block);
    }
    expect(mesh.triangleBlock.filter((block) => block >= 0)).toHaveLength(blocks.triangleOffset[blocks.count]!);
  });
  it('has counter-clockwise triangles only, and blocks whose outline encloses exactly theirs', () => {
    for (let block = 0; block < blocks.count; block += 1) {
      let twice = 0;
      for (let t = blocks.triangleOffset[block]!; t < blocks.triangleOffset[block + 1]!; t += 1) {
        const one = twiceAreaM2(mesh.verticesM, mesh.triangles, 3 * t);
        expect(one).toBeGreaterThan(0);
        twice += one;
      }
      expect(ringTwiceAreaM2(map, block)).toBeCloseTo(twice, 6);
    }
  });
  it('overlaps symmetrically', () => {
    for (let block = 0; block < blocks.count; block += 1) {
      for (const other of rowOf(blocks.overlapOffset, blocks.overlaps, block)) expect(rowOf(blocks.overlapOffset, blocks.overlaps, other)).toContain(block);
    }
  });
  it('keeps its topology and sizes when it is moved and turned', () => {
    fc.assert(fc.property(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -314, max: 314 }), (x, y, turn) => {
      const other = compiled(moved(source, x, y, turn / 100)).map;
      expect([...other.blocks.follows]).toEqual([...blocks.follows]);
      expect([...other.blocks.neighbours]).toEqual([...blocks.neighbours]);
      expect([...other.blocks.overlaps]).toEqual([...blocks.overlaps]);
      expect([...other.blocks.flags]).toEqual([...blocks.flags]);
      expect(other.zones.map((zone) => [...zone.blocks])).toEqual(map.zones.map((zone) => [...zone.blocks]));
      const cos = Math.cos(turn / 100);
      const sin = Math.sin(turn / 100);
      for (let block = 0; block < blocks.count; block += 1) {
        // Where a chord's error ties with epsilon, rounding decides on one point more or less; sizes then differ by less than epsilon.
        expect(Math.abs(other.blocks.endSM[block]! - blocks.endSM[block]!)).toBeLessThan(EPSILON_M);
        const [ox, oy] = [blocks.centreXyM[2 * blocks.centreOffset[block]!]!, blocks.centreXyM[2 * blocks.centreOffset[block]! + 1]!];
        expect(Math.abs(other.blocks.centreXyM[2 * other.blocks.centreOffset[block]!]! - (x + ox * cos - oy * sin))).toBeLessThan(EPSILON_M);
        expect(Math.abs(other.blocks.centreXyM[2 * other.blocks.centreOffset[block]! + 1]! - (y + ox * sin + oy * cos))).toBeLessThan(EPSILON_M);
      }
    }), { numRuns: 10 });
  });
  it('has the same hash again, another one for other content, and survives being posted to a thread', () => {
    expect(compiled(source).map.hash).toBe(map.hash);
    expect(map.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(compiled(moved(source, 0.001, 0, 0)).map.hash).not.toBe(map.hash);
    expect(structuredClone(map)).toEqual(map);
  });
});

function ringTwiceAreaM2({ blocks }: VirtualMap, block: number): number {
  const ring = blocks.outlineXyM.subarray(2 * blocks.outlineOffset[block]!, 2 * blocks.outlineOffset[block + 1]!);
  let twice = 0;
  for (let i = 0, k = ring.length - 2; i < ring.length; k = i, i += 2) twice += ring[k]! * ring[i + 1]! - ring[i]! * ring[k + 1]!;
  return twice;
}

/** Distance of a point from the nearest edge of the mesh, seen from above [m]. */
function distanceToEdges({ mesh: { triangles, verticesM } }: VirtualMap, x: number, y: number): number {
  let best = Infinity;
  for (let t = 0; t < triangles.length; t += 1) {
    const a = 3 * triangles[t]!;
    const b = 3 * triangles[t % 3 === 2 ? t - 2 : t + 1]!;
    const [dx, dy] = [verticesM[b]! - verticesM[a]!, verticesM[b + 1]! - verticesM[a + 1]!];
    const ratio = Math.min(1, Math.max(0, ((x - verticesM[a]!) * dx + (y - verticesM[a + 1]!) * dy) / (dx * dx + dy * dy)));
    best = Math.min(best, Math.hypot(x - verticesM[a]! - ratio * dx, y - verticesM[a + 1]! - ratio * dy));
  }
  return best;
}
