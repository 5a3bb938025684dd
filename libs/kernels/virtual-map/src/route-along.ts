import { createPolyline } from '@quaymaster/geometry';
import type { BlockTable, MapRoute, VirtualMap } from './virtual-map';

/** Points of a path closer than this are one [m]: over shorter steps the headings would follow the rounding of the map. */
const SAME_POINT_M = 0.02;

/**
 * The drive along consecutive blocks. Their centre lines become one curve: where two of them meet, the joint is the middle between the end of one and the
 * start of the other, so that the small gaps of a map make no kinks.
 *
 * @throws RangeError when there are no blocks, one is not on the map, or one does not follow the one before it
 */
export function routeAlong(map: VirtualMap, blocks: Int32Array): MapRoute {
  const table = map.blocks;
  checkBlocks(table, blocks);
  const xyM: number[] = [];
  const startPoint: number[] = [];
  for (let i = 0; i < blocks.length; i += 1) {
    const [first, last] = centreOf(table, blocks[i]!);
    if (i === 0) push(xyM, table.centreXyM[2 * first]!, table.centreXyM[2 * first + 1]!);
    startPoint.push(xyM.length / 2 - 1);
    for (let point = first + 1; point < last; point += 1) pushApart(xyM, table.centreXyM[2 * point]!, table.centreXyM[2 * point + 1]!, startPoint[i]!);
    const next = i + 1 < blocks.length ? centreOf(table, blocks[i + 1]!)[0] : last;
    const x = (table.centreXyM[2 * last]! + table.centreXyM[2 * next]!) / 2;
    const y = (table.centreXyM[2 * last + 1]! + table.centreXyM[2 * next + 1]!) / 2;
    while (xyM.length / 2 - 1 > startPoint[i]! && isNear(xyM, x, y)) xyM.length -= 2;
    push(xyM, x, y);
  }
  const path = createPolyline(xyM);
  const blockStartSM = new Float64Array(blocks.length + 1);
  for (let i = 1; i < blocks.length; i += 1) blockStartSM[i] = path.sM[startPoint[i]!]!;
  blockStartSM[blocks.length] = path.sM[path.sM.length - 1]!;
  return { blocks, path, blockStartSM };
}

function checkBlocks({ count, followsOffset, follows }: BlockTable, blocks: Int32Array): void {
  if (blocks.length === 0) throw new RangeError('a route needs at least one block');
  blocks.forEach((block, i) => {
    if (block < 0 || block >= count) throw new RangeError(`there is no block ${block}; the map has ${count}`);
    if (i === 0) return;
    const before = blocks[i - 1]!;
    if (!follows.subarray(followsOffset[before], followsOffset[before + 1]).includes(block)) {
      throw new RangeError(`block ${block} does not follow block ${before}`);
    }
  });
}

/** First and last point of a block's centre line. */
function centreOf({ centreOffset }: BlockTable, block: number): [number, number] {
  return [centreOffset[block]!, centreOffset[block + 1]! - 1];
}

function push(xyM: number[], x: number, y: number): void {
  xyM.push(x, y);
}

/** Adds a point unless it is too near to the one before; the first point of a block always stays. */
function pushApart(xyM: number[], x: number, y: number, startPoint: number): void {
  if (isNear(xyM, x, y) && xyM.length / 2 - 1 >= startPoint) return;
  push(xyM, x, y);
}

function isNear(xyM: readonly number[], x: number, y: number): boolean {
  const dx = xyM[xyM.length - 2]! - x;
  const dy = xyM[xyM.length - 1]! - y;
  return dx * dx + dy * dy < SAME_POINT_M * SAME_POINT_M;
}
