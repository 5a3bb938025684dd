import type { Conflict } from '@quaymaster/messages';
import type { AlarmLine } from './alarm-line.service';
import { boundedId } from './bounded-id';
import type { CollisionCounters } from './collision-counters';

const UPDATE_MS = 500;
const STOP_REPEAT_MS = 500;
/** A conflict that has not been predicted for so long is over; a severity that has not been found for so long falls. */
const HOLD_MS = 1000;

/** A contact as it was found now. */
export interface FoundContact {
  readonly timeToContactS: number;
  readonly imminent: boolean;
  readonly xM: number;
  readonly yM: number;
  readonly observedAtMs: number;
}

interface OpenConflict {
  readonly conflictId: string;
  readonly a: string;
  readonly b: string;
  /** Vehicles among the two. */
  readonly vehicleIds: readonly string[];
  severity: 'warning' | 'imminent';
  last: FoundContact;
  foundAtMs: number;
  imminentAtMs: number;
  publishedAtMs: number;
  stopAtMs: number;
}

/** Open conflicts by pair: opens, raises, updates and closes them, and asks for stops while one is imminent. */
export class ConflictBook {
  private readonly open = new Map<string, OpenConflict>();

  constructor(
    private readonly line: AlarmLine, private readonly counters: CollisionCounters, private readonly isStopped: (vehicleId: string) => boolean,
  ) {}

  get size(): number {
    return this.open.size;
  }

  /** @param vehicleIds the ones of the pair that are vehicles; objects come as `b` */
  found(a: string, b: string, vehicleIds: readonly string[], contact: FoundContact, nowMs: number): void {
    const key = `${a}|${b}`;
    const known = this.open.get(key);
    const conflict = known ?? {
      conflictId: boundedId(`${key}|${this.line.nextSerial()}`), a, b, vehicleIds, severity: 'warning' as const, last: contact, foundAtMs: nowMs,
      imminentAtMs: -Infinity, publishedAtMs: -Infinity, stopAtMs: -Infinity,
    };
    conflict.last = contact;
    conflict.foundAtMs = nowMs;
    const before = conflict.severity;
    if (contact.imminent) {
      conflict.imminentAtMs = nowMs;
      conflict.severity = 'imminent';
      this.demandStop(conflict, nowMs);
    } else if (nowMs - conflict.imminentAtMs > HOLD_MS) conflict.severity = 'warning';
    if (known === undefined) {
      this.open.set(key, conflict);
      this.counters.conflict(conflict.severity);
      this.publish(conflict, 'opened', nowMs);
      return;
    }
    if (conflict.severity === 'imminent' && before === 'warning') this.counters.conflict('imminent');
    if (conflict.severity !== before || nowMs - conflict.publishedAtMs >= UPDATE_MS) this.publish(conflict, 'updated', nowMs);
  }

  /** Closes what is no longer predicted and repeats stops that have shown no effect. */
  tick(nowMs: number): void {
    for (const [key, conflict] of this.open) {
      if (nowMs - conflict.foundAtMs > HOLD_MS) {
        this.open.delete(key);
        this.publish(conflict, 'closed', nowMs);
      } else if (conflict.severity === 'imminent' && nowMs - conflict.imminentAtMs <= HOLD_MS) this.demandStop(conflict, nowMs);
    }
  }

  private demandStop(conflict: OpenConflict, nowMs: number): void {
    if (nowMs - conflict.stopAtMs < STOP_REPEAT_MS || conflict.vehicleIds.every(this.isStopped)) return;
    conflict.stopAtMs = nowMs;
    const { timeToContactS, xM, yM } = conflict.last;
    this.line.stop(
      conflict.vehicleIds, conflict.conflictId,
      `${conflict.a} and ${conflict.b} would touch in ${timeToContactS.toFixed(1)} s at (${xM.toFixed(1)}, ${yM.toFixed(1)})`.slice(0, 500),
    );
  }

  private publish(conflict: OpenConflict, phase: Conflict['phase'], nowMs: number): void {
    conflict.publishedAtMs = nowMs;
    const { conflictId, a, b, severity, last } = conflict;
    this.line.conflict({
      conflictId, phase, a, b, severity, timeToContactS: last.timeToContactS, xM: last.xM, yM: last.yM,
      observedAtMs: phase === 'closed' ? nowMs : Math.floor(last.observedAtMs),
    });
  }
}
