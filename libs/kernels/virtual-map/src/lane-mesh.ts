import type { EdgeVertices } from './edge-vertices';
import { isDrivable, isSurface, runsWithRoad } from './lane-type';
import type { RoadNetwork } from './road-network';
import { RowKind, type SectionStrip } from './section-strip';
import type { VertexWeld } from './vertex-weld';
import { OFF_SURFACE, SURFACE_ONLY } from './virtual-map';

/** Narrower than this a lane has no surface [m]. */
const NO_WIDTH_M = 0.001;
/** Triangles smaller than this are not kept [m²]. */
const NO_AREA_M2 = 1e-8;

/** A drivable lane of one section as it is built. */
export interface LaneDraft {
  readonly strip: SectionStrip;
  /** Position in `strip.lanes`. */
  readonly laneIndex: number;
  /** True when it is driven with the road's arc length. */
  readonly forward: boolean;
  /** Arc length of each row of the strip along the lane in driving direction [m]. */
  readonly arcM: Float64Array;
  readonly lengthM: number;
  readonly firstBlock: number;
  readonly blockCount: number;
  /** Whether the surface reaches the lane's very start and end, so that another lane can join it there. */
  readonly opensAtStart: boolean;
  readonly opensAtEnd: boolean;
}

/** Growing tables of blocks and triangles. */
export interface MeshDraft {
  readonly lanes: LaneDraft[];
  readonly blockLane: number[];
  readonly blockStartSM: number[];
  readonly blockEndSM: number[];
  /** Arc lengths along the road between which each block lies, rising [m]. */
  readonly blockFromRoadSM: number[];
  readonly blockToRoadSM: number[];
  /** First row and last row of each block in its strip, rising. */
  readonly blockFromRow: number[];
  readonly blockToRow: number[];
  readonly centreOffset: number[];
  readonly centreXyM: number[];
  readonly outlineOffset: number[];
  readonly outlineXyM: number[];
  readonly triangleOffset: number[];
  readonly triangles: number[];
  readonly triangleBlock: number[];
  /** Strip of each triangle and position of its lane there. */
  readonly triangleStrip: number[];
  readonly triangleLane: number[];
  readonly verticesM: Float64Array;
  /** Triangles that had to be turned over because the lane folds onto itself, by lane draft; -1 collects lanes without blocks. */
  readonly folded: Map<number, number>;
}

/** Which steps of a lane between two rows have surface. */
function surfacedSteps(strip: SectionStrip, laneIndex: number): Uint8Array {
  const steps = new Uint8Array(Math.max(0, strip.rowCount - 1));
  let before = widthM2(strip, 0, laneIndex);
  for (let row = 0; row + 1 < strip.rowCount; row += 1) {
    const after = widthM2(strip, row + 1, laneIndex);
    const wide = before >= NO_WIDTH_M * NO_WIDTH_M || after >= NO_WIDTH_M * NO_WIDTH_M;
    steps[row] = wide && strip.rowKind[row + 1] !== RowKind.jump ? 1 : 0;
    before = after;
  }
  return steps;
}

function widthM2(strip: SectionStrip, row: number, laneIndex: number): number {
  const at = (row * (strip.lanes.length + 1) + laneIndex) * 3;
  const dx = strip.xyzM[at + 3]! - strip.xyzM[at]!;
  const dy = strip.xyzM[at + 4]! - strip.xyzM[at + 1]!;
  return dx * dx + dy * dy;
}

/** A strip whose borders have been given vertices. */
export interface VertexStrip {
  /** Position among all strips. */
  readonly index: number;
  readonly strip: SectionStrip;
  /** Vertex of `[row][border]` before the weld, -1 where the surface does not reach. */
  readonly vertexOf: Int32Array;
  /** Steps of each lane in which it has a width. */
  readonly steps: readonly Uint8Array[];
}

/** Gives the borders of a strip their vertices. Where a lane has no width its outer border takes the vertex of the inner one. */
export function addVertices(strip: SectionStrip, index: number, weld: VertexWeld): VertexStrip {
  const borders = strip.lanes.length + 1;
  const vertexOf = new Int32Array(strip.rowCount * borders).fill(-1);
  const take = (row: number, border: number): void => {
    let inner = border;
    while (inner > strip.centreBorder && widthM2(strip, row, inner - 1) < NO_WIDTH_M * NO_WIDTH_M) inner -= 1;
    while (inner < strip.centreBorder && widthM2(strip, row, inner) < NO_WIDTH_M * NO_WIDTH_M) inner += 1;
    const at = row * borders + inner;
    if (vertexOf[at] === -1) {
      const i = at * 3;
      const shared = row === 0 || row + 1 === strip.rowCount || strip.rowKind[row] === RowKind.jump || strip.rowKind[row + 1] === RowKind.jump;
      vertexOf[at] = shared
        ? weld.addShared(strip.xyzM[i]!, strip.xyzM[i + 1]!, strip.xyzM[i + 2]!)
        : weld.add(strip.xyzM[i]!, strip.xyzM[i + 1]!, strip.xyzM[i + 2]!);
    }
    vertexOf[row * borders + border] = vertexOf[at]!;
  };
  const steps = strip.lanes.map((_, k) => {
    const surfaced = surfacedSteps(strip, k);
    for (let row = 0; row < surfaced.length; row += 1) {
      if (surfaced[row] === 0) continue;
      take(row, k);
      take(row, k + 1);
      take(row + 1, k);
      take(row + 1, k + 1);
    }
    return surfaced;
  });
  return { index, strip, vertexOf, steps };
}

