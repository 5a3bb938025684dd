import { buildGrid } from './block-grid';
import { findOverlaps } from './block-overlaps';
import { checkNetwork, checkReach } from './check-network';
import { findEdgeVertices } from './edge-vertices';
import { fingerprintOf } from './map-fingerprint';
import { measureGaps, type GapCount } from './lane-gaps';
import { LaneIndex, linkLanes } from './lane-links';
import { addVertices, LaneMesher, type MeshDraft, type VertexStrip } from './lane-mesh';
import { isDrivable } from './lane-type';
import { reachWarnings } from './reach-survey';
import { turnOnGeometryRad } from './reference-line';
import type { Road, RoadNetwork } from './road-network';
import { bordersAt, hasLength, shapeOfSection, type SectionShape } from './section-shape';
import { StripSampler, type SectionStrip } from './section-strip';
import { ObjectPlacer } from './site-objects';
import { cutsOfSection, findSlotSpans, type SlotSpan } from './slot-span';
import { assembleBlocks, assembleLanes } from './map-tables';
import { VertexWeld } from './vertex-weld';
import { OFF_SURFACE, SURFACE_ONLY, type MapFault, type VirtualMap } from './virtual-map';

export interface CompileOptions {
  /** Chord error allowed [m]; default 0.02. */
  readonly epsilonM?: number;
  /** Length that blocks come near to [m]; default 15. */
  readonly blockLengthM?: number;
  /** Vertices of different lane sections at most this far apart become one [m]; default 0.002, or a quarter of the chord error if that is less. */
  readonly weldM?: number;
  /**
   * True for a map that is looked at and not driven on: what cannot be compiled is left out and named among the faults, and there may be no lane to drive on.
   * Default false: such a network is refused.
   */
  readonly partial?: boolean;
}

/** How the surface of a map came about: what its parts are of. */
export interface MapSources {
  readonly strips: readonly VertexStrip[];
  /** Vertex of the mesh for each of the strips' vertices. */
  readonly indexOf: Int32Array;
  /** Strip of each triangle, and position of its lane there. */
  readonly triangleStrip: Int32Array;
  readonly triangleLane: Int32Array;
  /** Arc lengths of the road between which each block lies, rising [m]. */
  readonly blockFromRoadSM: Float64Array;
  readonly blockToRoadSM: Float64Array;
}

/** What a compilation found, in numbers. */
export interface MapReport {
  readonly roads: number;
  readonly junctions: number;
  /** Drivable lanes with a surface, one a lane of a lane section, and their centre lines together. */
  readonly lanes: number;
  readonly drivableLaneM: number;
  readonly blocks: number;
  readonly slots: number;
  readonly transferPoints: number;
  readonly zones: number;
  readonly verticesBeforeWeld: number;
  readonly vertices: number;
  readonly triangles: number;
  /** Counted over the finished mesh: triangles that are not counter-clockwise or have no area. */
  readonly degenerateTriangles: number;
  /** Greatest distance found between a border and its chords [m]. */
  readonly maximumChordErrorM: number;
  /** Links between lanes that miss each other by 1 to 10 mm, by more, and by how much at worst. */
  readonly doubtfulGaps: number;
  readonly wrongGaps: number;
  readonly largestGapM: number;
  /** What a map should not have but can be driven with, and what is wrong with it although it compiles. Both are in the map's `warnings`. */
  readonly warnings: readonly MapFault[];
  readonly faults: readonly MapFault[];
}

export type CompiledMap =
  | { readonly kind: 'compiled'; readonly map: VirtualMap; readonly report: MapReport; readonly sources: MapSources }
  | { readonly kind: 'refused'; readonly faults: readonly MapFault[] };

/**
 * Compiles a road network into the map that everything else works on: mesh, blocks, graph, slots, transfer points and zones. Refuses networks that cannot
 * be compiled and says why; never throws on a bad network. The same network and options give the same map, bit for bit.
 *
 * @throws RangeError when an option is not above 0
 */
