import type { WireFrame } from '@quaymaster/telemetry';
import type { IngestConfig } from './ingest.config';

export type FrameRefusal =
  | 'QM_FRAME_TOO_LARGE' | 'QM_FRAME_MALFORMED' | 'QM_FRAME_VERSION' | 'QM_FRAME_FOREIGN' | 'QM_FRAME_UNKNOWN_VEHICLE' | 'QM_FRAME_RATE' | 'QM_FRAME_NOT_FINITE'
  | 'QM_FRAME_OUT_OF_AREA' | 'QM_FRAME_SPEED' | 'QM_FRAME_FUTURE' | 'QM_FRAME_LATE' | 'QM_FRAME_DUPLICATE' | 'QM_FRAME_TELEPORT' | 'QM_FRAME_FIELD' | 'QM_FRAME_RETAINED';

export interface Refused { readonly code: FrameRefusal; readonly because: string }

interface LastFrame { readonly bootId: number; readonly sequence: number; readonly observedAtMs: number; readonly xM: number; readonly yM: number }
interface Bucket { tokens: number; filledAtMs: number }

const TELEPORT_SLACK_M = 5;
/** After a gap this long a vehicle may have been carried: its place is believed again [ms]. */
const TELEPORT_WINDOW_MS = 10_000;

const refuse = (code: FrameRefusal, because: string): Refused => ({ code, because });

/**
 * Judges each frame of each vehicle by what was accepted before: order by (bootId, sequence), plausible motion, bounded rate. Never throws.
 */
export class FrameGate {
  private readonly last = new Map<string, LastFrame>();
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly boundsM: readonly [number, number, number, number], private readonly config: IngestConfig) {}

  /** Null when the vehicle has a token for one more frame. */
  admit(vehicleId: string, monotonicMs: number): Refused | null {
    const { rateHz, burst } = this.config;
    let bucket = this.buckets.get(vehicleId);
    if (bucket === undefined) this.buckets.set(vehicleId, bucket = { tokens: burst, filledAtMs: monotonicMs });
    bucket.tokens = Math.min(burst, bucket.tokens + ((monotonicMs - bucket.filledAtMs) / 1000) * rateHz);
    bucket.filledAtMs = monotonicMs;
    if (bucket.tokens < 1) return refuse('QM_FRAME_RATE', `more than ${rateHz} frames a second`);
    bucket.tokens -= 1;
    return null;
  }

  /** Null when the frame may be used, as far as the gate can tell. Remembers nothing: a frame that is refused elsewhere must not count as seen. */
  judge(frame: WireFrame, nowMs: number): Refused | null {
    return this.judgeFields(frame, nowMs) ?? this.judgeOrder(frame);
  }

  /** A frame that was judged well has been used: it is the newest of its vehicle. */
  accept({ vehicleId, bootId, sequence, observedAtMs, xM, yM }: WireFrame): void {
    this.last.set(vehicleId, { bootId, sequence, observedAtMs, xM, yM });
  }

  private judgeFields(frame: WireFrame, nowMs: number): Refused | null {
    const numbers: readonly (readonly [string, number])[] = [
      ['xM', frame.xM], ['yM', frame.yM], ['headingRad', frame.headingRad], ['speedMps', frame.speedMps], ['accelerationMps2', frame.accelerationMps2],
      ['yawRateRadPs', frame.yawRateRadPs], ['positionSigmaM', frame.positionSigmaM], ['routeSM', frame.routeSM], ['releasedToSM', frame.releasedToSM],
      ...frame.hitchAnglesRad.map((angle, i) => [`hitchAnglesRad[${i}]`, angle] as const),
      ...frame.objects.flatMap((object, i) => [...object.polygonM, object.vxMps, object.vyMps].map((value) => [`objects[${i}]`, value] as const)),
    ];
    const broken = numbers.find(([, value]) => !Number.isFinite(value));
    if (broken !== undefined) return refuse('QM_FRAME_NOT_FINITE', `${broken[0]} is ${broken[1]}`);
    const { borderM, maxSpeedMps, futureMs } = this.config;
    const [minXM, minYM, maxXM, maxYM] = this.boundsM;
    if (frame.xM < minXM - borderM || frame.xM > maxXM + borderM || frame.yM < minYM - borderM || frame.yM > maxYM + borderM) {
      return refuse('QM_FRAME_OUT_OF_AREA', `(${frame.xM.toFixed(1)}, ${frame.yM.toFixed(1)}) is more than ${borderM} m outside the map`);
    }
    if (Math.abs(frame.speedMps) > maxSpeedMps) return refuse('QM_FRAME_SPEED', `${frame.speedMps} m/s is over ${maxSpeedMps} m/s`);
    if (frame.observedAtMs - nowMs > futureMs) return refuse('QM_FRAME_FUTURE', `observed ${frame.observedAtMs - nowMs} ms after now`);
    if (frame.positionSigmaM < 0) return refuse('QM_FRAME_FIELD', `positionSigmaM is ${frame.positionSigmaM}`);
    if (frame.hitchAnglesRad.length > 3 || frame.objects.length > 64 || frame.errors.length > 16) return refuse('QM_FRAME_FIELD', 'more hitches, objects or errors than a vehicle has');
    return null;
  }

  private judgeOrder(frame: WireFrame): Refused | null {
    const last = this.last.get(frame.vehicleId);
    if (last === undefined || frame.bootId > last.bootId) return null;
    if (frame.bootId < last.bootId) return refuse('QM_FRAME_LATE', `boot ${frame.bootId} is over, ${last.bootId} is running`);
    if (frame.sequence === last.sequence) return refuse('QM_FRAME_DUPLICATE', `sequence ${frame.sequence} came before`);
    if (frame.sequence < last.sequence) return refuse('QM_FRAME_LATE', `sequence ${frame.sequence} after ${last.sequence}`);
    const elapsedMs = frame.observedAtMs - last.observedAtMs;
    const movedM = Math.hypot(frame.xM - last.xM, frame.yM - last.yM);
    const reachM = (this.config.maxSpeedMps * Math.max(0, elapsedMs)) / 1000 + TELEPORT_SLACK_M;
    if (elapsedMs < TELEPORT_WINDOW_MS && movedM > reachM) return refuse('QM_FRAME_TELEPORT', `${movedM.toFixed(1)} m in ${elapsedMs} ms`);
    return null;
  }
}