/** Builds lanes, blocks and triangles from strips whose vertices are welded. Deterministic: the order is that of roads, sections, lanes from the left. */
export class LaneMesher {
  readonly draft: MeshDraft;

  constructor(
    private readonly network: RoadNetwork, verticesM: Float64Array, private readonly indexOf: Int32Array, private readonly edgeVertices: readonly EdgeVertices[],
  ) {
    this.draft = {
      lanes: [], blockLane: [], blockStartSM: [], blockEndSM: [], blockFromRoadSM: [], blockToRoadSM: [], blockFromRow: [], blockToRow: [],
      centreOffset: [0], centreXyM: [], outlineOffset: [0], outlineXyM: [], triangleOffset: [0], triangles: [], triangleBlock: [],
      triangleStrip: [], triangleLane: [],
      verticesM, folded: new Map(),
    };
  }

  addDrivableLanes(source: VertexStrip): void {
    const { strip, steps } = source;
    const road = this.network.roads[strip.roadIndex]!;
    strip.lanes.forEach((lane, laneIndex) => {
      const surfaced = steps[laneIndex]!;
      if (isDrivable(lane.type) && surfaced.includes(1)) this.addLane(source, laneIndex, surfaced, runsWithRoad(road, lane.id));
    });
  }

  /** Adds the lanes that get no blocks; call it after all that do, since their triangles come first, then those that are paved. */
  addOtherLanes(source: VertexStrip, what: typeof SURFACE_ONLY | typeof OFF_SURFACE): void {
    const { strip, steps } = source;
    strip.lanes.forEach((lane, laneIndex) => {
      if (isDrivable(lane.type) || isSurface(lane.type) !== (what === SURFACE_ONLY)) return;
      const surfaced = steps[laneIndex]!;
      for (let row = 0; row < surfaced.length; row += 1) if (surfaced[row] === 1) this.addQuad(source, laneIndex, row, what, -1);
    });
  }

  private addLane(source: VertexStrip, laneIndex: number, surfaced: Uint8Array, forward: boolean): void {
    const { strip } = source;
    const { draft } = this;
    const centre = this.centreOf(source, laneIndex);
    const arcM = arcLengths(strip, centre, forward);
    const lengthM = forward ? arcM[strip.rowCount - 1]! : arcM[0]!;
    const runs = runsOf(strip, surfaced);
    if (!forward) runs.reverse();
    const laneRow = draft.lanes.length;
    const firstBlock = draft.blockLane.length;
    for (const [from, to] of runs) this.addBlock(source, laneIndex, laneRow, from, to, centre, arcM, forward);
    draft.lanes.push({
      strip, laneIndex, forward, arcM, lengthM, firstBlock, blockCount: draft.blockLane.length - firstBlock,
      opensAtStart: surfaced[forward ? 0 : surfaced.length - 1] === 1,
      opensAtEnd: surfaced[forward ? surfaced.length - 1 : 0] === 1,
    });
  }

  private addBlock(
    source: VertexStrip, laneIndex: number, laneRow: number, from: number, to: number, centre: Float64Array, arcM: Float64Array, forward: boolean,
  ): void {
    const { strip } = source;
    const { draft } = this;
    const block = draft.blockLane.length;
    draft.blockLane.push(laneRow);
    draft.blockStartSM.push(arcM[forward ? from : to]!);
    draft.blockEndSM.push(arcM[forward ? to : from]!);
    draft.blockFromRoadSM.push(strip.sM[from]!);
    draft.blockToRoadSM.push(strip.sM[to]!);
    draft.blockFromRow.push(from);
    draft.blockToRow.push(to);
    const first = draft.centreXyM.length;
    for (let i = 0; i <= to - from; i += 1) {
      const row = forward ? from + i : to - i;
      const x = centre[2 * row]!;
      const y = centre[2 * row + 1]!;
      const n = draft.centreXyM.length;
      if (n === first || x !== draft.centreXyM[n - 2] || y !== draft.centreXyM[n - 1]) draft.centreXyM.push(x, y);
    }
    draft.centreOffset.push(draft.centreXyM.length / 2);
    this.addOutline(source, laneIndex, from, to);
    for (let i = 0; i < to - from; i += 1) this.addQuad(source, laneIndex, forward ? from + i : to - 1 - i, block, laneRow);
    if (draft.triangles.length / 3 === draft.triangleOffset[block]! || draft.centreXyM.length - first < 4) this.dropLastBlock(first);
    else draft.triangleOffset.push(draft.triangles.length / 3);
  }

