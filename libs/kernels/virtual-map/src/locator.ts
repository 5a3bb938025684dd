import { ConvexClipper } from '@quaymaster/geometry';
import { buildGrid, type BlockGrid } from './block-grid';
import { PolygonRemainder } from './polygon-remainder';
import type { MapLocation, VirtualMap } from './virtual-map';

/**
 * Answers where things are on a map. Made once per map and thread; queries share its work space, so one locator must not be used from two threads.
 * Nothing is allocated but the location that is returned. Queries with coordinates that are no numbers find nothing.
 */
export interface MapLocator {
  /** The block that contains a point, of several the one whose centre line is nearest; null off all lanes. */
  locate(xM: number, yM: number): MapLocation | null;
  /** Of all blocks that contain a point the one whose driving direction fits a heading best, of equals (within 1 mrad) the one whose centre line is nearest. */
  locateHeading(xM: number, yM: number, headingRad: number): MapLocation | null;
  /**
   * All blocks whose surface a convex polygon overlaps; sharing an edge or corner is not overlapping.
   *
   * @param contourM ring `[x, y, …]`, counter-clockwise, convex [m]
   * @param out receives the blocks, ascending
   * @returns how many
   * @throws RangeError when `out` is too small
   */
  touching(contourM: ArrayLike<number>, out: Int32Array): number;
  /** Area that a convex polygon (as above) shares with a block [m²]. */
  overlapAreaM2(contourM: ArrayLike<number>, block: number): number;
  /** True when the mesh covers a point, lane or not. */
  isOnSurface(xM: number, yM: number): boolean;
  /** Share of a convex polygon's area (as above) that the mesh covers, 0 to 1; a polygon without area counts as uncovered. */
  surfaceShareRatio(contourM: ArrayLike<number>): number;
}

/** Side of the grid's cells [m]: about the width of a lane, so that most cells list one block or two. */
const CELL_M = 4;
/** Headings that differ by less are equal [rad]. */
const SAME_HEADING_RAD = 0.001;

export function createLocator(map: VirtualMap): MapLocator {
  return new GridLocator(map);
}

class GridLocator implements MapLocator {
  private readonly grid: BlockGrid;
  /** Grid over the triangles that belong to no block; item i is triangle `firstLoose + i`. Null when there are none. */
  private readonly looseGrid: BlockGrid | null;
  private readonly firstLoose: number;
  /** `[x, y] * 3` of every triangle [m]. */
  private readonly corners: Float64Array;
  /** `[minX, minY, maxX, maxY]` of every block [m]. */
  private readonly boxes: Float64Array;
  /** Arc length along the lane of every centre point [m]. */
  private readonly centreSM: Float64Array;
  /** Blocks that fold onto themselves: their outline crosses itself, so their triangles are asked instead. */
  private readonly folded: Uint8Array;
  private readonly stamps: Int32Array;
  private readonly looseStamps: Int32Array;
  private stamp = 0;
  private readonly clipper = new ConvexClipper();
  private readonly remainder = new PolygonRemainder();
  private foundSM = 0;
  private foundTM = 0;
  private foundSegment = 0;

  constructor(private readonly map: VirtualMap) {
    const { blocks, mesh } = map;
    this.grid = buildGrid(mesh, blocks.triangleOffset, map.boundsM, CELL_M);
    const triangles = mesh.triangleBlock.length;
    this.firstLoose = blocks.triangleOffset[blocks.count]!;
    const loose = triangles - this.firstLoose;
    this.looseGrid = loose === 0 ? null : buildGrid(mesh, Int32Array.from({ length: loose + 1 }, (_, i) => this.firstLoose + i), map.boundsM, CELL_M);
    this.corners = new Float64Array(triangles * 6);
    for (let i = 0; i < triangles * 3; i += 1) {
      this.corners[2 * i] = mesh.verticesM[3 * mesh.triangles[i]!]!;
      this.corners[2 * i + 1] = mesh.verticesM[3 * mesh.triangles[i]! + 1]!;
    }
    this.boxes = outlineBoxes(map);
    this.centreSM = centreArcLengths(map);
    this.folded = foldedBlocks(map, this.corners);
    this.stamps = new Int32Array(blocks.count);
    this.looseStamps = new Int32Array(loose);
  }

