import type { Topic } from '@quaymaster/messages';

/**
 * A published message as bytes. It is decoded and checked once for all groups; what they share is frozen, so that none can change what another one sees.
 */
export class Letter {
  private content: { readonly message: unknown } | null = null;

  constructor(private readonly topic: Topic<unknown>, readonly bytes: Uint8Array) {}

  /** @throws InvalidMessageError when the bytes are not a message of the topic */
  read(): unknown {
    this.content ??= { message: freeze(this.topic.decode(this.bytes)) };
    return this.content.message;
  }
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
