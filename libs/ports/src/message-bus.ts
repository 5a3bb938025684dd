import type { Topic } from '@quaymaster/messages';

export interface MessageHeader {
  readonly messageId: string;
  readonly source: string;
  readonly publishedAtMs: number;
  /** W3C trace context, '' if none. */
  readonly traceparent: string;
}

export interface Delivery<T> {
  readonly key: string;
  /** To be read only: an adapter may hand the same frozen object to every group. */
  readonly message: T;
  readonly header: MessageHeader;
  /** 1 at the first try. */
  readonly attempt: number;
}

export interface SubscribeOptions {
  /** Deliveries of one call at most; default 1. Deliveries of one call may have different keys. */
  readonly maxBatch?: number;
  /** Tries of a delivery before it goes to the dead letters; default 3. */
  readonly maxAttempts?: number;
  /**
   * Of the messages of a key that wait for the handler, only the newest is delivered: for states that replace each other, where to be late is worse than a gap.
   * Holds for a group when all of its members here say so; default false.
   */
  readonly newestOnly?: boolean;
}

export interface Subscription {
  /** Resolves when no handler of this subscription is running any more; undelivered messages stay with the group. */
  close(): Promise<void>;
}

/**
 * Carries work between services. Ordered within a key; at least once: handlers must be idempotent. Each group gets every message once,
 * whichever of its members handles it. A message that its topic cannot decode, or that failed `maxAttempts` times, goes to `dead-letters`.
 */
export abstract class MessageBus {
  /** Resolves once the message is as safe as this bus makes it. Rejects with BusUnavailableError; then nothing was published. */
  abstract publish<T>(topic: Topic<T>, key: string, message: T, header?: Partial<MessageHeader>): Promise<void>;
  /**
   * A handler that rejects is called again with the same deliveries before later ones of those keys; other keys go on. `topic` is subscribed from its
   * oldest retained message for compacted topics, else from now.
   */
  abstract subscribe<T>(
    topic: Topic<T>, group: string, handle: (batch: readonly Delivery<T>[]) => Promise<void>, options?: SubscribeOptions,
  ): Promise<Subscription>;
  /** Resolves when every message published so far has been handled by every group, or sent to the dead letters. */
  abstract idle(): Promise<void>;
  /** Stops deliveries, waits for running handlers. Publishing afterwards rejects. */
  abstract close(): Promise<void>;
}
