import { distancesTo, type VirtualMap } from '@quaymaster/virtual-map';

/** Travel times from every block to a block, kept for the places that plans keep asking for. */
export class TravelTimes {
  private readonly toBlock = new Map<number, Float64Array>();

  constructor(private readonly map: VirtualMap) {}

  /** Seconds at legal speed from the start of one block to the start of the other; Infinity when there is no way. */
  betweenS(fromBlock: number, toBlock: number): number {
    const known = this.toBlock.get(toBlock);
    const times: Float64Array = known ?? distancesTo(this.map, toBlock);
    if (known === undefined) this.toBlock.set(toBlock, times);
    return times[fromBlock]!;
  }
}

/**
 * Slots to offer to each of several vehicles: first the one that a greedy matching gives it, so that together they have enough, then its nearest
 * others.
 *
 * @param fromBlocks block from which each vehicle will set out for its slot
 * @returns one list of slot indices a vehicle, best first
 */
export function offerSlots(map: VirtualMap, travel: TravelTimes, fromBlocks: readonly number[], freeSlots: readonly number[], choices: number): number[][] {
  const pairs: { readonly vehicle: number; readonly slot: number; readonly timeS: number }[] = [];
  fromBlocks.forEach((from, vehicle) => {
    for (const slot of freeSlots) {
      const timeS = travel.betweenS(from, map.slots[slot]!.block);
      if (Number.isFinite(timeS)) pairs.push({ vehicle, slot, timeS });
    }
  });
  pairs.sort((a, b) => a.timeS - b.timeS || a.vehicle - b.vehicle || a.slot - b.slot);
  const offers = fromBlocks.map((): number[] => []);
  const taken = new Set<number>();
  for (const { vehicle, slot } of pairs) {
    if (offers[vehicle]!.length > 0 || taken.has(slot)) continue;
    offers[vehicle]!.push(slot);
    taken.add(slot);
  }
  for (const { vehicle, slot } of pairs) {
    const offer = offers[vehicle]!;
    if (offer.length < choices && !offer.includes(slot)) offer.push(slot);
  }
  return offers;
}
