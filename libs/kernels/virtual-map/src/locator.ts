import { ConvexClipper } from '@quaymaster/geometry';
import { buildGrid, isBeyond, type BlockGrid } from './block-grid';
import { PolygonRemainder } from './polygon-remainder';
import { OFF_SURFACE, type MapLocation, type VirtualMap } from './virtual-map';

/**
 * Answers where things are on a map. Made once per map and thread; queries share its work space, so one locator must not be used from two threads.
 * Nothing is allocated but the location that is returned. Queries with coordinates that are no numbers find nothing.
 */
export interface MapLocator {
  /** The block that contains a point, of several the one whose centre line is nearest; null off all lanes. */
  locate(xM: number, yM: number): MapLocation | null;
  /**
   * As `locate`, without an object.
   *
   * @param out receives arc length along the lane and signed distance to its centre line [m]; untouched where there is no lane
   * @returns the block, -1 off all lanes
   */
  locateInto(xM: number, yM: number, out: Float64Array): number;
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
  /** True when surface for vehicles covers a point, lane or not. */
  isOnSurface(xM: number, yM: number): boolean;
  /** Share of a convex polygon's area (as above) that surface for vehicles covers, 0 to 1; a polygon without area counts as uncovered. */
  surfaceShareRatio(contourM: ArrayLike<number>): number;
}

/** Side of the grid's cells for bodies [m]: smaller ones make them look at more cells than they save triangles. */
const BODY_CELL_M = 8;
/** Side of the grid's cells for points [m]: half a lane, so that most cells know but one or two blocks. */
const POINT_CELL_M = 2;
/** Headings that differ by less are equal [rad]. */
const SAME_HEADING_RAD = 0.001;

export function createLocator(map: VirtualMap): MapLocator {
  return new GridLocator(map);
}

class GridLocator implements MapLocator {
  /** For bodies, and for points. */
  private readonly grid: BlockGrid;
  private readonly pointGrid: BlockGrid;
  /** Grid over the paved triangles that belong to no block; item i is triangle `firstLoose + i`. Null when there are none. */
  private readonly looseGrid: BlockGrid | null;
  private readonly firstLoose: number;
  /** `[x, y] * 3` of every triangle [m]. */
  private readonly corners: Float64Array;
  /** Arc length along the lane of every centre point [m]. */
  private readonly centreSM: Float64Array;
  private readonly stamps: Int32Array;
  private readonly looseStamps: Int32Array;
  private stamp = 0;
  private readonly clipper = new ConvexClipper();
  private readonly remainder = new PolygonRemainder();
  private readonly box: [number, number, number, number] = [0, 0, 0, 0];
  private foundSM = 0;
  private foundTM = 0;
  private foundSegment = 0;

  constructor(private readonly map: VirtualMap) {
    const { blocks, mesh } = map;
    this.grid = buildGrid(mesh, blocks.triangleOffset, map.boundsM, BODY_CELL_M);
    this.pointGrid = buildGrid(mesh, blocks.triangleOffset, map.boundsM, POINT_CELL_M);
    const offSurface = mesh.triangleBlock.indexOf(OFF_SURFACE);
    const triangles = offSurface < 0 ? mesh.triangleBlock.length : offSurface;
    this.firstLoose = blocks.triangleOffset[blocks.count]!;
    const loose = triangles - this.firstLoose;
    this.looseGrid = loose === 0 ? null : buildGrid(mesh, Int32Array.from({ length: loose + 1 }, (_, i) => this.firstLoose + i), map.boundsM, BODY_CELL_M);
    this.corners = new Float64Array(triangles * 6);
    for (let i = 0; i < triangles * 3; i += 1) {
      this.corners[2 * i] = mesh.verticesM[3 * mesh.triangles[i]!]!;
      this.corners[2 * i + 1] = mesh.verticesM[3 * mesh.triangles[i]! + 1]!;
    }
    this.centreSM = centreArcLengths(map);
    this.stamps = new Int32Array(blocks.count);
    this.looseStamps = new Int32Array(loose);
  }

  locate(xM: number, yM: number): MapLocation | null {
    const block = this.nearestBlock(xM, yM);
    return block < 0 ? null : { block, lane: this.map.blocks.lane[block]!, sM: this.foundSM, tM: this.foundTM };
  }

  locateInto(xM: number, yM: number, out: Float64Array): number {
    const block = this.nearestBlock(xM, yM);
    if (block < 0) return -1;
    out[0] = this.foundSM;
    out[1] = this.foundTM;
    return block;
  }

