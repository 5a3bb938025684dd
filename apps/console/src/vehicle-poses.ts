import { normalizeAngleRad } from '@quaymaster/geometry';
import { type PositionSink, readPositions } from './position-reader';

/** Numbers kept of a pose: x [m], y [m], heading [rad], then up to three hitch angles [rad]. */
export const POSE_STRIDE = 6;
const MAX_HITCHES = POSE_STRIDE - 3;
/** A vehicle that moved further than this between two reports did not drive there [m]. */
const JUMP_M = 40;
/** Drawn a little slower than reported, so that a message which comes late does not make the fleet stutter. */
const SLACK = 1.2;
const SHORTEST_MS = 40;
/** Reports further apart than this are no stream; what comes after such a pause is shown as fast as one of a stream of 10 Hz [ms]. */
const PAUSE_MS = 1100;
const AFTER_PAUSE_MS = 120;

/**
 * Where every vehicle of the roster is drawn. Between two reports the drawn pose glides from where it was drawn to where it was reported; it never runs
 * ahead of a report, so a silent vehicle stands still on the screen. Row n belongs to roster number n.
 */
export class VehiclePoses implements PositionSink {
  /** Drawn poses, `POSE_STRIDE` numbers a vehicle. */
  shown = new Float64Array(0);
  speedMps = new Float32Array(0);
  /** When the last report came in, in the clock of `receive` and `advance`; 0 for a vehicle that has not reported on this connection [ms]. */
  reportedAtMs = new Float64Array(0);
  stopped = new Uint8Array(0);
  online = new Uint8Array(0);
  /** Grows with each report, so that a reader can tell whether anything came. */
  reports = 0;

  private from = new Float64Array(0);
  private to = new Float64Array(0);
  private startMs = new Float64Array(0);
  private durationMs = new Float64Array(0);
  private settlesAtMs = 0;
  private receivedMs = 0;

  /** Number of rows in use. */
  count = 0;

  clear(): void {
    this.count = 0;
    this.reportedAtMs.fill(0);
    this.settlesAtMs = 0;
  }

  /** Makes room for a roster of this many vehicles. */
  reserve(count: number): void {
    if (count > this.count) this.count = count;
    if (count <= this.reportedAtMs.length) return;
    const capacity = Math.max(64, 2 * this.reportedAtMs.length, count);
    this.shown = grown(this.shown, new Float64Array(capacity * POSE_STRIDE));
    this.from = grown(this.from, new Float64Array(capacity * POSE_STRIDE));
    this.to = grown(this.to, new Float64Array(capacity * POSE_STRIDE));
    this.startMs = grown(this.startMs, new Float64Array(capacity));
    this.durationMs = grown(this.durationMs, new Float64Array(capacity));
    this.reportedAtMs = grown(this.reportedAtMs, new Float64Array(capacity));
    this.speedMps = grown(this.speedMps, new Float32Array(capacity));
    this.stopped = grown(this.stopped, new Uint8Array(capacity));
    this.online = grown(this.online, new Uint8Array(capacity));
  }

  /** @throws RangeError when the bytes are not a positions message */
  receive(bytes: ArrayBuffer, nowMs: number): void {
    this.receivedMs = nowMs;
    readPositions(bytes, this);
    this.reports += 1;
  }

  put(
    number: number, xM: number, yM: number, headingRad: number, speedMps: number, stopped: boolean, online: boolean, view: DataView, hitchAt: number, hitches: number,
  ): void {
    this.reserve(number + 1);
    const nowMs = this.receivedMs;
    const sinceMs = nowMs - this.reportedAtMs[number]!;
    const isNew = this.reportedAtMs[number] === 0;
    this.glide(number, nowMs);
    const at = number * POSE_STRIDE;
    const { from, to, shown } = this;
    to[at] = xM;
    to[at + 1] = yM;
    to[at + 2] = headingRad;
    for (let k = 0; k < MAX_HITCHES; k += 1) to[at + 3 + k] = k < hitches ? view.getFloat32(hitchAt + 4 * k, true) : 0;
    if (isNew || Math.hypot(xM - shown[at]!, yM - shown[at + 1]!) > JUMP_M) for (let k = at; k < at + POSE_STRIDE; k += 1) shown[k] = to[k]!;
    for (let k = at; k < at + POSE_STRIDE; k += 1) from[k] = shown[k]!;
    this.startMs[number] = nowMs;
    const durationMs = isNew ? 0 : sinceMs > PAUSE_MS ? AFTER_PAUSE_MS : Math.max(SHORTEST_MS, sinceMs * SLACK);
    this.durationMs[number] = durationMs;
    if (hasMoved(from, to, at)) this.settlesAtMs = Math.max(this.settlesAtMs, nowMs + durationMs);
    this.speedMps[number] = speedMps;
    this.stopped[number] = stopped ? 1 : 0;
    this.online[number] = online ? 1 : 0;
    this.reportedAtMs[number] = nowMs;
  }

  /** Brings the drawn poses to an instant. @returns true while some vehicle is still gliding */
  advance(nowMs: number): boolean {
    for (let number = 0; number < this.count; number += 1) if (this.reportedAtMs[number] !== 0) this.glide(number, nowMs);
    return nowMs < this.settlesAtMs;
  }

  private glide(number: number, nowMs: number): void {
    const { from, to, shown } = this;
    const durationMs = this.durationMs[number]!;
    const ratio = durationMs === 0 ? 1 : Math.min(1, Math.max(0, (nowMs - this.startMs[number]!) / durationMs));
    const at = number * POSE_STRIDE;
    shown[at] = from[at]! + ratio * (to[at]! - from[at]!);
    shown[at + 1] = from[at + 1]! + ratio * (to[at + 1]! - from[at + 1]!);
    for (let k = at + 2; k < at + POSE_STRIDE; k += 1) shown[k] = from[k]! + ratio * normalizeAngleRad(to[k]! - from[k]!);
  }
}

function hasMoved(from: Float64Array, to: Float64Array, at: number): boolean {
  for (let k = at; k < at + POSE_STRIDE; k += 1) if (Math.abs(to[k]! - from[k]!) > 1e-4) return true;
  return false;
}

function grown<T extends Float64Array | Float32Array | Uint8Array>(old: T, fresh: T): T {
  fresh.set(old);
  return fresh;
}
