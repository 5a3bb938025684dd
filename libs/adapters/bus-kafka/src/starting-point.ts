import type { Broker, SeekEntry } from 'kafkajs';
import { committedOffsets } from './consumer-link';

const TRIES = 50;

export interface StartingPoint {
  readonly groupId: string;
  readonly topic: string;
  /** From the oldest retained record instead of from now. */
  readonly isFromOldest: boolean;
  /** Whatever was committed before does not count. */
  readonly isAnew: boolean;
  /** Oldest and next offset of each partition. */
  readonly log: readonly (SeekEntry & { readonly low: string; readonly high: string })[];
}

/**
 * Commits where a group begins before its first member joins, so that "from now" means now and not the time of the first fetch, and no client's default ever
 * decides. An offset that is there already is kept unless the group begins anew.
 *
 * @returns partitions that begin here, with the offset up to which their log was written by then
 * @throws the broker's error when it refuses
 */
export async function commitStartingPoint(coordinator: Broker, { groupId, topic, isFromOldest, isAnew, log }: StartingPoint, pause: () => Promise<void>): Promise<ReadonlyMap<number, number>> {
  for (let tries = 1; ; tries += 1) {
    const committed = isAnew ? new Map<number, number | null>() : await committedOffsets(coordinator, groupId, topic, log.map(({ partition }) => partition));
    const missing = log.filter(({ partition }) => (committed.get(partition) ?? null) === null);
    if (missing.length === 0) return new Map();
    try {
      const partitions = missing.map(({ partition, low, high }) => ({ partition, offset: isFromOldest ? low : high }));
      // As no member: the broker takes it only while the group is empty.
      await coordinator.offsetCommit({ groupId, groupGenerationId: -1, memberId: '', topics: [{ topic, partitions }] });
      return new Map(missing.map(({ partition, high }) => [partition, Number(high)]));
    } catch (error) {
      // Another member was faster, and has committed its own starting point before it joined; or a dead one has not timed out yet.
      if (tries >= TRIES || !(error instanceof Error && 'type' in error && error.type === 'UNKNOWN_MEMBER_ID')) throw error;
      await pause();
    }
  }
}
