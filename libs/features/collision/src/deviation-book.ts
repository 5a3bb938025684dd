import type { Deviation } from '@quaymaster/messages';
import type { AlarmLine } from './alarm-line.service';
import { boundedId } from './bounded-id';
import type { CollisionCounters } from './collision-counters';
import type { Finding } from './deviation-rules';
import type { VehicleTrack } from './vehicle-track';

const UPDATE_MS = 500;
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

/** Deviations by vehicle and kind, with hysteresis both ways. */
export class DeviationBook {
  private readonly entries = new Map<string, Map<Deviation['kind'], Entry>>();

  constructor(private readonly line: AlarmLine, private readonly counters: CollisionCounters) {}

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

  /** Repeats stops that have shown no effect. */
  repeatStops(track: VehicleTrack, nowMs: number): void {
    const kinds = this.entries.get(track.vehicleId);
    if (kinds === undefined) return;
    for (const [kind, entry] of kinds) if (entry.deviationId !== '') this.demandStop(track, kind, entry, nowMs);
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