  locate(xM: number, yM: number): MapLocation | null {
    const cell = cellAt(this.grid, xM, yM);
    if (cell < 0) return null;
    const { cellOffset, cellBlocks } = this.grid;
    let best = -1;
    let bestSM = 0;
    let bestTM = Infinity;
    for (let i = cellOffset[cell]!; i < cellOffset[cell + 1]!; i += 1) {
      const block = cellBlocks[i]!;
      if (!this.contains(block, xM, yM)) continue;
      this.project(block, xM, yM);
      if (Math.abs(this.foundTM) >= Math.abs(bestTM)) continue;
      best = block;
      bestSM = this.foundSM;
      bestTM = this.foundTM;
    }
    return best < 0 ? null : { block: best, lane: this.map.blocks.lane[best]!, sM: bestSM, tM: bestTM };
  }

  locateHeading(xM: number, yM: number, headingRad: number): MapLocation | null {
    const cell = cellAt(this.grid, xM, yM);
    if (cell < 0) return null;
    const { cellOffset, cellBlocks } = this.grid;
    const cos = Math.cos(headingRad);
    const sin = Math.sin(headingRad);
    let best = -1;
    let bestSM = 0;
    let bestTM = 0;
    let bestOffRad = Infinity;
    for (let i = cellOffset[cell]!; i < cellOffset[cell + 1]!; i += 1) {
      const block = cellBlocks[i]!;
      if (!this.contains(block, xM, yM)) continue;
      this.project(block, xM, yM);
      const offRad = this.turnFrom(cos, sin);
      const same = Math.abs(offRad - bestOffRad) < SAME_HEADING_RAD;
      if (same ? Math.abs(this.foundTM) >= Math.abs(bestTM) : !(offRad < bestOffRad)) continue;
      best = block;
      bestSM = this.foundSM;
      bestTM = this.foundTM;
      bestOffRad = offRad;
    }
    return best < 0 ? null : { block: best, lane: this.map.blocks.lane[best]!, sM: bestSM, tM: bestTM };
  }

  touching(contourM: ArrayLike<number>, out: Int32Array): number {
    const { grid, boxes } = this;
    const [minX, minY, maxX, maxY] = this.boxOf(contourM);
    const stamp = this.nextStamp();
    let count = 0;
    const range = cellsIn(grid, minX, minY, maxX, maxY);
    for (let row = range.firstRow; row <= range.lastRow; row += 1) {
      for (let column = range.firstColumn; column <= range.lastColumn; column += 1) {
        const cell = row * grid.columns + column;
        for (let i = grid.cellOffset[cell]!; i < grid.cellOffset[cell + 1]!; i += 1) {
          const block = grid.cellBlocks[i]!;
          if (this.stamps[block] === stamp) continue;
          this.stamps[block] = stamp;
          const at = 4 * block;
          if (minX >= boxes[at + 2]! || maxX <= boxes[at]! || minY >= boxes[at + 3]! || maxY <= boxes[at + 1]!) continue;
          if (!this.overlapsBlock(contourM, block)) continue;
          if (count === out.length) throw new RangeError(`the polygon touches more than the ${out.length} blocks that there is space for`);
          count = insertAscending(out, count, block);
        }
      }
    }
    return count;
  }

  overlapAreaM2(contourM: ArrayLike<number>, block: number): number {
    const { triangleOffset } = this.map.blocks;
    const [minX, minY, maxX, maxY] = this.boxOf(contourM);
    let areaM2 = 0;
    for (let t = triangleOffset[block]!; t < triangleOffset[block + 1]!; t += 1) {
      if (this.isApart(t, minX, minY, maxX, maxY)) continue;
      areaM2 += this.clipper.sharedAreaM2(contourM, contourM.length, this.corners, 6 * t, 6);
    }
    return areaM2;
  }

  isOnSurface(xM: number, yM: number): boolean {
    const cell = cellAt(this.grid, xM, yM);
    if (cell < 0) return false;
    for (let i = this.grid.cellOffset[cell]!; i < this.grid.cellOffset[cell + 1]!; i += 1) {
      if (this.contains(this.grid.cellBlocks[i]!, xM, yM)) return true;
    }
    if (this.looseGrid === null) return false;
    for (let i = this.looseGrid.cellOffset[cell]!; i < this.looseGrid.cellOffset[cell + 1]!; i += 1) {
      if (this.inTriangle(this.firstLoose + this.looseGrid.cellBlocks[i]!, xM, yM)) return true;
    }
    return false;
  }