  /** Takes back a block of which the weld has left no surface or no length. */
  private dropLastBlock(firstCentre: number): void {
    const { draft } = this;
    for (const table of [
      draft.blockLane, draft.blockStartSM, draft.blockEndSM, draft.blockFromRoadSM, draft.blockToRoadSM, draft.blockFromRow, draft.blockToRow,
      draft.centreOffset, draft.outlineOffset,
    ]) table.pop();
    draft.centreXyM.length = firstCentre;
    draft.outlineXyM.length = draft.outlineOffset[draft.outlineOffset.length - 1]! * 2;
    const kept = draft.triangleOffset[draft.triangleOffset.length - 1]!;
    draft.triangles.length = kept * 3;
    draft.triangleBlock.length = kept;
    draft.triangleStrip.length = kept;
    draft.triangleLane.length = kept;
  }

  private addOutline(source: VertexStrip, laneIndex: number, from: number, to: number): void {
    const { outlineXyM, outlineOffset, verticesM } = this.draft;
    let first = -1;
    let last = -1;
    const put = (vertex: number): void => {
      if (vertex === last || vertex === first) return;
      if (first === -1) first = vertex;
      last = vertex;
      outlineXyM.push(verticesM[3 * vertex]!, verticesM[3 * vertex + 1]!);
    };
    for (let row = from; row <= to; row += 1) put(this.vertexAt(source, row, laneIndex + 1));
    for (const vertex of this.onEdge(source, laneIndex, to)) put(vertex);
    for (let row = to; row >= from; row -= 1) put(this.vertexAt(source, row, laneIndex));
    for (const vertex of [...this.onEdge(source, laneIndex, from)].reverse()) put(vertex);
    outlineOffset.push(outlineXyM.length / 2);
  }

  private vertexAt(source: VertexStrip, row: number, border: number): number {
    return this.indexOf[source.vertexOf[row * (source.strip.lanes.length + 1) + border]!]!;
  }

  private onEdge({ index, strip }: VertexStrip, laneIndex: number, row: number): readonly number[] {
    return this.edgeVertices[index]!.get(row * strip.lanes.length + laneIndex) ?? NO_VERTICES;
  }

  private addQuad(source: VertexStrip, laneIndex: number, row: number, block: number, laneRow: number): void {
    const start = this.onEdge(source, laneIndex, row);
    const end = this.onEdge(source, laneIndex, row + 1);
    if (start.length + end.length > 0) this.addBetween(source, laneIndex, row, start, end, block, laneRow);
    else this.addPlainQuad(source, laneIndex, row, block, laneRow);
    const { draft } = this;
    for (let t = draft.triangleStrip.length; t < draft.triangleBlock.length; t += 1) {
      draft.triangleStrip.push(source.index);
      draft.triangleLane.push(laneIndex);
    }
  }

  /** Triangles between two rows whose edges have vertices on them: along the shorter diagonal each, from right to left. */
  private addBetween(source: VertexStrip, laneIndex: number, row: number, onStart: readonly number[], onEnd: readonly number[], block: number, laneRow: number): void {
    const start = chain(this.vertexAt(source, row, laneIndex + 1), onStart, this.vertexAt(source, row, laneIndex));
    const end = chain(this.vertexAt(source, row + 1, laneIndex + 1), onEnd, this.vertexAt(source, row + 1, laneIndex));
    let i = 0;
    let k = 0;
    while (i + 1 < start.length || k + 1 < end.length) {
      const [s, e, nextS, nextE] = [start[i]!, end[k]!, start[i + 1], end[k + 1]];
      if (nextE !== undefined && (nextS === undefined || this.distanceM2(s, nextE) <= this.distanceM2(nextS, e))) {
        this.addTriangle(s, e, nextE, block, laneRow);
        k += 1;
      } else {
        this.addTriangle(s, e, nextS!, block, laneRow);
        i += 1;
      }
    }
  }

