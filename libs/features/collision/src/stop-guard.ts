import type { Conflict } from '@quaymaster/messages';
import type { AlarmLine } from './alarm-line.service';
import type { AlarmShare } from './alarm-share';
import { boundedId } from './bounded-id';
import { type FoundContact, stopReason } from './found-contact';

/** Time in which whoever is responsible for an imminent contact must have been heard to report it. */
const PATIENCE_MS = 100;
const REPEAT_MS = 500;
/** A contact that was not imminent for so long needs no stop any more. */
const HOLD_MS = 1000;

/** A pair whose contact is imminent; `vehicleIds` are the ones of the two that are vehicles. */
export interface ImminentPair {
  readonly a: string;
  readonly b: string;
  readonly vehicleIds: readonly string[];
  readonly contact: FoundContact;
}

interface Guarded {
  pair: ImminentPair;
  readonly sinceMs: number;
  foundAtMs: number;
  stopAtMs: number;
}

/**
 * Watches that contacts which are imminent, and which another instance is to report, are stopped: where nobody is heard to have reported it, it asks for the stop
 * itself. A stop is harmless to repeat; one that a dying instance did not send is not.
 */
export class StopGuard {
  private readonly guarded = new Map<string, Guarded>();

  constructor(
    private readonly share: AlarmShare<Conflict>, private readonly line: AlarmLine, private readonly isStopped: (vehicleId: string) => boolean,
  ) {}

  found(key: string, pair: ImminentPair, nowMs: number): void {
    const known = this.guarded.get(key);
    if (known === undefined) {
      this.guarded.set(key, { pair, sinceMs: nowMs, foundAtMs: nowMs, stopAtMs: -Infinity });
      return;
    }
    known.pair = pair;
    known.foundAtMs = nowMs;
    this.watch(key, known, nowMs);
  }

  drop(key: string): void {
    this.guarded.delete(key);
  }

  clear(): void {
    this.guarded.clear();
  }

  tick(nowMs: number): void {
    for (const [key, guarded] of this.guarded) this.watch(key, guarded, nowMs);
  }

  private watch(key: string, guarded: Guarded, nowMs: number): void {
    const { a, b, vehicleIds, contact } = guarded.pair;
    const held = this.share.held(key, nowMs);
    const isReported = held?.last.severity === 'imminent' && nowMs - held.heardAtMs <= HOLD_MS;
    if (isReported || nowMs - guarded.foundAtMs > HOLD_MS) {
      this.guarded.delete(key);
      return;
    }
    if (nowMs - guarded.sinceMs < PATIENCE_MS || nowMs - guarded.stopAtMs < REPEAT_MS || vehicleIds.every(this.isStopped)) return;
    guarded.stopAtMs = nowMs;
    this.line.stop(vehicleIds, held?.id ?? boundedId(key), stopReason(a, b, contact));
  }
}
