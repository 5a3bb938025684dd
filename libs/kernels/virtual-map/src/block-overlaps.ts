import { ConvexClipper } from '@quaymaster/geometry';
import type { BlockGrid } from './block-grid';
import type { MeshDraft } from './lane-mesh';

/** Shared area from which two blocks overlap [m²]. */
const OVERLAP_M2 = 1e-4;
/** Surfaces further apart in height than this are different levels, as on a bridge [m]. */
const LEVEL_M = 3;

/**
 * Blocks whose surfaces share more than 1e-4 m², for each block ascending; symmetric. Blocks side by side or one after the other in the same lane section
 * share edges by construction and are not looked at.
 */
export function findOverlaps(draft: MeshDraft, grid: BlockGrid): number[][] {
  const count = draft.blockLane.length;
  const overlaps: number[][] = Array.from({ length: count }, () => []);
  const finder = new OverlapFinder(draft);
  const stamp = new Int32Array(count).fill(-1);
  for (let a = 0; a < count; a += 1) {
    for (let i = grid.blockOffset[a]!; i < grid.blockOffset[a + 1]!; i += 1) {
      const cell = grid.blockCells[i]!;
      for (let k = grid.cellOffset[cell]!; k < grid.cellOffset[cell + 1]!; k += 1) {
        const b = grid.cellBlocks[k]!;
        if (b <= a || stamp[b] === a) continue;
        stamp[b] = a;
        if (!finder.overlap(a, b)) continue;
        overlaps[a]!.push(b);
        overlaps[b]!.push(a);
      }
    }
  }
  for (const list of overlaps) list.sort((a, b) => a - b);
  return overlaps;
}

class OverlapFinder {
  private readonly clipper = new ConvexClipper();
  /** `[x, y] * 3` of every triangle, and `[minX, minY, maxX, maxY]` of triangles and blocks. */
  private readonly corners: Float64Array;
  private readonly triangleBox: Float64Array;
  private readonly blockBox: Float64Array;
  /** `[minZ, maxZ]` of every block. */
  private readonly heights: Float64Array;
  private readonly one = new Float64Array(6);

  constructor(private readonly draft: MeshDraft) {
    const { triangles, verticesM, triangleOffset } = draft;
    const blocks = draft.blockLane.length;
    const count = triangleOffset[blocks]!;
    this.corners = new Float64Array(count * 6);
    this.triangleBox = boxes(count);
    this.blockBox = boxes(blocks);
    this.heights = new Float64Array(blocks * 2);
    for (let block = 0; block < blocks; block += 1) {
      let low = Infinity;
      let high = -Infinity;
      for (let t = triangleOffset[block]!; t < triangleOffset[block + 1]!; t += 1) {
        for (let corner = 0; corner < 3; corner += 1) {
          const vertex = 3 * triangles[3 * t + corner]!;
          const x = verticesM[vertex]!;
          const y = verticesM[vertex + 1]!;
          const z = verticesM[vertex + 2]!;
          this.corners[6 * t + 2 * corner] = x;
          this.corners[6 * t + 2 * corner + 1] = y;
          widen(this.triangleBox, t, x, y);
          widen(this.blockBox, block, x, y);
          if (z < low) low = z;
          if (z > high) high = z;
        }
      }
      this.heights[2 * block] = low;
      this.heights[2 * block + 1] = high;
    }
  }

  overlap(a: number, b: number): boolean {
    if (!meet(this.blockBox, a, this.blockBox, b) || this.areJoined(a, b)) return false;
    if (this.heights[2 * a]! > this.heights[2 * b + 1]! + LEVEL_M || this.heights[2 * b]! > this.heights[2 * a + 1]! + LEVEL_M) return false;
    const { triangleOffset } = this.draft;
    let areaM2 = 0;
    for (let i = triangleOffset[a]!; i < triangleOffset[a + 1]!; i += 1) {
      if (!meet(this.triangleBox, i, this.blockBox, b)) continue;
      this.one.set(this.corners.subarray(6 * i, 6 * i + 6));
      for (let k = triangleOffset[b]!; k < triangleOffset[b + 1]!; k += 1) {
        if (!meet(this.triangleBox, i, this.triangleBox, k)) continue;
        areaM2 += this.clipper.sharedAreaM2(this.one, 6, this.corners, 6 * k, 6);
        if (areaM2 > OVERLAP_M2) return true;
      }
    }
    return false;
  }

  /** True for blocks of one lane section that lie side by side or one behind the other. */
  private areJoined(a: number, b: number): boolean {
    const { lanes, blockLane, blockFromRoadSM, blockToRoadSM } = this.draft;
    if (lanes[blockLane[a]!]!.strip !== lanes[blockLane[b]!]!.strip) return false;
    return blockFromRoadSM[a]! <= blockToRoadSM[b]! && blockFromRoadSM[b]! <= blockToRoadSM[a]!;
  }
}

function boxes(count: number): Float64Array {
  const box = new Float64Array(count * 4);
  for (let i = 0; i < count; i += 1) {
    box[4 * i] = Infinity;
    box[4 * i + 1] = Infinity;
    box[4 * i + 2] = -Infinity;
    box[4 * i + 3] = -Infinity;
  }
  return box;
}

function widen(box: Float64Array, i: number, x: number, y: number): void {
  if (x < box[4 * i]!) box[4 * i] = x;
  if (y < box[4 * i + 1]!) box[4 * i + 1] = y;
  if (x > box[4 * i + 2]!) box[4 * i + 2] = x;
  if (y > box[4 * i + 3]!) box[4 * i + 3] = y;
}

/** True when two boxes share more than an edge. */
function meet(a: Float64Array, i: number, b: Float64Array, k: number): boolean {
  return a[4 * i]! < b[4 * k + 2]! && b[4 * k]! < a[4 * i + 2]! && a[4 * i + 1]! < b[4 * k + 3]! && b[4 * k + 1]! < a[4 * i + 3]!;
}