  surfaceShareRatio(contourM: ArrayLike<number>): number {
    const wholeM2 = this.remainder.start(contourM);
    if (!(wholeM2 > 0)) return 0;
    const box = this.boxOf(contourM);
    const stamp = this.nextStamp();
    this.subtract(this.grid, box, this.stamps, stamp, (block) => {
      for (let t = this.map.blocks.triangleOffset[block]!; t < this.map.blocks.triangleOffset[block + 1]!; t += 1) this.subtractTriangle(t, box);
    });
    if (this.looseGrid !== null && !this.remainder.isEmpty) {
      this.subtract(this.looseGrid, box, this.looseStamps, stamp, (item) => {
        this.subtractTriangle(this.firstLoose + item, box);
      });
    }
    return 1 - Math.min(1, this.remainder.areaM2() / wholeM2);
  }

  private subtract(grid: BlockGrid, box: Box, stamps: Int32Array, stamp: number, use: (item: number) => void): void {
    const range = cellsIn(grid, ...box);
    for (let row = range.firstRow; row <= range.lastRow; row += 1) {
      for (let column = range.firstColumn; column <= range.lastColumn; column += 1) {
        const cell = row * grid.columns + column;
        for (let i = grid.cellOffset[cell]!; i < grid.cellOffset[cell + 1]!; i += 1) {
          const item = grid.cellBlocks[i]!;
          if (stamps[item] === stamp) continue;
          stamps[item] = stamp;
          use(item);
          if (this.remainder.isEmpty) return;
        }
      }
    }
  }

  private subtractTriangle(triangle: number, [minX, minY, maxX, maxY]: Box): void {
    if (!this.isApart(triangle, minX, minY, maxX, maxY)) this.remainder.subtract(this.corners, 6 * triangle, 6);
  }

  /** Even-odd rule on the outline: a point on an edge that two blocks share belongs to exactly one of them. */
  private contains(block: number, x: number, y: number): boolean {
    const { boxes } = this;
    if (x < boxes[4 * block]! || x > boxes[4 * block + 2]! || y < boxes[4 * block + 1]! || y > boxes[4 * block + 3]!) return false;
    if (this.folded[block] === 1) return this.inTriangles(block, x, y);
    const { outlineOffset, outlineXyM } = this.map.blocks;
    const end = 2 * outlineOffset[block + 1]!;
    let px = outlineXyM[end - 2]!;
    let py = outlineXyM[end - 1]!;
    let inside = false;
    for (let i = 2 * outlineOffset[block]!; i < end; i += 2) {
      const qx = outlineXyM[i]!;
      const qy = outlineXyM[i + 1]!;
      if (qy > y !== py > y) {
        // Always from the lower end, so that two blocks that share the edge decide alike.
        const upward = qy > py;
        const [lx, ly, hx, hy] = upward ? [px, py, qx, qy] : [qx, qy, px, py];
        if ((hx - lx) * (y - ly) - (hy - ly) * (x - lx) > 0) inside = !inside;
      }
      px = qx;
      py = qy;
    }
    return inside;
  }

  private inTriangles(block: number, x: number, y: number): boolean {
    const { triangleOffset } = this.map.blocks;
    for (let t = triangleOffset[block]!; t < triangleOffset[block + 1]!; t += 1) if (this.inTriangle(t, x, y)) return true;
    return false;
  }

  private inTriangle(triangle: number, x: number, y: number): boolean {
    const { corners } = this;
    const at = 6 * triangle;
    const ax = corners[at]! - x;
    const ay = corners[at + 1]! - y;
    const bx = corners[at + 2]! - x;
    const by = corners[at + 3]! - y;
    const cx = corners[at + 4]! - x;
    const cy = corners[at + 5]! - y;
    return ax * by - ay * bx >= 0 && bx * cy - by * cx >= 0 && cx * ay - cy * ax >= 0;
  }

