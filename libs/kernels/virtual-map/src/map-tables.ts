import { pieceAt } from './cubic';
import type { LaneDraft, MeshDraft } from './lane-mesh';
import type { RoadNetwork } from './road-network';
import type { ZoneDraft } from './site-objects';
import { BlockFlag, type BlockTable, type LaneTable, type Slot } from './virtual-map';

/** Legal speed where neither lane nor road names one [m/s]: 30 km/h. */
const DEFAULT_LIMIT_MPS = 8.33;

export function assembleLanes(network: RoadNetwork, { lanes }: MeshDraft): LaneTable {
  const blockOffset = Int32Array.from([0, ...lanes.map((lane) => lane.firstBlock + lane.blockCount)]);
  return {
    count: lanes.length,
    roadId: lanes.map(({ strip }) => network.roads[strip.roadIndex]!.id),
    sectionIndex: Int32Array.from(lanes, ({ strip }) => strip.sectionIndex),
    laneId: Int32Array.from(lanes, ({ strip, laneIndex }) => strip.lanes[laneIndex]!.id),
    type: lanes.map(({ strip, laneIndex }) => strip.lanes[laneIndex]!.type),
    lengthM: Float64Array.from(lanes, ({ lengthM }) => lengthM),
    blockOffset,
    // Blocks are made lane by lane in driving order, so the rows are consecutive numbers.
    blocks: Int32Array.from({ length: blockOffset[lanes.length]! }, (_, block) => block),
  };
}

export interface BlockParts {
  readonly network: RoadNetwork;
  readonly draft: MeshDraft;
  /** Lanes that follow each lane. */
  readonly successors: readonly (readonly number[])[];
  readonly overlaps: readonly (readonly number[])[];
  readonly slots: readonly Slot[];
  readonly zones: readonly ZoneDraft[];
}

export function assembleBlocks(parts: BlockParts): BlockTable {
  const { draft } = parts;
  const count = draft.blockLane.length;
  const [followsOffset, follows] = compressed(followsOf(parts));
  const [neighbourOffset, neighbours] = compressed(neighboursOf(draft));
  const [overlapOffset, overlaps] = compressed(parts.overlaps);
  return {
    count,
    lane: new Int32Array(draft.blockLane),
    startSM: new Float64Array(draft.blockStartSM),
    endSM: new Float64Array(draft.blockEndSM),
    flags: flagsOf(parts),
    speedLimitMps: limitsOf(parts),
    centreOffset: new Int32Array(draft.centreOffset),
    centreXyM: new Float64Array(draft.centreXyM),
    outlineOffset: new Int32Array(draft.outlineOffset),
    outlineXyM: new Float64Array(draft.outlineXyM),
    triangleOffset: new Int32Array(draft.triangleOffset),
    followsOffset, follows, neighbourOffset, neighbours, overlapOffset, overlaps,
  };
}

function compressed(rows: readonly (readonly number[])[]): [Int32Array, Int32Array] {
  const offset = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => {
    offset[i + 1] = offset[i]! + row.length;
  });
  const values = new Int32Array(offset[rows.length]!);
  rows.forEach((row, i) => {
    values.set(row, offset[i]);
  });
  return [offset, values];
}

function followsOf({ draft, successors }: BlockParts): number[][] {
  const follows: number[][] = Array.from({ length: draft.blockLane.length }, () => []);
  draft.lanes.forEach((lane, row) => {
    const last = lane.firstBlock + lane.blockCount - 1;
    for (let block = lane.firstBlock; block < last; block += 1) {
      if (isContinuous(draft, lane, block)) follows[block]!.push(block + 1);
    }
    if (lane.blockCount === 0) return;
    for (const target of successors[row]!) {
      if (draft.lanes[target]!.blockCount > 0) follows[last]!.push(draft.lanes[target]!.firstBlock);
    }
    follows[last]!.sort((a, b) => a - b);
  });
  return follows;
}

