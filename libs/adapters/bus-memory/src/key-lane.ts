import type { MessageHeader } from '@quaymaster/ports';

/** A message on its way to one group, as bytes: what a handler gets is always its own copy. */
export interface Parcel {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly header: MessageHeader;
  attempt: number;
  firstAttemptAtMs: number;
}

/** Messages of one key in order. While one is handled, or waits to be tried again, the ones behind it wait. */
export class KeyLane {
  readonly waiting: Parcel[] = [];
  busy = false;

  constructor(readonly key: string) {}
}
