import { brakingDistanceM } from '@quaymaster/motion';
import { SAMPLE_S, type VehicleTrack } from './vehicle-track';

/** A vehicle that stands and has no permission worth the name may still close up so far [m]. */
const STANDING_M = 1;
/** What a vehicle beside its path moves more than it drives while it returns, beside twice its distance from the path [m]. */
const SLACK_M = 2;

/**
 * How far any point of a vehicle's foreseen motion is at most from where its guided point is now [m]. A bound that costs next to nothing: with it a motion need not
 * be rolled out to know that it matters to nobody here. `reach.spec.ts` holds it against the motions themselves.
 *
 * @param lateralM how far a vehicle may be beside its path and still follow it
 */
export function reachM(track: VehicleTrack, lateralM: number): number {
  const { model, shape } = track;
  if (model === null || shape === null) return 0;
  let bodyM = 0;
  let originM = 0;
  for (let part = 0; part < shape.parts; part += 1) {
    if (part > 0) originM += Math.abs(model.parts[part - 1]!.hitchForwardM);
    bodyM = Math.max(bodyM, originM + shape.radiusM[part]!);
  }
  return travelM(track) + bodyM + 2 * lateralM + SLACK_M;
}

function travelM(track: VehicleTrack): number {
  const { frame, model, progressSM } = track;
  const { maximumSpeedMps, accelerationMps2, brakingMps2 } = model!;
  const speedMps = Math.abs(frame.speedMps);
  if (!track.byHand) {
    if (frame.stopped) return brakingDistanceM(speedMps, brakingMps2);
    if (track.stands && !track.mayMove) return STANDING_M;
  }
  const durationS = (progressSM.length - 1) * SAMPLE_S;
  const gainMps2 = Math.max(accelerationMps2, Math.abs(frame.accelerationMps2));
  return Math.min(Math.max(speedMps, maximumSpeedMps) * durationS, speedMps * durationS + 0.5 * gainMps2 * durationS * durationS);
}
