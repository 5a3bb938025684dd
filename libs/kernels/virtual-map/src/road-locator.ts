import { buildGrid, type BlockGrid } from './block-grid';
import type { CompiledMap } from './compile-map';
import { cubicValue, pieceAt } from './cubic';
import { isTravelled } from './lane-type';
import { poseOnReferenceLine } from './reference-line';
import type { Road, RoadNetwork } from './road-network';
import { bordersAt, shapeOfSection, type SectionShape } from './section-shape';
import { RowKind } from './section-strip';

/** Where a point lies on its road. */
export interface RoadLocation {
  readonly block: number;
  readonly roadId: string;
  readonly laneId: number;
  /** Arc length along the road's reference line [m]. */
  readonly sM: number;
  /** Lateral position in the road's own plane, left of the reference line positive [m]. */
  readonly tM: number;
}

/** Answers from the file's own curves, where the mesh is only their approximation. */
export interface RoadLocator {
  /** A lane that traffic drives along and that contains the point, null where there is none. Where lanes overlap it is any of them. */
  locate(xM: number, yM: number): RoadLocation | null;
}

/** The curves lie outside of the mesh by its chord error at most; a little more than any that is useful [m]. */
const BESIDE_MESH_M = 0.25;
/** Points beyond both ends of a step by this much are taken to lie on the end: two pieces of a reference line may meet at an angle [m]. */
const WEDGE_M = 0.05;
/** The foot of a point on the reference line is found to this [m]. */
const FOOT_M = 1e-7;
const CELL_M = 8;
const NO_PLACE = -1;

/** @throws RangeError when the map is not one of the network */
export function createRoadLocator(network: RoadNetwork, compiled: Extract<CompiledMap, { kind: 'compiled' }>): RoadLocator {
  return new CurveLocator(network, compiled);
}

interface Section {
  readonly road: Road;
  readonly shape: SectionShape;
  /** Lane row of the map for each lane of the section, -1 for those without blocks. */
  readonly laneRows: readonly number[];
}

class CurveLocator implements RoadLocator {
  private readonly sections: Section[] = [];
  /** Section of each step, and the arc lengths of the road between which it lies [m]. */
  private readonly stepSection: number[] = [];
  private readonly stepFromSM: number[] = [];
  private readonly stepToSM: number[] = [];
  private readonly grid: BlockGrid;
  private readonly pose = new Float64Array(3);
  private readonly bordersM: number[] = [];
  private footSM = 0;
  private footTM = 0;

  constructor(network: RoadNetwork, private readonly compiled: Extract<CompiledMap, { kind: 'compiled' }>) {
    const rows = new Map<string, number>();
    const { lanes } = compiled.map;
    for (let row = 0; row < lanes.count; row += 1) rows.set(`${lanes.roadId[row]!}/${lanes.sectionIndex[row]!}/${lanes.laneId[row]!}`, row);
    const cornersM: number[] = [];
    for (const { strip } of compiled.sources.strips) {
      const road = network.roads[strip.roadIndex];
      if (road === undefined) throw new RangeError(`the map has a road ${strip.roadIndex}, the network only ${network.roads.length}`);
      const travelled = strip.lanes.map((lane, k) => (isTravelled(lane.type) ? k : -1)).filter((k) => k >= 0);
      if (travelled.length === 0) continue;
      const [first, last] = [travelled[0]!, travelled[travelled.length - 1]! + 1];
      this.sections.push({
        road, shape: shapeOfSection(road, strip.sectionIndex),
        laneRows: strip.lanes.map((lane) => rows.get(`${road.id}/${strip.sectionIndex}/${lane.id}`) ?? NO_PLACE),
      });
      for (let row = 0; row + 1 < strip.rowCount; row += 1) {
        if (strip.rowKind[row + 1] === RowKind.jump) continue;
        this.stepSection.push(this.sections.length - 1);
        this.stepFromSM.push(strip.sM[row]!);
        this.stepToSM.push(strip.sM[row + 1]!);
        pushBox(cornersM, strip.xyzM, (row * (strip.lanes.length + 1) + first) * 3, ((row + 1) * (strip.lanes.length + 1) + first) * 3, last - first);
      }
    }
    this.grid = gridOfBoxes(cornersM);
  }

  locate(xM: number, yM: number): RoadLocation | null {
    return this.find(xM, yM, 0) ?? this.find(xM, yM, WEDGE_M);
  }

  private find(xM: number, yM: number, beyondM: number): RoadLocation | null {
    const { grid } = this;
    const column = Math.floor((xM - grid.originXM) / grid.cellM);
    const row = Math.floor((yM - grid.originYM) / grid.cellM);
    if (!(column >= 0 && row >= 0 && column < grid.columns && row < grid.rows)) return null;
    const cell = row * grid.columns + column;
    for (let i = grid.cellOffset[cell]!; i < grid.cellOffset[cell + 1]!; i += 1) {
      const step = grid.cellBlocks[i]!;
      if (!this.footOn(step, xM, yM, beyondM)) continue;
      const found = this.laneAt(this.sections[this.stepSection[step]!]!, this.footSM, this.footTM);
      if (found !== null) return found;
    }
    return null;
  }

