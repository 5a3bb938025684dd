import type { BlockTable, Mesh } from './virtual-map';

/** Uniform grid whose cells list the blocks with surface in them, ascending; compressed rows. */
export interface BlockGrid {
  readonly originXM: number;
  readonly originYM: number;
  readonly cellM: number;
  readonly columns: number;
  readonly rows: number;
  /** Blocks of the cell in column i and row j: `cellOffset[j * columns + i] …` of `cellBlocks`. */
  readonly cellOffset: Int32Array;
  readonly cellBlocks: Int32Array;
  /** Triangles of each of these blocks that reach into the cell lie in `cellFirst[k] … cellEnd[k])`: a part of the strip instead of the whole. */
  readonly cellFirst: Int32Array;
  readonly cellEnd: Int32Array;
  /** Cells of each block, compressed rows. */
  readonly blockOffset: Int32Array;
  readonly blockCells: Int32Array;
}

const MOST_CELLS = 4_000_000;
/** Entries of all cells together; larger triangles than a road's ask for larger cells. */
const MOST_ENTRIES = 16_000_000;

/** Grid over triangles that are given per item: item i has the triangles `itemOffset[i] … itemOffset[i + 1])` of the mesh. */
export function buildGrid(
  mesh: Pick<Mesh, 'verticesM' | 'triangles'>, itemOffset: BlockTable['triangleOffset'], boundsM: readonly [number, number, number, number], leastCellM: number,
): BlockGrid {
  const [originXM, originYM, maxXM, maxYM] = boundsM;
  const widthM = Math.max(0, maxXM - originXM);
  const heightM = Math.max(0, maxYM - originYM);
  let cellM = Math.max(leastCellM, Math.sqrt(widthM * heightM / MOST_CELLS), Math.max(widthM, heightM) / MOST_CELLS);
  while (entriesAtMost(mesh, itemOffset, cellM) > MOST_ENTRIES) cellM *= 2;
  const columns = Math.floor(widthM / cellM) + 1;
  const rows = Math.floor(heightM / cellM) + 1;
  const items = itemOffset.length - 1;
  const blockOffset = new Int32Array(items + 1);
  const blockCells: number[] = [];
  const firsts: number[] = [];
  const ends: number[] = [];
  const entryOf = new Int32Array(columns * rows);
  const stamp = new Int32Array(columns * rows).fill(-1);
  const counts = new Int32Array(columns * rows + 1);
  const { verticesM: v, triangles } = mesh;
  for (let item = 0; item < items; item += 1) {
    for (let t = itemOffset[item]!; t < itemOffset[item + 1]!; t += 1) {
      const a = 3 * triangles[3 * t]!;
      const b = 3 * triangles[3 * t + 1]!;
      const c = 3 * triangles[3 * t + 2]!;
      const ax = v[a]! - originXM;
      const ay = v[a + 1]! - originYM;
      const bx = v[b]! - originXM;
      const by = v[b + 1]! - originYM;
      const cx = v[c]! - originXM;
      const cy = v[c + 1]! - originYM;
      const firstColumn = Math.floor(Math.min(ax, bx, cx) / cellM);
      const lastColumn = Math.floor(Math.max(ax, bx, cx) / cellM);
      const firstRow = Math.floor(Math.min(ay, by, cy) / cellM);
      const lastRow = Math.floor(Math.max(ay, by, cy) / cellM);
      const oneLine = firstColumn === lastColumn || firstRow === lastRow;
      for (let row = firstRow; row <= lastRow; row += 1) {
        for (let column = firstColumn; column <= lastColumn; column += 1) {
          const cell = row * columns + column;
          if (!oneLine) {
            const x = (column + 0.5) * cellM;
            const y = (row + 0.5) * cellM;
            if (isBeyond(ax, ay, bx, by, x, y, cellM) || isBeyond(bx, by, cx, cy, x, y, cellM) || isBeyond(cx, cy, ax, ay, x, y, cellM)) continue;
          }
          if (stamp[cell] === item) {
            ends[entryOf[cell]!] = t + 1;
            continue;
          }
          stamp[cell] = item;
          entryOf[cell] = blockCells.length;
          blockCells.push(cell);
          firsts.push(t);
          ends.push(t + 1);
          counts[cell + 1] = counts[cell + 1]! + 1;
        }
      }
    }
    blockOffset[item + 1] = blockCells.length;
  }
  for (let cell = 0; cell < columns * rows; cell += 1) counts[cell + 1] = counts[cell + 1]! + counts[cell]!;
  const cellOffset = counts.slice();
  const cellBlocks = new Int32Array(blockCells.length);
  const cellFirst = new Int32Array(blockCells.length);
  const cellEnd = new Int32Array(blockCells.length);
  for (let item = 0; item < items; item += 1) {
    for (let i = blockOffset[item]!; i < blockOffset[item + 1]!; i += 1) {
      const cell = blockCells[i]!;
      const at = counts[cell]!;
      cellBlocks[at] = item;
      cellFirst[at] = firsts[i]!;
      cellEnd[at] = ends[i]!;
      counts[cell] = counts[cell]! + 1;
    }
  }
  return {
    originXM, originYM, cellM, columns, rows, cellOffset, cellBlocks, cellFirst, cellEnd, blockOffset, blockCells: new Int32Array(blockCells),
  };
}

/** Cells that the boxes of all triangles reach. */
function entriesAtMost({ verticesM: v, triangles }: Pick<Mesh, 'verticesM' | 'triangles'>, itemOffset: BlockTable['triangleOffset'], cellM: number): number {
  let entries = 0;
  for (let t = 3 * itemOffset[0]!; t < 3 * itemOffset[itemOffset.length - 1]!; t += 3) {
    const a = 3 * triangles[t]!;
    const b = 3 * triangles[t + 1]!;
    const c = 3 * triangles[t + 2]!;
    const widthM = Math.max(v[a]!, v[b]!, v[c]!) - Math.min(v[a]!, v[b]!, v[c]!);
    const heightM = Math.max(v[a + 1]!, v[b + 1]!, v[c + 1]!) - Math.min(v[a + 1]!, v[b + 1]!, v[c + 1]!);
    entries += (widthM / cellM + 1) * (heightM / cellM + 1);
  }
  return entries;
}

/** True when a whole cell lies to the right of the line from a to b, so outside a counter-clockwise triangle with that edge. */
export function isBeyond(ax: number, ay: number, bx: number, by: number, centreX: number, centreY: number, cellM: number): boolean {
  const dx = bx - ax;
  const dy = by - ay;
  // A hair more than half a cell, so that rounding never drops a cell that a corner reaches.
  return dx * (centreY - ay) - dy * (centreX - ax) < -0.500001 * cellM * (Math.abs(dx) + Math.abs(dy));
}
