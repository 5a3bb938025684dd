import type { Peers } from '@quaymaster/nest-platform';
import type { Territory } from './territory';

/** What others are responsible for and nobody has reported after so long is reported by whoever finds it. */
const WAIT_MS = 200;
/** A finding that was not found again for so long begins anew. */
const FADE_MS = 500;
/** An alarm that its holder has not repeated for so long is over, and the word of its end was lost. */
const UNREPEATED_MS = 3000;
/** An alarm of a dead instance that the one responsible for its place does not adopt in so long is adopted by whoever knows of it: that one may have come later. */
const ADOPT_MS = 500;

/** An alarm that another instance has opened. */
export interface ForeignAlarm<T> {
  readonly id: string;
  readonly instance: string;
  readonly last: T;
  readonly heardAtMs: number;
  /** When its instance was first seen to be dead, Infinity while it lives. */
  orphanSinceMs: number;
}

/** What may be done with a finding: open it; go on with a dead instance's alarm, under its id; or leave it to others. */
export type Claim<T> = 'open' | 'leave' | ForeignAlarm<T>;

/**
 * Who reports what, among instances that find the same things: one alarm of a subject at a time. It is opened by whoever is responsible for its place and kept by
 * whoever has it, wherever it wanders. Every instance hears what the others say of their alarms; they agree without asking each other.
 */
export class AlarmShare<T extends { readonly phase: string; readonly xM: number; readonly yM: number }> {
  private readonly foreign = new Map<string, ForeignAlarm<T>>();
  private readonly waiting = new Map<string, { sinceMs: number; foundAtMs: number }>();

  constructor(private readonly territory: Territory, private readonly peers: Peers) {}

  /** Takes what another instance says of its alarm. */
  hear(subject: string, id: string, instance: string, last: T, nowMs: number): void {
    const known = this.foreign.get(subject);
    if (last.phase !== 'closed') {
      // Of two that are open at once the one with the lesser id stays.
      if (known === undefined || known.id >= id || !this.isHeld(known, nowMs)) this.foreign.set(subject, { id, instance, last, heardAtMs: nowMs, orphanSinceMs: Infinity });
      return;
    }
    if (known?.id !== id) return;
    this.foreign.delete(subject);
    const wait = this.waiting.get(subject);
    if (wait !== undefined) wait.sinceMs = nowMs;
  }

  /** Whether an alarm of one's own must give way to another instance's of the same subject. Both may be one, when two have adopted it. */
  yields(ownId: string, id: string, instance: string): boolean {
    return this.peers.isAlive(instance) && (ownId === id ? instance < this.peers.self : id < ownId);
  }

  /** The alarm that a living instance has of a subject. */
  held(subject: string, nowMs: number): ForeignAlarm<T> | null {
    const known = this.foreign.get(subject);
    return known !== undefined && this.isHeld(known, nowMs) ? known : null;
  }

  /** Asks what to do with a finding of which there is no alarm of one's own. */
  claim(subject: string, xM: number, yM: number, nowMs: number): Claim<T> {
    const known = this.foreign.get(subject);
    if (known !== undefined && this.isHeld(known, nowMs)) return 'leave';
    if (!this.territory.isResponsibleAt(xM, yM) && !this.hasWaited(subject, nowMs)) return 'leave';
    this.waiting.delete(subject);
    this.foreign.delete(subject);
    return known ?? 'open';
  }

  /**
   * Takes the alarms of dead instances that are this one's to adopt, and forgets what is over.
   *
   * @param knows whether this instance knows what an alarm is about; one that has come late may not
   */
  tick(nowMs: number, knows: (last: T) => boolean, adopt: (alarm: ForeignAlarm<T>) => void): void {
    for (const [subject, alarm] of this.foreign) {
      if (this.isHeld(alarm, nowMs)) continue;
      if (this.peers.isAlive(alarm.instance)) {
        this.foreign.delete(subject);
        continue;
      }
      alarm.orphanSinceMs = Math.min(alarm.orphanSinceMs, nowMs);
      if (!this.territory.isResponsibleAt(alarm.last.xM, alarm.last.yM) && nowMs - alarm.orphanSinceMs < ADOPT_MS) continue;
      if (this.territory.isNone || !knows(alarm.last)) {
        if (nowMs - alarm.orphanSinceMs > UNREPEATED_MS) this.foreign.delete(subject);
        continue;
      }
      this.foreign.delete(subject);
      adopt(alarm);
    }
    for (const [subject, { foundAtMs }] of this.waiting) if (nowMs - foundAtMs > FADE_MS) this.waiting.delete(subject);
  }

  private isHeld({ instance, heardAtMs }: ForeignAlarm<T>, nowMs: number): boolean {
    return nowMs - heardAtMs <= UNREPEATED_MS && this.peers.isAlive(instance);
  }

  private hasWaited(subject: string, nowMs: number): boolean {
    const wait = this.waiting.get(subject);
    if (wait === undefined || nowMs - wait.foundAtMs > FADE_MS) {
      this.waiting.set(subject, { sinceMs: nowMs, foundAtMs: nowMs });
      return false;
    }
    wait.foundAtMs = nowMs;
    return nowMs - wait.sinceMs >= WAIT_MS;
  }
}