  locateHeading(xM: number, yM: number, headingRad: number): MapLocation | null {
    const cell = cellAt(this.pointGrid, xM, yM);
    if (cell < 0) return null;
    const { cellOffset, cellBlocks } = this.pointGrid;
    const cos = Math.cos(headingRad);
    const sin = Math.sin(headingRad);
    let best = -1;
    let bestSM = 0;
    let bestTM = 0;
    let bestOffRad = Infinity;
    for (let i = cellOffset[cell]!; i < cellOffset[cell + 1]!; i += 1) {
      const triangle = this.triangleInEntry(i, xM, yM);
      if (triangle < 0) continue;
      const block = cellBlocks[i]!;
      this.project(block, triangle, xM, yM);
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
    const { grid, stamps } = this;
    const box = this.boxOf(contourM);
    const stamp = this.nextStamp();
    let count = 0;
    const firstColumn = firstCell(box[0], grid.originXM, grid.cellM);
    const lastColumn = lastCell(box[2], grid.originXM, grid.cellM, grid.columns);
    const firstRow = firstCell(box[1], grid.originYM, grid.cellM);
    const lastRow = lastCell(box[3], grid.originYM, grid.cellM, grid.rows);
    for (let row = firstRow; row <= lastRow; row += 1) {
      for (let column = firstColumn; column <= lastColumn; column += 1) {
        const cell = row * grid.columns + column;
        const end = grid.cellOffset[cell + 1]!;
        if (grid.cellOffset[cell] === end || this.missesCell(contourM, column, row)) continue;
        for (let i = grid.cellOffset[cell]!; i < end; i += 1) {
          const block = grid.cellBlocks[i]!;
          if (stamps[block] === stamp || !this.overlapsEntry(contourM, box, i)) continue;
          stamps[block] = stamp;
          if (count === out.length) throw new RangeError(`the polygon touches more than the ${out.length} blocks that there is space for`);
          count = insertAscending(out, count, block);
        }
      }
    }
    return count;
  }

  overlapAreaM2(contourM: ArrayLike<number>, block: number): number {
    const { triangleOffset } = this.map.blocks;
    const box = this.boxOf(contourM);
    const minX = box[0];
    const minY = box[1];
    const maxX = box[2];
    const maxY = box[3];
    let areaM2 = 0;
    for (let t = triangleOffset[block]!; t < triangleOffset[block + 1]!; t += 1) {
      if (this.isApart(t, minX, minY, maxX, maxY)) continue;
      areaM2 += this.clipper.sharedAreaM2(contourM, contourM.length, this.corners, 6 * t, 6);
    }
    return areaM2;
  }

  isOnSurface(xM: number, yM: number): boolean {
    const { pointGrid, looseGrid } = this;
    const cell = cellAt(pointGrid, xM, yM);
    if (cell < 0) return false;
    for (let i = pointGrid.cellOffset[cell]!; i < pointGrid.cellOffset[cell + 1]!; i += 1) if (this.triangleInEntry(i, xM, yM) >= 0) return true;
    if (looseGrid === null) return false;
    const looseCell = cellAt(looseGrid, xM, yM);
    for (let i = looseGrid.cellOffset[looseCell]!; i < looseGrid.cellOffset[looseCell + 1]!; i += 1) {
      if (this.inTriangle(this.firstLoose + looseGrid.cellBlocks[i]!, xM, yM)) return true;
    }
    return false;
  }

  surfaceShareRatio(contourM: ArrayLike<number>): number {
    const wholeM2 = this.remainder.start(contourM);
    if (!(wholeM2 > 0)) return 0;
    const stamp = this.nextStamp();
    const box = this.boxOf(contourM);
    this.subtractUnder(contourM, stamp, box);
    this.subtractFrom(this.grid, this.stamps, stamp, box, false);
    if (this.looseGrid !== null) this.subtractFrom(this.looseGrid, this.looseStamps, stamp, box, true);
    return 1 - Math.min(1, this.remainder.areaM2() / wholeM2);
  }

  /** Takes the blocks under the middle and near the corners away first: mostly they are all that it takes, and the many others need no look. */
  private subtractUnder(contourM: ArrayLike<number>, stamp: number, box: Box): void {
    let x = 0;
    let y = 0;
    const count = contourM.length / 2;
    for (let i = 0; i < count; i += 1) {
      x += contourM[2 * i]! / count;
      y += contourM[2 * i + 1]! / count;
    }
    for (let i = -1; i < count && !this.remainder.isEmpty; i += 1) {
      const block = i < 0 ? this.nearestBlock(x, y) : this.nearestBlock(x + 0.95 * (contourM[2 * i]! - x), y + 0.95 * (contourM[2 * i + 1]! - y));
      if (block < 0 || this.stamps[block] === stamp) continue;
      this.stamps[block] = stamp;
      this.subtractTriangles(this.map.blocks.triangleOffset[block]!, this.map.blocks.triangleOffset[block + 1]!, box);
    }
  }

  /** Takes everything that a grid lists near a box away from the remainder. */
  private subtractFrom(grid: BlockGrid, stamps: Int32Array, stamp: number, box: Box, loose: boolean): void {
    const { triangleOffset } = this.map.blocks;
    const lastColumn = lastCell(box[2], grid.originXM, grid.cellM, grid.columns);
    const lastRow = lastCell(box[3], grid.originYM, grid.cellM, grid.rows);
    for (let row = firstCell(box[1], grid.originYM, grid.cellM); row <= lastRow; row += 1) {
      for (let column = firstCell(box[0], grid.originXM, grid.cellM); column <= lastColumn; column += 1) {
        const cell = row * grid.columns + column;
        for (let i = grid.cellOffset[cell]!; i < grid.cellOffset[cell + 1]!; i += 1) {
          if (this.remainder.isEmpty) return;
          const item = grid.cellBlocks[i]!;
          if (stamps[item] === stamp) continue;
          stamps[item] = stamp;
          const first = loose ? this.firstLoose + item : triangleOffset[item]!;
          this.subtractTriangles(first, loose ? first + 1 : triangleOffset[item + 1]!, box);
        }
      }
    }
  }

  private subtractTriangles(first: number, end: number, box: Box): void {
    for (let t = first; t < end && !this.remainder.isEmpty; t += 1) {
      if (!this.isApart(t, box[0], box[1], box[2], box[3])) this.remainder.subtract(this.corners, 6 * t, 6);
    }
  }

  /** Block that contains a point, of several the one whose centre line is nearest; -1 for none. Leaves its place there in `foundSM` and `foundTM`. */
  private nearestBlock(xM: number, yM: number): number {
    const cell = cellAt(this.pointGrid, xM, yM);
    if (cell < 0) return -1;
    const { cellOffset, cellBlocks } = this.pointGrid;
    let best = -1;
    let bestSM = 0;
    let bestTM = Infinity;
    for (let i = cellOffset[cell]!; i < cellOffset[cell + 1]!; i += 1) {
      const triangle = this.triangleInEntry(i, xM, yM);
      if (triangle < 0) continue;
      this.project(cellBlocks[i]!, triangle, xM, yM);
      if (Math.abs(this.foundTM) >= Math.abs(bestTM)) continue;
      best = cellBlocks[i]!;
      bestSM = this.foundSM;
      bestTM = this.foundTM;
    }
    this.foundSM = bestSM;
    this.foundTM = bestTM;
    return best;
  }

  /** Of the triangles that an entry of the points' grid names the first that contains a point, edges included; -1 for none. */
  private triangleInEntry(entry: number, x: number, y: number): number {
    const end = this.pointGrid.cellEnd[entry]!;
    for (let t = this.pointGrid.cellFirst[entry]!; t < end; t += 1) if (this.inTriangle(t, x, y)) return t;
    return -1;
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

  /**
   * Nearest point of a block's centre line to one in a triangle of it, to `foundSM`, `foundTM`, `foundSegment`. Where every stretch of the line has its two
   * triangles, only the point's own stretch and two on either side are looked at.
   */
  private project(block: number, triangle: number, x: number, y: number): void {
    const { centreOffset, centreXyM, triangleOffset } = this.map.blocks;
    const firstTriangle = triangleOffset[block]!;
    let first = centreOffset[block]!;
    let last = centreOffset[block + 1]! - 2;
    if (triangleOffset[block + 1]! - firstTriangle === 2 * (last - first + 1)) {
      const own = first + ((triangle - firstTriangle) >> 1);
      first = Math.max(first, own - 2);
      last = Math.min(last, own + 2);
    }
    let best = Infinity;
    for (let i = first; i <= last; i += 1) {
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

  private overlapsEntry(contourM: ArrayLike<number>, box: Box, entry: number): boolean {
    const end = this.grid.cellEnd[entry]!;
    for (let t = this.grid.cellFirst[entry]!; t < end; t += 1) {
      if (!this.isApart(t, box[0], box[1], box[2], box[3]) && this.overlapsTriangle(contourM, t)) return true;
    }
    return false;
  }

  /** True when a cell of the grid lies wholly beyond one edge of a polygon, as the corner cells of a slanting one's box do. */
  private missesCell(contourM: ArrayLike<number>, column: number, row: number): boolean {
    const { originXM, originYM, cellM } = this.grid;
    const x = originXM + (column + 0.5) * cellM;
    const y = originYM + (row + 0.5) * cellM;
    let px = contourM[contourM.length - 2]!;
    let py = contourM[contourM.length - 1]!;
    for (let i = 0; i < contourM.length; i += 2) {
      const qx = contourM[i]!;
      const qy = contourM[i + 1]!;
      if (isBeyond(px, py, qx, qy, x, y, cellM)) return true;
      px = qx;
      py = qy;
    }
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

/** First and last column or row that a box reaches. */
function firstCell(fromM: number, originM: number, cellM: number): number {
  return Math.max(0, Math.floor((fromM - originM) / cellM));
}

function lastCell(toM: number, originM: number, cellM: number, count: number): number {
  return Math.min(count - 1, Math.floor((toM - originM) / cellM));
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
