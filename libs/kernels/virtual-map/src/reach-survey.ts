import { findComponents } from './components';
import type { MapFault, VirtualMap } from './virtual-map';

/** Which blocks a vehicle can drive between, over what follows a block and over what lies beside it and is driven the same way. */
export interface ReachSurvey {
  /** Strongly connected components. */
  readonly components: number;
  /** Blocks of the largest: a vehicle there can come to all others of it and back. */
  readonly coreBlocks: number;
  /** Blocks from which no way leads on, or only to each other; one of each such end. Every block outside the core lies on the way to or from an end. */
  readonly deadEnds: Int32Array;
  /** Blocks to which no way leads, or only from each other; one of each such beginning. */
  readonly noEntries: Int32Array;
}

export function surveyReach({ blocks, lanes }: Pick<VirtualMap, 'blocks' | 'lanes'>): ReachSurvey {
  const offset = new Int32Array(blocks.count + 1);
  const targets = new Int32Array(blocks.follows.length + blocks.neighbours.length);
  let edges = 0;
  const side = (block: number): number => Math.sign(lanes.laneId[blocks.lane[block]!]!);
  for (let block = 0; block < blocks.count; block += 1) {
    for (let i = blocks.followsOffset[block]!; i < blocks.followsOffset[block + 1]!; i += 1, edges += 1) targets[edges] = blocks.follows[i]!;
    for (let i = blocks.neighbourOffset[block]!; i < blocks.neighbourOffset[block + 1]!; i += 1) {
      if (side(blocks.neighbours[i]!) !== side(block)) continue;
      targets[edges] = blocks.neighbours[i]!;
      edges += 1;
    }
    offset[block + 1] = edges;
  }
  const { count, componentOf } = findComponents(offset, targets);
  const size = new Int32Array(count);
  for (const component of componentOf) size[component]! += 1;
  const core = size.reduce((best, members, component) => (members > size[best]! ? component : best), 0);
  const leadsOut = new Uint8Array(count);
  const isEntered = new Uint8Array(count);
  const first = new Int32Array(count).fill(-1);
  for (let block = 0; block < blocks.count; block += 1) {
    const from = componentOf[block]!;
    if (first[from]! < 0) first[from] = block;
    for (let edge = offset[block]!; edge < offset[block + 1]!; edge += 1) {
      const to = componentOf[targets[edge]!]!;
      if (to === from) continue;
      leadsOut[from] = 1;
      isEntered[to] = 1;
    }
  }
  const ends = (isOpen: Uint8Array): Int32Array => first.filter((_, component) => component !== core && isOpen[component] === 0).sort();
  return { components: count, coreBlocks: count === 0 ? 0 : size[core]!, deadEnds: ends(leadsOut), noEntries: ends(isEntered) };
}

/** A map without circles, or whose core is a smaller part than this of its blocks, is a piece of road rather than a site: its ends are ends of the piece. */
const SITE_CORE = 0.5;

/** The ends of a site, by name: a vehicle that drives into a dead end stays there, and none comes to where no way leads. */
export function reachWarnings(map: Pick<VirtualMap, 'blocks' | 'lanes'>): MapFault[] {
  const { blocks: { count, lane }, lanes: { roadId, sectionIndex, laneId } } = map;
  const { coreBlocks, deadEnds, noEntries } = surveyReach(map);
  if (coreBlocks < 2 || coreBlocks < SITE_CORE * count) return [];
  const where = (block: number): string => `road ${roadId[lane[block]!]!}, section ${sectionIndex[lane[block]!]!}, lane ${laneId[lane[block]!]!}`;
  return [
    ...Array.from(deadEnds, (block): MapFault => ({ code: 'QM_MAP_DEAD_END', where: where(block), message: 'no way leads from here back to the rest of the map' })),
    ...Array.from(noEntries, (block): MapFault => ({ code: 'QM_MAP_NO_ENTRY', where: where(block), message: 'no way leads here from the rest of the map' })),
  ];
}
