import type { Conflict } from '@quaymaster/messages';
import type { AlarmLine } from './alarm-line.service';
import type { AlarmShare } from './alarm-share';
import { boundedId } from './bounded-id';
import type { CollisionCounters } from './collision-counters';
import { type FoundContact, stopReason } from './found-contact';
import { StopGuard } from './stop-guard';
import type { VehicleTrack } from './vehicle-track';

const UPDATE_MS = 500;
const STOP_REPEAT_MS = 500;
/** A conflict that has not been predicted for so long is over; a severity that has not been found for so long falls. */
const HOLD_MS = 1000;

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

/** Open conflicts by pair: opens, raises, updates and closes them, and asks for stops while one is imminent. Leaves to other instances what they have. */
export class ConflictBook {
  private readonly open = new Map<string, OpenConflict>();
  private readonly isStopped = (vehicleId: string): boolean => this.trackOf(vehicleId)?.frame.stopped ?? true;
  private readonly guard: StopGuard;
  private concerned: ReadonlySet<string> = new Set();

  constructor(
    private readonly line: AlarmLine, private readonly counters: CollisionCounters, private readonly share: AlarmShare<Conflict>,
    private readonly trackOf: (vehicleId: string) => VehicleTrack | undefined,
  ) {
    this.guard = new StopGuard(share, line, this.isStopped);
  }

  get size(): number {
    return this.open.size;
  }

  /** Whether this instance has an open conflict of a vehicle. */
  concerns(vehicleId: string): boolean {
    return this.concerned.has(vehicleId);
  }

  has(a: string, b: string): boolean {
    return this.open.has(keyOf(a, b));
  }

  /** @param vehicleIds the ones of the pair that are vehicles; objects come as `b` */
  found(a: string, b: string, vehicleIds: readonly string[], contact: FoundContact, nowMs: number): void {
    const key = keyOf(a, b);
    const known = this.open.get(key);
    if (known !== undefined) {
      this.follow(known, contact, nowMs);
      return;
    }
    const claim = this.share.claim(key, contact.xM, contact.yM, nowMs);
    if (claim === 'leave') {
      if (contact.imminent) this.guard.found(key, { a, b, vehicleIds, contact }, nowMs);
      return;
    }
    this.guard.drop(key);
    if (claim !== 'open') {
      this.follow(this.adopt(claim.last, vehicleIds, nowMs), contact, nowMs);
      return;
    }
    const conflict: OpenConflict = {
      conflictId: boundedId(`${key}|${this.line.nextSerial()}`), a, b, vehicleIds, severity: contact.imminent ? 'imminent' : 'warning', last: contact, foundAtMs: nowMs,
      imminentAtMs: contact.imminent ? nowMs : -Infinity, publishedAtMs: -Infinity, stopAtMs: -Infinity,
    };
    if (contact.imminent) this.demandStop(conflict, nowMs);
    this.keep(conflict);
    this.counters.conflict(conflict.severity);
    this.publish(conflict, 'opened', nowMs);
  }

  /** Takes what another instance says of a conflict. */
  hear(heard: Conflict, instance: string, nowMs: number): void {
    const key = keyOf(heard.a, heard.b);
    const own = this.open.get(key);
    if (own !== undefined) {
      if (heard.phase === 'closed' || !this.share.yields(own.conflictId, heard.conflictId, instance)) return;
      this.drop(key);
      if (own.conflictId !== heard.conflictId) this.publish(own, 'closed', nowMs);
    }
    this.share.hear(key, heard.conflictId, instance, heard, nowMs);
  }

  /** Closes what is no longer predicted, repeats stops that have shown no effect, and adopts what dead instances had. */
  tick(nowMs: number): void {
    for (const [key, conflict] of this.open) {
      if (nowMs - conflict.foundAtMs > HOLD_MS) {
        this.drop(key);
        this.publish(conflict, 'closed', nowMs);
      } else if (conflict.severity === 'imminent' && nowMs - conflict.imminentAtMs <= HOLD_MS) this.demandStop(conflict, nowMs);
    }
    this.share.tick(
      nowMs, (last) => vehiclesOf(last).every((id) => this.trackOf(id) !== undefined),
      ({ last }) => { this.publish(this.adopt(last, vehiclesOf(last), nowMs), 'updated', nowMs); },
    );
    this.guard.tick(nowMs);
  }

  /** Leaves everything to others, open as it is. */
  release(): void {
    this.open.clear();
    this.guard.clear();
    this.note();
  }

  private follow(conflict: OpenConflict, contact: FoundContact, nowMs: number): void {
    conflict.last = contact;
    conflict.foundAtMs = nowMs;
    const before = conflict.severity;
    if (contact.imminent) {
      conflict.imminentAtMs = nowMs;
      conflict.severity = 'imminent';
      this.demandStop(conflict, nowMs);
    } else if (nowMs - conflict.imminentAtMs > HOLD_MS) conflict.severity = 'warning';
    if (conflict.severity === 'imminent' && before === 'warning') this.counters.conflict('imminent');
    if (conflict.severity !== before || nowMs - conflict.publishedAtMs >= UPDATE_MS) this.publish(conflict, 'updated', nowMs);
  }

  private adopt(last: Conflict, vehicleIds: readonly string[], nowMs: number): OpenConflict {
    const imminent = last.severity === 'imminent';
    const { conflictId, a, b, timeToContactS, xM, yM, observedAtMs } = last;
    const conflict: OpenConflict = {
      conflictId, a, b, vehicleIds, severity: imminent ? 'imminent' : 'warning', last: { timeToContactS, imminent, xM, yM, observedAtMs }, foundAtMs: nowMs,
      // Who was resumed since is not stopped again for what only the dead one has found.
      imminentAtMs: -Infinity, publishedAtMs: -Infinity, stopAtMs: -Infinity,
    };
    this.keep(conflict);
    return conflict;
  }

  private keep(conflict: OpenConflict): void {
    this.open.set(keyOf(conflict.a, conflict.b), conflict);
    this.note();
  }

  private drop(key: string): void {
    this.open.delete(key);
    this.note();
  }

  private note(): void {
    this.concerned = new Set([...this.open.values()].flatMap(({ vehicleIds }) => vehicleIds));
  }

  private demandStop(conflict: OpenConflict, nowMs: number): void {
    if (nowMs - conflict.stopAtMs < STOP_REPEAT_MS || conflict.vehicleIds.every(this.isStopped)) return;
    conflict.stopAtMs = nowMs;
    this.line.stop(conflict.vehicleIds, conflict.conflictId, stopReason(conflict.a, conflict.b, conflict.last));
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

function vehiclesOf({ a, b }: Conflict): readonly string[] {
  return b.startsWith('object:') ? [a] : [a, b];
}

function keyOf(a: string, b: string): string {
  return `${a}|${b}`;
}