  /** Nearest point of a block's centre line, to `foundSM`, `foundTM`, `foundSegment`. */
  private project(block: number, x: number, y: number): void {
    const { centreOffset, centreXyM } = this.map.blocks;
    let best = Infinity;
    for (let i = centreOffset[block]!; i + 1 < centreOffset[block + 1]!; i += 1) {
      const dx = centreXyM[2 * i + 2]! - centreXyM[2 * i]!;
      const dy = centreXyM[2 * i + 3]! - centreXyM[2 * i + 1]!;
      const px = x - centreXyM[2 * i]!;
      const py = y - centreXyM[2 * i + 1]!;
      const ratio = Math.min(1, Math.max(0, (px * dx + py * dy) / (dx * dx + dy * dy)));
      const offX = px - ratio * dx;
      const offY = py - ratio * dy;
      const distance2 = offX * offX + offY * offY;
      if (distance2 >= best) continue;
      best = distance2;
      this.foundSegment = i;
      this.foundSM = this.centreSM[i]! + ratio * (this.centreSM[i + 1]! - this.centreSM[i]!);
      this.foundTM = dx * py - dy * px >= 0 ? 1 : -1;
    }
    this.foundTM *= Math.sqrt(best);
  }

  /** Angle between the found stretch of the centre line and a direction, 0 to π [rad]. */
  private turnFrom(cos: number, sin: number): number {
    const { centreXyM } = this.map.blocks;
    const i = 2 * this.foundSegment;
    const dx = centreXyM[i + 2]! - centreXyM[i]!;
    const dy = centreXyM[i + 3]! - centreXyM[i + 1]!;
    return Math.abs(Math.atan2(cos * dy - sin * dx, cos * dx + sin * dy));
  }

  private overlapsBlock(contourM: ArrayLike<number>, block: number): boolean {
    const { triangleOffset } = this.map.blocks;
    for (let t = triangleOffset[block]!; t < triangleOffset[block + 1]!; t += 1) if (this.overlapsTriangle(contourM, t)) return true;
    return false;
  }

  /** Separating axes of a convex polygon and a triangle, both counter-clockwise. */
  private overlapsTriangle(contourM: ArrayLike<number>, triangle: number): boolean {
    const { corners } = this;
    const at = 6 * triangle;
    let px = corners[at + 4]!;
    let py = corners[at + 5]!;
    for (let i = at; i < at + 6; i += 2) {
      const dx = corners[i]! - px;
      const dy = corners[i + 1]! - py;
      if (isAllRight(contourM, 0, contourM.length, px, py, dx, dy)) return false;
      px = corners[i]!;
      py = corners[i + 1]!;
    }
    px = contourM[contourM.length - 2]!;
    py = contourM[contourM.length - 1]!;
    for (let i = 0; i < contourM.length; i += 2) {
      const qx = contourM[i]!;
      const qy = contourM[i + 1]!;
      if (isAllRight(corners, at, at + 6, px, py, qx - px, qy - py)) return false;
      px = qx;
      py = qy;
    }
    return true;
  }

  private isApart(triangle: number, minX: number, minY: number, maxX: number, maxY: number): boolean {
    const { corners } = this;
    const at = 6 * triangle;
    return Math.max(corners[at]!, corners[at + 2]!, corners[at + 4]!) <= minX || Math.min(corners[at]!, corners[at + 2]!, corners[at + 4]!) >= maxX
      || Math.max(corners[at + 1]!, corners[at + 3]!, corners[at + 5]!) <= minY || Math.min(corners[at + 1]!, corners[at + 3]!, corners[at + 5]!) >= maxY;
  }

  private readonly box: [number, number, number, number] = [0, 0, 0, 0];

  private boxOf(contourM: ArrayLike<number>): Box {
    let minX = Infinity;
    let minY = Infinity;
    let maxX = -Infinity;
    let maxY = -Infinity;
    for (let i = 0; i < contourM.length; i += 2) {
      const x = contourM[i]!;
      const y = contourM[i + 1]!;
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
    }
    const { box } = this;
    box[0] = minX;
    box[1] = minY;
    box[2] = maxX;
    box[3] = maxY;
    return box;
  }

  private nextStamp(): number {
    if (this.stamp === 0x7fffffff) {
      this.stamps.fill(0);
      this.looseStamps.fill(0);
      this.stamp = 0;
    }
    this.stamp += 1;
    return this.stamp;
  }
}

type Box = readonly [minX: number, minY: number, maxX: number, maxY: number];

/** True when no corner lies left of the line through (px, py) along (dx, dy). */
function isAllRight(ring: ArrayLike<number>, from: number, to: number, px: number, py: number, dx: number, dy: number): boolean {
  for (let i = from; i < to; i += 2) if (dx * (ring[i + 1]! - py) - dy * (ring[i]! - px) > 0) return false;
  return true;
}