  private addPlainQuad(source: VertexStrip, laneIndex: number, row: number, block: number, laneRow: number): void {
    const left0 = this.vertexAt(source, row, laneIndex);
    const left1 = this.vertexAt(source, row + 1, laneIndex);
    const right0 = this.vertexAt(source, row, laneIndex + 1);
    const right1 = this.vertexAt(source, row + 1, laneIndex + 1);
    if (left0 === right0) {
      this.addTriangle(right0, right1, left1, block, laneRow);
    } else if (left1 === right1) {
      this.addTriangle(right0, right1, left0, block, laneRow);
    } else if (this.splitsAtRightStart(left0, left1, right0, right1)) {
      this.addTriangle(right0, right1, left1, block, laneRow);
      this.addTriangle(right0, left1, left0, block, laneRow);
    } else {
      this.addTriangle(right0, right1, left0, block, laneRow);
      this.addTriangle(right1, left1, left0, block, laneRow);
    }
  }

  /** True when the quad is to be split from right0 to left1: along its shorter diagonal, unless only one of them leaves both halves the right way up. */
  private splitsAtRightStart(left0: number, left1: number, right0: number, right1: number): boolean {
    const one = this.twiceAreaM2(right0, right1, left1) > 0 && this.twiceAreaM2(right0, left1, left0) > 0;
    const other = this.twiceAreaM2(right0, right1, left0) > 0 && this.twiceAreaM2(right1, left1, left0) > 0;
    return one === other ? this.distanceM2(right0, left1) <= this.distanceM2(right1, left0) : one;
  }

  private addTriangle(a: number, b: number, c: number, block: number, laneRow: number): void {
    const { draft } = this;
    const areaM2 = this.twiceAreaM2(a, b, c) / 2;
    if (Math.abs(areaM2) < NO_AREA_M2) return;
    if (areaM2 > 0) {
      draft.triangles.push(a, b, c);
    } else {
      draft.triangles.push(a, c, b);
      draft.folded.set(laneRow, (draft.folded.get(laneRow) ?? 0) + 1);
    }
    draft.triangleBlock.push(block);
  }

  private twiceAreaM2(a: number, b: number, c: number): number {
    const v = this.draft.verticesM;
    return (v[3 * b]! - v[3 * a]!) * (v[3 * c + 1]! - v[3 * a + 1]!) - (v[3 * b + 1]! - v[3 * a + 1]!) * (v[3 * c]! - v[3 * a]!);
  }

  private distanceM2(a: number, b: number): number {
    const v = this.draft.verticesM;
    const dx = v[3 * a]! - v[3 * b]!;
    const dy = v[3 * a + 1]! - v[3 * b + 1]!;
    return dx * dx + dy * dy;
  }

  /** `[x, y]` of the lane's middle at each row, from welded vertices where there are some [m]. */
  private centreOf(source: VertexStrip, laneIndex: number): Float64Array {
    const { strip, vertexOf } = source;
    const { verticesM } = this.draft;
    const borders = strip.lanes.length + 1;
    const centre = new Float64Array(strip.rowCount * 2);
    for (let row = 0; row < strip.rowCount; row += 1) {
      for (let axis = 0; axis < 2; axis += 1) {
        let sum = 0;
        for (let border = laneIndex; border <= laneIndex + 1; border += 1) {
          const at = row * borders + border;
          sum += vertexOf[at] === -1 ? strip.xyzM[3 * at + axis]! : verticesM[3 * this.indexOf[vertexOf[at]!]! + axis]!;
        }
        centre[2 * row + axis] = sum / 2;
      }
    }
    return centre;
  }
}

const NO_VERTICES: readonly number[] = [];

/** The vertices of an edge from right to left; one where its ends are one. */
function chain(right: number, onEdge: readonly number[], left: number): number[] {
  return right === left ? [right] : [right, ...onEdge, left];
}

/** Arc length of each row along a centre line in driving direction [m]; the space across a jump does not count. */
function arcLengths(strip: SectionStrip, centre: Float64Array, forward: boolean): Float64Array {
  const arcM = new Float64Array(strip.rowCount);
  for (let row = 1; row < strip.rowCount; row += 1) {
    const dx = centre[2 * row]! - centre[2 * row - 2]!;
    const dy = centre[2 * row + 1]! - centre[2 * row - 1]!;
    arcM[row] = arcM[row - 1]! + (strip.rowKind[row] === RowKind.jump ? 0 : Math.sqrt(dx * dx + dy * dy));
  }
  if (!forward) {
    const lengthM = arcM[strip.rowCount - 1]!;
    for (let row = 0; row < strip.rowCount; row += 1) arcM[row] = lengthM - arcM[row]!;
  }
  return arcM;
}

/** Row ranges of the blocks, by rising row. */
function runsOf(strip: SectionStrip, surfaced: Uint8Array): [number, number][] {
  const runs: [number, number][] = [];
  let from = -1;
  for (let row = 0; row < surfaced.length; row += 1) {
    if (from >= 0 && (surfaced[row] === 0 || strip.rowKind[row] !== RowKind.bend)) {
      runs.push([from, row]);
      from = -1;
    }
    if (from < 0 && surfaced[row] === 1) from = row;
  }
  if (from >= 0) runs.push([from, surfaced.length]);
  return runs;
}