export function compileMap(network: RoadNetwork, options: CompileOptions = {}): CompiledMap {
  const epsilonM = positive('epsilonM', options.epsilonM ?? 0.02);
  const blockLengthM = positive('blockLengthM', options.blockLengthM ?? 15);
  const weldM = positive('weldM', options.weldM ?? Math.min(0.002, epsilonM / 4));
  const refusals = checkNetwork(network);
  if (refusals.length > 0) return { kind: 'refused', faults: refusals };

  const warnings: MapFault[] = [];
  const spans = findSlotSpans(network, warnings);
  const sampled = sampleNetwork(network, spans, { epsilonM, blockLengthM, weldM }, warnings);
  const faults: MapFault[] = [];
  const strips = sampled.filter((strip) => {
    const outside = checkReach(network, strip);
    faults.push(...outside);
    return outside.length === 0;
  });
  if (faults.length > 0 && options.partial !== true) return { kind: 'refused', faults };
  const weld = new VertexWeld(weldM);
  const sources = strips.map((strip, i) => addVertices(strip, i, weld));
  const { verticesM, indexOf } = weld.finish();
  const mesher = new LaneMesher(network, verticesM, indexOf, findEdgeVertices(sources, verticesM, indexOf));
  for (const source of sources) mesher.addDrivableLanes(source);
  const { draft } = mesher;
  if (draft.blockLane.length === 0) {
    const fault: MapFault = { code: 'QM_MAP_NO_LANES', where: 'network', message: 'there is no lane that a vehicle could drive on' };
    if (options.partial !== true) return { kind: 'refused', faults: [fault, ...warnings] };
    faults.push(fault);
  }
  for (const what of [SURFACE_ONLY, OFF_SURFACE] as const) for (const source of sources) mesher.addOtherLanes(source, what);
  const index = new LaneIndex(network, draft.lanes);
  const successors = linkLanes(network, index, warnings);
  const gaps = measureGaps(draft, index, successors);
  warnings.push(...gaps.warnings, ...foldWarnings(draft, index));

  faults.push(...gaps.faults);
  const boundsM = boundsOf(verticesM);
  const mesh = draftMesh(draft);
  const grid = buildGrid(mesh, new Int32Array(draft.triangleOffset), boundsM, 8);
  const placer = new ObjectPlacer(network, index, draft, warnings);
  const slots = placer.slots(spans);
  const transferPoints = placer.transferPoints();
  const zones = placer.zones(grid);
  const blocks = assembleBlocks({ network, draft, successors, overlaps: findOverlaps(draft, grid), slots, zones });
  const lanes = assembleLanes(network, draft);
  warnings.push(...reachWarnings({ blocks, lanes }));
  const content = {
    name: network.name, boundsM, lanes, blocks, mesh,
    slots, transferPoints, zones: zones.map(({ id, kind, outlineXyM, blocks: inside }) => ({ id, kind, outlineXyM, blocks: inside })),
  };
  const map: VirtualMap = { ...content, hash: fingerprintOf(content), warnings: [...faults, ...warnings] };
  const sourcesOfMap: MapSources = {
    strips: sources, indexOf, triangleStrip: Int32Array.from(draft.triangleStrip), triangleLane: Int32Array.from(draft.triangleLane),
    blockFromRoadSM: Float64Array.from(draft.blockFromRoadSM), blockToRoadSM: Float64Array.from(draft.blockToRoadSM),
  };
  return { kind: 'compiled', map, report: reportOn(network, map, draft, strips, weld.count, gaps, warnings, faults), sources: sourcesOfMap };
}

function positive(name: string, value: number): number {
  if (!(value > 0 && value < Infinity)) throw new RangeError(`${name} is ${value}, but must be above 0`);
  return value;
}

function sampleNetwork(
  network: RoadNetwork, spans: readonly SlotSpan[], { epsilonM, blockLengthM, weldM }: Required<Pick<CompileOptions, 'epsilonM' | 'blockLengthM' | 'weldM'>>, warnings: MapFault[],
): SectionStrip[] {
  const sampler = new StripSampler(epsilonM, Math.min(weldM, epsilonM / 2));
  const slotsOf = new Map<string, SlotSpan[]>();
  for (const span of spans) {
    const key = `${span.roadIndex}/${span.sectionIndex}`;
    const list = slotsOf.get(key);
    if (list === undefined) slotsOf.set(key, [span]);
    else list.push(span);
  }
  const strips: SectionStrip[] = [];
  network.roads.forEach((road, roadIndex) => {
    for (let sectionIndex = 0; sectionIndex < road.sections.length; sectionIndex += 1) {
      const shape = shapeOfSection(road, sectionIndex);
      const where = `road ${road.id}, section ${sectionIndex}, s ${shape.startSM.toFixed(1)}`;
      if (!hasLength(shape)) {
        warnings.push({ code: 'QM_MAP_SECTION_EMPTY', where, message: 'the lane section has no length and is left out' });
        continue;
      }
      const slots = (slotsOf.get(`${roadIndex}/${sectionIndex}`) ?? []).sort((a, b) => a.fromSM - b.fromSM);
      const cutsM = cutsOfSection(shape, slots, blockLengthM, stretchOf(road, shape));
      const strip = sampler.sample(road, roadIndex, sectionIndex, shape, cutsM);
      if (strip.chordErrorM > epsilonM) {
        const message = `it bends too sharply for steps of 1 cm: its chords miss it by ${(strip.chordErrorM * 1000).toFixed(0)} mm`;
        warnings.push({ code: 'QM_MAP_CHORD_ERROR', where, message });
      }
      strips.push(strip);
    }
  });
  return strips;
}

