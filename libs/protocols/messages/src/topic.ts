import { z } from 'zod';

/** A named, typed stream. `name` is the Kafka topic. */
export interface Topic<T> {
  readonly name: string;
  /** Never shed, and never behind other topics. */
  readonly priority: boolean;
  encode(message: T): Uint8Array;
  /** @throws InvalidMessageError when the bytes are not a message of this topic. */
  decode(bytes: Uint8Array): T;
}

/** Bytes that are not a message of their topic. Sending them again cannot help: they belong in the dead letters. */
export class InvalidMessageError extends Error {
  readonly code = 'QM_MESSAGE_INVALID';
  readonly retryable = false;
  constructor(readonly topic: string, because: string) {
    super(`${topic}: ${because}`);
    this.name = 'InvalidMessageError';
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A topic whose messages are JSON checked by a schema, both ways. */
export function jsonTopic<T>(name: string, schema: z.ZodType<T>, options: { priority?: boolean } = {}): Topic<T> {
  return {
    name,
    priority: options.priority ?? false,
    encode: (message) => encoder.encode(JSON.stringify(message)),
    decode: (bytes) => {
      let body: unknown;
      try {
        body = JSON.parse(decoder.decode(bytes));
      } catch (cause) {
        throw new InvalidMessageError(name, `not JSON (${cause instanceof Error ? cause.message : String(cause)})`);
      }
      const result = schema.safeParse(body);
      if (!result.success) throw new InvalidMessageError(name, z.prettifyError(result.error));
      return result.data;
    },
  };
}
