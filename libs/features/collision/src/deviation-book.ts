import type { Deviation } from '@quaymaster/messages';
import type { AlarmLine } from './alarm-line.service';
import type { AlarmShare, ForeignAlarm } from './alarm-share';
import { boundedId } from './bounded-id';
import type { CollisionCounters } from './collision-counters';
import type { Finding } from './deviation-rules';
import type { VehicleTrack } from './vehicle-track';

const UPDATE_MS = 500;
/** What no frame brings up to date is repeated all the same: an alarm that is not repeated is taken to be nobody's. */
const REPEAT_MS = 1000;
const STOP_REPEAT_MS = 500;
/** A deviation is over when no frame has shown it for so long. */
const CLEAR_MS = 1000;
/** Kinds for which the vehicle itself is stopped. */
const STOPPING: ReadonlySet<Deviation['kind']> = new Set(['lateral', 'off-surface', 'release-violation', 'lost']);

interface Entry {
  overCount: number;
  /** '' while it is not open. */
  deviationId: string;
  size: number;
  text: string;
  clearSinceMs: number;
  publishedAtMs: number;
  stopAtMs: number;
  /** The vehicle has reported a stop since it was opened: it is not asked again. */
  obeyed: boolean;
}

/** Deviations by vehicle and kind, with hysteresis both ways. Leaves to other instances what they have. */
export class DeviationBook {
  private readonly entries = new Map<string, Map<Deviation['kind'], Entry>>();
  /** Vehicles that have reported a stop since another instance opened a deviation of theirs, by that one's id. */
  private readonly obeyedElsewhere = new Map<string, string>();

  constructor(
    private readonly line: AlarmLine, private readonly counters: CollisionCounters, private readonly share: AlarmShare<Deviation>,
    private readonly trackOf: (vehicleId: string) => VehicleTrack | undefined,
  ) {}

  /** Whether this instance has an open deviation of a vehicle. */
  concerns(vehicleId: string): boolean {
    const kinds = this.entries.get(vehicleId);
    if (kinds === undefined) return false;
    for (const { deviationId } of kinds.values()) if (deviationId !== '') return true;
    return false;
  }

  observe(track: VehicleTrack, finding: Finding, nowMs: number): void {
    const entry = this.entry(track.vehicleId, finding.kind, finding.is === 'over');
    if (entry === undefined) return;
    entry.overCount = finding.is === 'over' ? entry.overCount + 1 : 0;
    if (entry.deviationId === '') {
      if (entry.overCount >= finding.frames) this.open(track, finding.kind, finding.size, finding.text, nowMs);
      return;
    }
    entry.size = finding.size;
    if (finding.is === 'over') entry.text = finding.text;
    if (finding.is !== 'clear') entry.clearSinceMs = Infinity;
    else if (entry.clearSinceMs === Infinity) entry.clearSinceMs = nowMs;
    if (track.frame.stopped) entry.obeyed = true;
    if (nowMs - entry.clearSinceMs >= CLEAR_MS) this.close(track, finding.kind, nowMs);
    else if (nowMs - entry.publishedAtMs >= UPDATE_MS) this.publish(track, finding.kind, entry, 'updated', nowMs);
  }

  /** Opens a kind without waiting for more evidence, or brings it up to date. */
  open(track: VehicleTrack, kind: Deviation['kind'], size: number, text: string, nowMs: number): void {
    const entry = this.entry(track.vehicleId, kind, true)!;
    entry.size = size;
    if (entry.deviationId !== '') {
      if (nowMs - entry.publishedAtMs >= UPDATE_MS) this.publish(track, kind, entry, 'updated', nowMs);
      return;
    }
    const claim = this.share.claim(subjectOf(track.vehicleId, kind), track.frame.xM, track.frame.yM, nowMs);
    if (claim === 'leave') return;
    if (claim !== 'open') {
      this.adopt(track, claim, nowMs);
      return;
    }
    entry.deviationId = boundedId(`${track.vehicleId}:${kind}:${this.line.nextSerial()}`);
    entry.clearSinceMs = Infinity;
    entry.text = text;
    entry.obeyed = false;
    entry.stopAtMs = -Infinity;
    this.demandStop(track, kind, entry, nowMs);
    this.counters.deviation(kind);
    this.publish(track, kind, entry, 'opened', nowMs);
  }

  close(track: VehicleTrack, kind: Deviation['kind'], nowMs: number): void {
    const entry = this.entries.get(track.vehicleId)?.get(kind);
    if (entry === undefined || entry.deviationId === '') return;
    this.publish(track, kind, entry, 'closed', nowMs);
    entry.deviationId = '';
    entry.overCount = 0;
  }

  isOpen(vehicleId: string, kind: Deviation['kind']): boolean {
    return (this.entries.get(vehicleId)?.get(kind)?.deviationId ?? '') !== '';
  }

