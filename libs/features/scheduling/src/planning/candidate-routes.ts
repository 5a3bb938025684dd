import type { VehicleModel } from '@quaymaster/motion';
import { routeBetween, type VirtualMap } from '@quaymaster/virtual-map';
import type { JobGoal, JobPlace, OnRoute, RouteStop } from './planning-job';

/** A goal spelled out: blocks from where the vehicle is to the slot. */
export interface SpelledRoute {
  readonly blocks: readonly number[];
  readonly stops: readonly RouteStop[];
  readonly endSM: number;
}

/**
 * Time-shortest blocks from the end of what the vehicle drives anyway over all places of the goal into its slot, null when there is no way. Blocks
 * listed as blocked are not used, other than those on which it is already.
 */
export function spellRoute(
  map: VirtualMap, on: OnRoute, goal: JobGoal, model: VehicleModel, blocked: ReadonlySet<number>, lengthOf: (blocks: readonly number[]) => Float64Array,
): SpelledRoute | null {
  const slot = map.slots[goal.slot];
  if (slot === undefined || blocked.has(slot.block)) return null;
  const blocks = [...on.blocks];
  const places: { readonly index: number; readonly place: JobPlace }[] = [];
  let behindSM = on.committedSM;
  /** On to a place, over another lap if the vehicle is on the block already and past it. */
  const goOn = (block: number, frontSM: number): boolean => {
    if (blocks[blocks.length - 1] !== block) return append(map, blocks, block, blocked);
    const sM = lengthOf(blocks)[blocks.length - 1]! + frontSM - model.frontM;
    if (sM < behindSM) return appendLap(map, blocks, blocked);
    behindSM = sM;
    return true;
  };
  for (const place of goal.via) {
    if (!goOn(place.block, place.frontSM)) return null;
    places.push({ index: blocks.length - 1, place });
  }
  if (!goOn(slot.block, slot.stopSM)) return null;
  const startsSM = lengthOf(blocks);
  const stops = places.map(({ index, place }) => ({
    sM: startsSM[index]! + place.frontSM - model.frontM, dwellS: place.dwellS, kind: place.kind, place: place.place,
  }));
  const endSM = startsSM[blocks.length - 1]! + slot.stopSM - model.frontM;
  let fromSM = on.committedSM;
  for (const { sM } of [...stops, { sM: endSM }]) {
    if (sM < fromSM) return null;
    fromSM = sM;
  }
  return { blocks, stops, endSM };
}

function append(map: VirtualMap, blocks: number[], to: number, blocked: ReadonlySet<number>): boolean {
  const from = blocks[blocks.length - 1]!;
  if (from === to) return true;
  const leg = routeBetween(map, from, to, { blocked });
  if (leg === null) return false;
  for (let i = 1; i < leg.length; i += 1) blocks.push(leg[i]!);
  return true;
}

/** Once round, back to the block on which the run ends; the shortest way there is. */
function appendLap(map: VirtualMap, blocks: number[], blocked: ReadonlySet<number>): boolean {
  const { followsOffset, follows, startSM, endSM } = map.blocks;
  const home = blocks[blocks.length - 1]!;
  let best: readonly number[] | null = null;
  let bestM = Infinity;
  for (let i = followsOffset[home]!; i < followsOffset[home + 1]!; i += 1) {
    const next = follows[i]!;
    const leg = blocked.has(next) ? null : routeBetween(map, next, home, { blocked });
    const lengthM = leg?.reduce((sum, block) => sum + endSM[block]! - startSM[block]!, 0) ?? Infinity;
    if (leg === null || lengthM >= bestM) continue;
    best = leg;
    bestM = lengthM;
  }
  if (best === null) return false;
  blocks.push(...best);
  return true;
}
