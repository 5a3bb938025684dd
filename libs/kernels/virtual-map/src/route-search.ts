import type { BlockTable, VirtualMap } from './virtual-map';

/** Rounding of block lengths must not make the straight-line bound exceed the way, so it is taken a hair short. */
const BOUND_SHARE = 0.999;

/** Seconds that a block takes at its legal speed. */
function blockTimeS({ startSM, endSM, speedLimitMps }: BlockTable, block: number): number {
  return (endSM[block]! - startSM[block]!) / speedLimitMps[block]!;
}

/**
 * Time-shortest way from one block to another at legal speed, both included, not using blocked ones; it may start on one. Null when there is none. From a
 * block to itself it is that block alone. Of ways that take equally long always the same one is found.
 *
 * A* (Hart, Nilsson, Raphael 1968) with the straight line at the map's highest speed as bound.
 */
export function routeBetween(
  map: VirtualMap, fromBlock: number, toBlock: number, { blocked }: { readonly blocked: ReadonlySet<number> },
): number[] | null {
  if (fromBlock === toBlock) return [fromBlock];
  if (blocked.has(toBlock)) return null;
  const { blocks } = map;
  const before = new Int32Array(blocks.count).fill(-1);
  const timeS = new Float64Array(blocks.count).fill(Infinity);
  const settled = new Uint8Array(blocks.count);
  const fastestMps = blocks.speedLimitMps.reduce((most, limit) => Math.max(most, limit), 0);
  const bound = boundTo(blocks, toBlock, BOUND_SHARE / fastestMps);
  const queue = new BlockQueue();
  timeS[fromBlock] = 0;
  queue.push(fromBlock, bound(fromBlock));
  for (let block = queue.pop(); block !== -1; block = queue.pop()) {
    if (settled[block] === 1) continue;
    settled[block] = 1;
    if (block === toBlock) return wayTo(before, toBlock);
    const nextS = timeS[block]! + blockTimeS(blocks, block);
    for (let i = blocks.followsOffset[block]!; i < blocks.followsOffset[block + 1]!; i += 1) {
      const next = blocks.follows[i]!;
      if (settled[next] === 1 || blocked.has(next)) continue;
      if (nextS > timeS[next]! || (nextS === timeS[next]! && before[next]! <= block)) continue;
      timeS[next] = nextS;
      before[next] = block;
      queue.push(next, nextS + bound(next));
    }
  }
  return null;
}

/** Seconds at legal speed from the start of every block to the start of one; Infinity where there is no way, 0 for the block itself. */
export function distancesTo(map: VirtualMap, toBlock: number): Float64Array {
  const { blocks } = map;
  const [offset, leadingTo] = reversedFollows(blocks);
  const timeS = new Float64Array(blocks.count).fill(Infinity);
  const queue = new BlockQueue();
  timeS[toBlock] = 0;
  queue.push(toBlock, 0);
  const settled = new Uint8Array(blocks.count);
  for (let block = queue.pop(); block !== -1; block = queue.pop()) {
    if (settled[block] === 1) continue;
    settled[block] = 1;
    for (let i = offset[block]!; i < offset[block + 1]!; i += 1) {
      const previous = leadingTo[i]!;
      const atS = timeS[block]! + blockTimeS(blocks, previous);
      if (atS >= timeS[previous]!) continue;
      timeS[previous] = atS;
      queue.push(previous, atS);
    }
  }
  return timeS;
}

/** Least time from a block's start to the start of the target, if there were a straight road. */
function boundTo({ centreOffset, centreXyM }: BlockTable, toBlock: number, secondsPerM: number): (block: number) => number {
  const x = centreXyM[2 * centreOffset[toBlock]!]!;
  const y = centreXyM[2 * centreOffset[toBlock]! + 1]!;
  return (block) => {
    const dx = centreXyM[2 * centreOffset[block]!]! - x;
    const dy = centreXyM[2 * centreOffset[block]! + 1]! - y;
    return Math.sqrt(dx * dx + dy * dy) * secondsPerM;
  };
}

function wayTo(before: Int32Array, toBlock: number): number[] {
  const way: number[] = [];
  for (let block = toBlock; block !== -1; block = before[block]!) way.push(block);
  return way.reverse();
}

function reversedFollows({ count, followsOffset, follows }: BlockTable): [Int32Array, Int32Array] {
  const offset = new Int32Array(count + 2);
  for (const next of follows) offset[next + 2] = offset[next + 2]! + 1;
  for (let i = 2; i < offset.length; i += 1) offset[i] = offset[i]! + offset[i - 1]!;
  const leadingTo = new Int32Array(follows.length);
  for (let block = 0; block < count; block += 1) {
    for (let i = followsOffset[block]!; i < followsOffset[block + 1]!; i += 1) {
      const next = follows[i]!;
      leadingTo[offset[next + 1]!] = block;
      offset[next + 1] = offset[next + 1]! + 1;
    }
  }
  return [offset.subarray(0, count + 1), leadingTo];
}

/** Binary heap of blocks by key, of equal keys the lower block first. */
class BlockQueue {
  private readonly blocks: number[] = [];
  private readonly keys: number[] = [];

  push(block: number, key: number): void {
    const { blocks, keys } = this;
    let at = blocks.length;
    blocks.push(block);
    keys.push(key);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(block, key, parent)) break;
      blocks[at] = blocks[parent]!;
      keys[at] = keys[parent]!;
      at = parent;
    }
    blocks[at] = block;
    keys[at] = key;
  }

  /** Takes the first block out; -1 when there is none. */
  pop(): number {
    const { blocks, keys } = this;
    const first = blocks[0];
    if (first === undefined) return -1;
    const block = blocks.pop()!;
    const key = keys.pop()!;
    const count = blocks.length;
    if (count === 0) return first;
    let at = 0;
    for (let child = 1; child < count; child = 2 * at + 1) {
      if (child + 1 < count && this.isBefore(blocks[child + 1]!, keys[child + 1]!, child)) child += 1;
      if (this.isBefore(block, key, child)) break;
      blocks[at] = blocks[child]!;
      keys[at] = keys[child]!;
      at = child;
    }
    blocks[at] = block;
    keys[at] = key;
    return first;
  }

  private isBefore(block: number, key: number, at: number): boolean {
    return key < this.keys[at]! || (key === this.keys[at]! && block < this.blocks[at]!);
  }
}
