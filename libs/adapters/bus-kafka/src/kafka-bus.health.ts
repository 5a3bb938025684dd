/** One group's state in this process. Counts are since the subscription. */
export interface KafkaGroupHealth {
  readonly topic: string;
  readonly group: string;
  /** Name of the group at the broker. */
  readonly groupId: string;
  /** False while the group rebalances, and while the consumer is built anew. */
  readonly isJoined: boolean;
  readonly partitions: readonly number[];
  /** Fetched records that have not been handled. */
  readonly waiting: number;
  /** Records of this process's partitions that have not been handled, as of the last fetches. */
  readonly lag: number;
  /** Since the broker was last heard of. Above the stall time-out the consumer is built anew. */
  readonly silentForMs: number;
  readonly fetched: number;
  readonly handled: number;
  readonly retried: number;
  /** Records sent to the dead letters. */
  readonly buried: number;
  /** Records passed over because a newer one of their key followed: at the read-in of a compacted topic, and where only the newest is wanted. */
  readonly superseded: number;
  readonly rebuilt: number;
  readonly rebalanced: number;
  /** Partitions read from the oldest record because the group's offset was missing or out of range. */
  readonly unknownOffsets: number;
  /** Times that the client was sent back because it had fetched beyond the committed offset after a rebalance. */
  readonly correctedOffsets: number;
}

export interface KafkaBusHealth {
  /** False after a publish has failed, until one succeeds. */
  readonly isPublishing: boolean;
  readonly published: number;
  readonly refused: number;
  /** Requests to take messages. */
  readonly requests: number;
  readonly producersReplaced: number;
  readonly deadLettered: number;
  readonly groups: readonly KafkaGroupHealth[];
}
