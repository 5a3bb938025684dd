import { type Polyline, stretchAt } from '@quaymaster/geometry';
import { brakingDistanceM } from '@quaymaster/motion';
import { MotionForecast, STOP_TOLERANCE_M } from './motion-forecast';
import { SAMPLE_S, type VehicleTrack } from './vehicle-track';

/** A vehicle that stands and has no permission worth the name may still close up so far [m]. */
const STANDING_M = 1;
/** Steps of a rolled out motion may end so far beyond the point that they aim at [m]. */
const STEP_M = 0.2;

/**
 * A box that holds all that a vehicle is foreseen to sweep over, and a lost one's body too. It costs a small part of rolling the motion out: who knows the box
 * need not roll out what matters to nobody here. `reach.spec.ts` holds it against the motions themselves.
 *
 * @param track placed beside its plan by `MotionForecast.place`
 * @param out receives the least x and y and the greatest x and y [m]; an empty box while the vehicle's model is unknown
 */
export function reachBox(track: VehicleTrack, out: Float64Array): void {
  const { frame, model, shape, onPlan } = track;
  out.fill(Infinity, 0, 2).fill(-Infinity, 2, 4);
  if (model === null || shape === null) return;
  const wayM = travelM(track);
  let marginM = 0;
  let originM = 0;
  for (let part = 0; part < shape.parts; part += 1) {
    if (part > 0) originM += Math.abs(model.parts[part - 1]!.hitchForwardM);
    marginM = Math.max(marginM, originM + shape.radiusM[part]!);
  }
  if (track.followsPlan) {
    const { plan: { path }, sM, besideM } = onPlan!;
    // It returns to its path from where it is: what it is beside it turns with the path, and only gets less.
    marginM += besideM;
    const last = stretchAt(path.sM, sM + wayM);
    includeAt(out, path, sM);
    for (let i = stretchAt(path.sM, sM) + 1; i <= last; i += 1) include(out, path.xyM[2 * i]!, path.xyM[2 * i + 1]!);
    includeAt(out, path, sM + wayM);
  } else {
    include(out, frame.xM, frame.yM);
    marginM += wayM;
  }
  out[0]! -= marginM;
  out[1]! -= marginM;
  out[2]! += marginM;
  out[3]! += marginM;
}

/** How far it is foreseen to drive at most [m]. */
function travelM(track: VehicleTrack): number {
  const { frame, model, progressSM } = track;
  const { maximumSpeedMps, accelerationMps2, brakingMps2 } = model!;
  const speedMps = Math.abs(frame.speedMps);
  const stoppingM = brakingDistanceM(speedMps, brakingMps2);
  const durationS = (progressSM.length - 1) * SAMPLE_S;
  const gainMps2 = Math.max(accelerationMps2, Math.abs(frame.accelerationMps2));
  const freeM = Math.min(Math.max(speedMps, maximumSpeedMps) * durationS, speedMps * durationS + 0.5 * gainMps2 * durationS * durationS);
  if (track.byHand) return freeM;
  if (frame.stopped) return stoppingM;
  if (track.stands && !track.mayMove) return Math.min(STANDING_M, freeM);
  const leftM = track.permittedToSM - frame.routeSM;
  const keepsPermission = track.followsPlan && !MotionForecast.overruns(frame.speedMps, brakingMps2, leftM, STOP_TOLERANCE_M);
  return keepsPermission ? Math.min(freeM, Math.max(leftM, stoppingM) + STEP_M) : freeM;
}

function includeAt(out: Float64Array, { xyM, sM }: Polyline, atSM: number): void {
  const i = stretchAt(sM, atSM);
  const share = Math.min(1, Math.max(0, (atSM - sM[i]!) / (sM[i + 1]! - sM[i]!)));
  include(out, xyM[2 * i]! + share * (xyM[2 * i + 2]! - xyM[2 * i]!), xyM[2 * i + 1]! + share * (xyM[2 * i + 3]! - xyM[2 * i + 1]!));
}

function include(out: Float64Array, xM: number, yM: number): void {
  if (xM < out[0]!) out[0] = xM;
  if (yM < out[1]!) out[1] = yM;
  if (xM > out[2]!) out[2] = xM;
  if (yM > out[3]!) out[3] = yM;
}