  /**
   * Foot of the point on the reference line within a step, to `footSM` and `footTM`: where the tangent is at right angles to the way there. Bisection with
   * secants (Illinois), as the ends of a step bracket it.
   */
  private footOn(step: number, xM: number, yM: number, beyondM: number): boolean {
    const { road } = this.sections[this.stepSection[step]!]!;
    let fromM = this.stepFromSM[step]!;
    let toM = this.stepToSM[step]!;
    let ahead = this.aheadOf(road, fromM, xM, yM);
    if (ahead <= 0) return ahead >= -beyondM && this.placeAt(road, fromM, xM, yM);
    // At its very end a step is of the piece that ends there.
    let behind = this.aheadOf(road, toM - Math.min(FOOT_M, (toM - fromM) / 2), xM, yM);
    if (behind >= 0) return behind <= beyondM + 2 * FOOT_M && this.placeAt(road, toM - FOOT_M, xM, yM);
    let side = 0;
    for (let round = 0; round < 60 && toM - fromM > FOOT_M; round += 1) {
      const atM = round % 8 === 7 ? (fromM + toM) / 2 : (fromM * behind - toM * ahead) / (behind - ahead);
      const off = this.aheadOf(road, atM, xM, yM);
      if (Math.abs(off) < FOOT_M) {
        fromM = atM;
        break;
      }
      if (off > 0) {
        fromM = atM;
        ahead = off;
        if (side === 1) behind /= 2;
        side = 1;
      } else {
        toM = atM;
        behind = off;
        if (side === -1) ahead /= 2;
        side = -1;
      }
    }
    return this.placeAt(road, fromM, xM, yM);
  }

  /** How far the point lies ahead of the reference line's point at an arc length, along the tangent there [m]. */
  private aheadOf(road: Road, sM: number, xM: number, yM: number): number {
    const { pose } = this;
    poseOnReferenceLine(road.planView, sM, pose);
    return (xM - pose[0]!) * Math.cos(pose[2]!) + (yM - pose[1]!) * Math.sin(pose[2]!);
  }

  private placeAt(road: Road, sM: number, xM: number, yM: number): true {
    const { pose } = this;
    poseOnReferenceLine(road.planView, sM, pose);
    const acrossM = (yM - pose[1]!) * Math.cos(pose[2]!) - (xM - pose[0]!) * Math.sin(pose[2]!);
    this.footSM = sM;
    this.footTM = acrossM / Math.cos(cubicValue(pieceAt(road.superelevation, sM), sM));
    return true;
  }

  private laneAt({ road, shape, laneRows }: Section, sM: number, tM: number): RoadLocation | null {
    const { bordersM } = this;
    bordersAt(road, shape, sM, bordersM);
    for (let k = 0; k < shape.lanes.length; k += 1) {
      const lane = shape.lanes[k]!;
      if (!isTravelled(lane.type) || !(tM <= bordersM[k]! && tM >= bordersM[k + 1]! && bordersM[k]! > bordersM[k + 1]!)) continue;
      const block = laneRows[k] === NO_PLACE ? NO_PLACE : this.blockAt(laneRows[k]!, sM);
      if (block !== NO_PLACE) return { block, roadId: road.id, laneId: lane.id, sM, tM };
    }
    return null;
  }

  /** The block of a lane at an arc length of its road, else the one that is nearest to it there. */
  private blockAt(laneRow: number, sM: number): number {
    const { map: { lanes }, sources: { blockFromRoadSM, blockToRoadSM } } = this.compiled;
    let best = NO_PLACE;
    let bestM = Infinity;
    for (let i = lanes.blockOffset[laneRow]!; i < lanes.blockOffset[laneRow + 1]!; i += 1) {
      const block = lanes.blocks[i]!;
      const offM = Math.max(0, blockFromRoadSM[block]! - sM, sM - blockToRoadSM[block]!);
      if (offM >= bestM) continue;
      best = block;
      bestM = offM;
    }
    return best;
  }
}

/** Adds the box of the borders of a step, widened by what its curves may lie beside their chords. */
function pushBox(cornersM: number[], xyzM: Float64Array, at: number, next: number, borders: number): void {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const first of [at, next]) {
    for (let i = first; i <= first + 3 * borders; i += 3) {
      minX = Math.min(minX, xyzM[i]!);
      minY = Math.min(minY, xyzM[i + 1]!);
      maxX = Math.max(maxX, xyzM[i]!);
      maxY = Math.max(maxY, xyzM[i + 1]!);
    }
  }
  cornersM.push(minX - BESIDE_MESH_M, minY - BESIDE_MESH_M, maxX + BESIDE_MESH_M, maxY + BESIDE_MESH_M);
}

/** A grid over boxes `[minX, minY, maxX, maxY]`, each as two triangles. */
function gridOfBoxes(boxesM: readonly number[]): BlockGrid {
  const count = boxesM.length / 4;
  const verticesM = new Float64Array(12 * count);
  const triangles = new Uint32Array(6 * count);
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i += 1) {
    const [left, bottom, right, top] = [boxesM[4 * i]!, boxesM[4 * i + 1]!, boxesM[4 * i + 2]!, boxesM[4 * i + 3]!];
    verticesM.set([left, bottom, 0, right, bottom, 0, right, top, 0, left, top, 0], 12 * i);
    triangles.set([4 * i, 4 * i + 1, 4 * i + 2, 4 * i, 4 * i + 2, 4 * i + 3], 6 * i);
    [minX, minY, maxX, maxY] = [Math.min(minX, left), Math.min(minY, bottom), Math.max(maxX, right), Math.max(maxY, top)];
  }
  return buildGrid({ verticesM, triangles }, Int32Array.from({ length: count + 1 }, (_, i) => 2 * i), count === 0 ? [0, 0, 0, 0] : [minX, minY, maxX, maxY], CELL_M);
}