/** Lanes that are longer than this many times their reference line are left with longer blocks. */
const MOST_STRETCH = 8;

/** How much longer the longest drivable lane of a section is than its reference line: an offset curve is longer by offset times turn. */
function stretchOf(road: Road, shape: SectionShape): number {
  let turnRad = 0;
  for (const piece of road.planView) {
    const fromM = Math.max(0, shape.startSM - piece.sM);
    const toM = Math.min(piece.lengthM, shape.endSM - piece.sM);
    if (toM > fromM) turnRad += turnOnGeometryRad(piece, fromM, toM);
  }
  if (turnRad === 0) return 1;
  const lengthM = shape.endSM - shape.startSM;
  const bordersM: number[] = [];
  bordersAt(road, shape, shape.startSM + lengthM / 2, bordersM);
  let longestM = lengthM;
  shape.lanes.forEach((lane, k) => {
    if (isDrivable(lane.type)) longestM = Math.max(longestM, Math.abs(lengthM - turnRad * (bordersM[k]! + bordersM[k + 1]!) / 2));
  });
  // Rounded, so that the last digit of a platform's sine cannot change how many blocks there are.
  return Math.round(Math.min(MOST_STRETCH, longestM / lengthM) * 1e6) / 1e6;
}

function draftMesh(draft: MeshDraft): VirtualMap['mesh'] {
  return { verticesM: draft.verticesM, triangles: new Uint32Array(draft.triangles), triangleBlock: new Int32Array(draft.triangleBlock) };
}

function boundsOf(verticesM: Float64Array): [number, number, number, number] {
  if (verticesM.length === 0) return [0, 0, 0, 0];
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < verticesM.length; i += 3) {
    minX = Math.min(minX, verticesM[i]!);
    minY = Math.min(minY, verticesM[i + 1]!);
    maxX = Math.max(maxX, verticesM[i]!);
    maxY = Math.max(maxY, verticesM[i + 1]!);
  }
  return [minX, minY, maxX, maxY];
}

function foldWarnings(draft: MeshDraft, index: LaneIndex): MapFault[] {
  return [...draft.folded].filter(([laneRow]) => laneRow >= 0).map(([laneRow, count]) => ({
    code: 'QM_MAP_LANE_FOLDED', where: index.where(laneRow), message: `folds onto itself in ${count} triangles: it is wider than the radius of its curve`,
  }));
}

function reportOn(
  network: RoadNetwork, map: VirtualMap, draft: MeshDraft, strips: readonly SectionStrip[], verticesBeforeWeld: number, gaps: GapCount,
  warnings: readonly MapFault[], faults: readonly MapFault[],
): MapReport {
  return {
    roads: network.roads.length,
    junctions: network.junctions.length,
    lanes: map.lanes.count,
    drivableLaneM: draft.lanes.reduce((sum, lane) => sum + lane.lengthM, 0),
    blocks: map.blocks.count,
    slots: map.slots.length,
    transferPoints: map.transferPoints.length,
    zones: map.zones.length,
    verticesBeforeWeld,
    vertices: map.mesh.verticesM.length / 3,
    triangles: map.mesh.triangleBlock.length,
    degenerateTriangles: degenerateOf(map.mesh),
    maximumChordErrorM: strips.reduce((worst, strip) => Math.max(worst, strip.chordErrorM), 0),
    doubtfulGaps: gaps.doubtful,
    wrongGaps: gaps.wrong,
    largestGapM: gaps.largestM,
    warnings,
    faults,
  };
}

function degenerateOf({ triangles, verticesM: v }: VirtualMap['mesh']): number {
  let count = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [3 * triangles[i]!, 3 * triangles[i + 1]!, 3 * triangles[i + 2]!];
    const twiceM2 = (v[b]! - v[a]!) * (v[c + 1]! - v[a + 1]!) - (v[b + 1]! - v[a + 1]!) * (v[c]! - v[a]!);
    if (!(twiceM2 > 0)) count += 1;
  }
  return count;
}
