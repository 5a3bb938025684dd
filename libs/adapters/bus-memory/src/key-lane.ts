import type { MessageHeader } from '@quaymaster/ports';
import type { Letter } from './letter';

/** A message on its way to one group. */
export interface Parcel {
  readonly key: string;
  readonly letter: Letter;
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