/** True when a block of a lane ends where the next one begins, with no stretch without surface between them. */
function isContinuous(draft: MeshDraft, { forward }: LaneDraft, block: number): boolean {
  if (forward) return draft.blockToRow[block]! === draft.blockFromRow[block + 1]! || isStep(draft, block, block + 1);
  return draft.blockFromRow[block]! === draft.blockToRow[block + 1]! || isStep(draft, block + 1, block);
}

/** True when the later block (by row) starts in the row right after the earlier one's last, at the same arc length: the borders jump there. */
function isStep(draft: MeshDraft, earlier: number, later: number): boolean {
  return draft.blockToRow[earlier]! + 1 === draft.blockFromRow[later]! && draft.blockToRoadSM[earlier]! === draft.blockFromRoadSM[later]!;
}

/** Blocks of the lane on the left and of the lane on the right that run beside a block for some length. */
function neighboursOf(draft: MeshDraft): number[][] {
  const neighbours: number[][] = Array.from({ length: draft.blockLane.length }, () => []);
  draft.lanes.forEach((lane, row) => {
    const beside = draft.lanes[row + 1];
    if (beside?.strip !== lane.strip || beside.laneIndex !== lane.laneIndex + 1) return;
    for (let a = lane.firstBlock; a < lane.firstBlock + lane.blockCount; a += 1) {
      for (let b = beside.firstBlock; b < beside.firstBlock + beside.blockCount; b += 1) {
        if (draft.blockFromRow[a]! >= draft.blockToRow[b]! || draft.blockFromRow[b]! >= draft.blockToRow[a]!) continue;
        neighbours[a]!.push(b);
        neighbours[b]!.push(a);
      }
    }
  });
  for (const list of neighbours) list.sort((a, b) => a - b);
  return neighbours;
}

function flagsOf({ network, draft, slots, zones }: BlockParts): Uint8Array {
  const keptClear = new Set<number>();
  for (const zone of zones) if (zone.kind === 'keep-out') for (const block of zone.blocks) keptClear.add(block);
  const slotBlocks = new Set(slots.map((slot) => slot.block));
  return Uint8Array.from(draft.blockLane, (lane, block) => {
    const inJunction = network.roads[draft.lanes[lane]!.strip.roadIndex]!.junctionId !== null;
    const keepClear = inJunction || keptClear.has(block);
    return (inJunction ? BlockFlag.junction : 0) | (keepClear ? BlockFlag.keepClear : BlockFlag.holdPoint) | (slotBlocks.has(block) ? BlockFlag.slot : 0);
  });
}

/** The lowest limit that holds anywhere in a block: a lane's own before its road's, lowered by the zones that name one. */
function limitsOf({ network, draft, zones }: BlockParts): Float64Array {
  const limits = Float64Array.from(draft.blockLane, (row, block) => {
    const { strip, laneIndex } = draft.lanes[row]!;
    const road = network.roads[strip.roadIndex]!;
    const lane = strip.lanes[laneIndex]!;
    const fromM = draft.blockFromRoadSM[block]!;
    const toM = draft.blockToRoadSM[block]!;
    const sectionM = road.sections[strip.sectionIndex]!.sM;
    const own = lowestLimit(lane.speedLimits, fromM - sectionM, toM - sectionM);
    return own ?? lowestLimit(road.speedLimits, fromM, toM) ?? DEFAULT_LIMIT_MPS;
  });
  for (const { limitMps, blocks } of zones) {
    if (limitMps !== null) for (const block of blocks) limits[block] = Math.min(limits[block]!, limitMps);
  }
  return limits;
}

type Limits = readonly { readonly sM: number; readonly limitMps: number }[];

function lowestLimit(limits: Limits, fromM: number, toM: number): number | null {
  let lowest: number | null = null;
  const consider = (limitMps: number | undefined): void => {
    if (limitMps !== undefined && limitMps > 0) lowest = Math.min(lowest ?? Infinity, limitMps);
  };
  const first = pieceAt(limits, fromM);
  if (first !== undefined && first.sM <= fromM + 1e-6) consider(first.limitMps);
  for (const limit of limits) if (limit.sM > fromM && limit.sM < toM) consider(limit.limitMps);
  return lowest;
}
