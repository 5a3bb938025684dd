import { BlockFlag, type VirtualMap } from '@quaymaster/virtual-map';

const CELL_M = 25;

/** Which blocks cover a point of the site, and what they are. */
export class RoadAreas {
  private static readonly known = new WeakMap<VirtualMap, RoadAreas>();
  private readonly cells = new Map<string, number[]>();
  private readonly predecessors: Uint8Array;

  private constructor(private readonly map: VirtualMap) {
    const { count, outlineOffset, outlineXyM, follows } = map.blocks;
    this.predecessors = new Uint8Array(count);
    for (const block of follows) this.predecessors[block] = Math.min(255, this.predecessors[block]! + 1);
    for (let block = 0; block < count; block += 1) {
      const outline = outlineXyM.subarray(2 * outlineOffset[block]!, 2 * outlineOffset[block + 1]!);
      const cell = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
      for (let i = 0; i < outline.length; i += 2) {
        const x = Math.floor(outline[i]! / CELL_M);
        const y = Math.floor(outline[i + 1]! / CELL_M);
        Object.assign(cell, { minX: Math.min(cell.minX, x), maxX: Math.max(cell.maxX, x), minY: Math.min(cell.minY, y), maxY: Math.max(cell.maxY, y) });
      }
      for (let x = cell.minX; x <= cell.maxX; x += 1) for (let y = cell.minY; y <= cell.maxY; y += 1) this.cell(x, y).push(block);
    }
  }

  static of(map: VirtualMap): RoadAreas {
    let areas = RoadAreas.known.get(map);
    if (areas === undefined) RoadAreas.known.set(map, areas = new RoadAreas(map));
    return areas;
  }

  blocksAt(xM: number, yM: number): number[] {
    const { outlineOffset, outlineXyM } = this.map.blocks;
    const near = this.cells.get(`${Math.floor(xM / CELL_M)} ${Math.floor(yM / CELL_M)}`) ?? [];
    return near.filter((block) => isInside(outlineXyM.subarray(2 * outlineOffset[block]!, 2 * outlineOffset[block + 1]!), xM, yM));
  }

  /** In a junction, or on a block into which several others lead. */
  isWherePathsMeet(xM: number, yM: number): boolean {
    return this.blocksAt(xM, yM).some((block) => (this.map.blocks.flags[block]! & BlockFlag.junction) !== 0 || this.predecessors[block]! > 1);
  }

  /** On a lane between junctions: covered by blocks, none of which is a junction's or a slot's. */
  isOpenLane(xM: number, yM: number): boolean {
    const blocks = this.blocksAt(xM, yM);
    return blocks.length > 0 && blocks.every((block) => (this.map.blocks.flags[block]! & (BlockFlag.junction | BlockFlag.slot)) === 0);
  }

  /** In a parking area with its ways in and out, where one vehicle that stands in the wrong place shuts everybody in. */
  isInParking(xM: number, yM: number): boolean {
    return this.map.zones.some((zone) => zone.kind === 'parking' && isInside(zone.outlineXyM, xM, yM));
  }

  private cell(x: number, y: number): number[] {
    const key = `${x} ${y}`;
    let blocks = this.cells.get(key);
    if (blocks === undefined) this.cells.set(key, blocks = []);
    return blocks;
  }
}

/** Even-odd rule. */
export function isInside(ring: ArrayLike<number>, xM: number, yM: number): boolean {
  let inside = false;
  for (let i = 0, before = ring.length - 2; i < ring.length; before = i, i += 2) {
    const y0 = ring[before + 1]!;
    const y1 = ring[i + 1]!;
    if (y0 > yM !== y1 > yM && xM < ring[before]! + ((yM - y0) / (y1 - y0)) * (ring[i]! - ring[before]!)) inside = !inside;
  }
  return inside;
}