function insertAscending(out: Int32Array, count: number, block: number): number {
  let at = count;
  for (; at > 0 && out[at - 1]! > block; at -= 1) out[at] = out[at - 1]!;
  out[at] = block;
  return count + 1;
}

/** Cell of a point, -1 outside the grid and for what is no number. */
function cellAt(grid: BlockGrid, xM: number, yM: number): number {
  const column = Math.floor((xM - grid.originXM) / grid.cellM);
  const row = Math.floor((yM - grid.originYM) / grid.cellM);
  return column >= 0 && row >= 0 && column < grid.columns && row < grid.rows ? row * grid.columns + column : -1;
}

interface CellRange {
  readonly firstColumn: number;
  readonly lastColumn: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

function cellsIn(grid: BlockGrid, minX: number, minY: number, maxX: number, maxY: number): CellRange {
  return {
    firstColumn: Math.max(0, Math.floor((minX - grid.originXM) / grid.cellM)),
    lastColumn: Math.min(grid.columns - 1, Math.floor((maxX - grid.originXM) / grid.cellM)),
    firstRow: Math.max(0, Math.floor((minY - grid.originYM) / grid.cellM)),
    lastRow: Math.min(grid.rows - 1, Math.floor((maxY - grid.originYM) / grid.cellM)),
  };
}

function outlineBoxes({ blocks }: VirtualMap): Float64Array {
  const boxes = new Float64Array(blocks.count * 4);
  for (let block = 0; block < blocks.count; block += 1) {
    let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 2 * blocks.outlineOffset[block]!; i < 2 * blocks.outlineOffset[block + 1]!; i += 2) {
      minX = Math.min(minX, blocks.outlineXyM[i]!);
      minY = Math.min(minY, blocks.outlineXyM[i + 1]!);
      maxX = Math.max(maxX, blocks.outlineXyM[i]!);
      maxY = Math.max(maxY, blocks.outlineXyM[i + 1]!);
    }
    boxes.set([minX, minY, maxX, maxY], 4 * block);
  }
  return boxes;
}

/** Arc length along the lane at every centre point; the ends are the block's own, exactly. */
function centreArcLengths({ blocks }: VirtualMap): Float64Array {
  const sM = new Float64Array(blocks.centreXyM.length / 2);
  for (let block = 0; block < blocks.count; block += 1) {
    const first = blocks.centreOffset[block]!;
    const last = blocks.centreOffset[block + 1]! - 1;
    sM[first] = blocks.startSM[block]!;
    for (let i = first + 1; i <= last; i += 1) {
      const dx = blocks.centreXyM[2 * i]! - blocks.centreXyM[2 * i - 2]!;
      const dy = blocks.centreXyM[2 * i + 1]! - blocks.centreXyM[2 * i - 1]!;
      sM[i] = sM[i - 1]! + Math.sqrt(dx * dx + dy * dy);
    }
    sM[last] = blocks.endSM[block]!;
  }
  return sM;
}

/** Blocks whose triangles do not add up to what their outline encloses. */
function foldedBlocks({ blocks }: VirtualMap, corners: Float64Array): Uint8Array {
  return Uint8Array.from({ length: blocks.count }, (_, block) => {
    let triangles2 = 0;
    for (let t = blocks.triangleOffset[block]!; t < blocks.triangleOffset[block + 1]!; t += 1) {
      const at = 6 * t;
      const [ax, ay] = [corners[at]!, corners[at + 1]!];
      triangles2 += (corners[at + 2]! - ax) * (corners[at + 5]! - ay) - (corners[at + 3]! - ay) * (corners[at + 4]! - ax);
    }
    const first = 2 * blocks.outlineOffset[block]!;
    const [ox, oy] = [blocks.outlineXyM[first]!, blocks.outlineXyM[first + 1]!];
    let outline2 = 0;
    for (let i = first + 2; i + 3 < 2 * blocks.outlineOffset[block + 1]!; i += 2) {
      outline2 += (blocks.outlineXyM[i]! - ox) * (blocks.outlineXyM[i + 3]! - oy) - (blocks.outlineXyM[i + 1]! - oy) * (blocks.outlineXyM[i + 2]! - ox);
    }
    return Math.abs(triangles2 - outline2) > 1e-5 ? 1 : 0;
  });
}