  /** Takes what another instance says of a deviation. */
  hear(heard: Deviation, instance: string, nowMs: number): void {
    const { deviationId, vehicleId, kind, phase } = heard;
    const track = this.trackOf(vehicleId);
    const own = this.entries.get(vehicleId)?.get(kind);
    if (own !== undefined && own.deviationId !== '') {
      if (phase === 'closed' || !this.share.yields(own.deviationId, deviationId, instance)) return;
      if (own.deviationId !== deviationId && track !== undefined) this.publish(track, kind, own, 'closed', nowMs);
      if (own.obeyed) this.obeyedElsewhere.set(subjectOf(vehicleId, kind), deviationId);
      own.deviationId = '';
    }
    if (phase === 'closed') this.obeyedElsewhere.delete(subjectOf(vehicleId, kind));
    else if (track?.frame.stopped === true) this.obeyedElsewhere.set(subjectOf(vehicleId, kind), deviationId);
    this.share.hear(subjectOf(vehicleId, kind), deviationId, instance, heard, nowMs);
  }

  /** Repeats stops that have shown no effect, and what has not been said for long. */
  repeat(track: VehicleTrack, nowMs: number): void {
    const kinds = this.entries.get(track.vehicleId);
    if (kinds === undefined) return;
    for (const [kind, entry] of kinds) {
      if (entry.deviationId === '') continue;
      this.demandStop(track, kind, entry, nowMs);
      if (nowMs - entry.publishedAtMs >= REPEAT_MS) this.publish(track, kind, entry, 'updated', nowMs);
    }
  }

  /** Adopts what dead instances had. */
  tick(nowMs: number): void {
    this.share.tick(nowMs, ({ vehicleId }) => this.trackOf(vehicleId) !== undefined, (alarm) => { this.adopt(this.trackOf(alarm.last.vehicleId)!, alarm, nowMs); });
  }

  /** Leaves everything to others, open as it is. */
  release(): void {
    this.entries.clear();
  }

  private adopt(track: VehicleTrack, { id, last: { kind, size } }: ForeignAlarm<Deviation>, nowMs: number): void {
    const entry = this.entry(track.vehicleId, kind, true)!;
    // The one that is dead has asked for the stop: it is repeated if it shows no effect, and not to who has been resumed since.
    Object.assign(entry, {
      deviationId: id, size, text: `deviates: ${kind}`, clearSinceMs: Infinity, stopAtMs: nowMs,
      obeyed: track.frame.stopped || this.obeyedElsewhere.get(subjectOf(track.vehicleId, kind)) === id,
    } satisfies Partial<Entry>);
    this.publish(track, kind, entry, 'updated', nowMs);
  }

  private demandStop(track: VehicleTrack, kind: Deviation['kind'], entry: Entry, nowMs: number): void {
    if (!STOPPING.has(kind) || entry.obeyed || nowMs - entry.stopAtMs < STOP_REPEAT_MS) return;
    // Whoever is stopped already need not be stopped for this; whoever is lost is asked once.
    if (track.frame.stopped && entry.stopAtMs !== -Infinity) return;
    if (kind === 'lost' && entry.stopAtMs !== -Infinity) return;
    entry.stopAtMs = nowMs;
    this.line.stop([track.vehicleId], entry.deviationId, `${track.vehicleId} ${entry.text}`.slice(0, 500));
  }

  private publish(track: VehicleTrack, kind: Deviation['kind'], entry: Entry, phase: Deviation['phase'], nowMs: number): void {
    entry.publishedAtMs = nowMs;
    const { frame } = track;
    this.line.deviation({
      deviationId: entry.deviationId, phase, vehicleId: track.vehicleId, kind, size: entry.size, xM: frame.xM, yM: frame.yM,
      observedAtMs: phase === 'closed' || kind === 'lost' || kind === 'suspect' ? nowMs : frame.observedAtMs,
    });
  }

  private entry(vehicleId: string, kind: Deviation['kind'], create: boolean): Entry | undefined {
    let kinds = this.entries.get(vehicleId);
    if (kinds === undefined) {
      if (!create) return undefined;
      kinds = new Map<Deviation['kind'], Entry>();
      this.entries.set(vehicleId, kinds);
    }
    let entry = kinds.get(kind);
    if (entry === undefined && create) {
      kinds.set(kind, entry = {
        overCount: 0, deviationId: '', size: 0, text: '', clearSinceMs: Infinity, publishedAtMs: -Infinity, stopAtMs: -Infinity, obeyed: false,
      });
    }
    return entry;
  }
}

function subjectOf(vehicleId: string, kind: Deviation['kind']): string {
  return `${vehicleId}:${kind}`;
}
