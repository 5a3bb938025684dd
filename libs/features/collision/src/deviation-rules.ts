import type { Deviation } from '@quaymaster/messages';
import { brakingDistanceM } from '@quaymaster/motion';
import type { CollisionConfig } from './collision.config';
import type { Ground } from './ground';
import { MotionForecast, STOP_TOLERANCE_M } from './motion-forecast';
import { STANDSTILL_MPS, type VehicleTrack } from './vehicle-track';

/** What one frame says about one kind of deviation. */
export interface Finding {
  readonly kind: Deviation['kind'];
  /** In the kind's unit. */
  readonly size: number;
  readonly is: 'over' | 'near' | 'clear';
  /** Frames in a row that must say `over` before it counts. */
  readonly frames: number;
  readonly text: string;
}

/** An open deviation is over when it is below this share of its limit. */
const CLEAR_RATIO = 0.8;
const BEYOND_RELEASE_M = 0.5;
/** Vehicles brake a little harder than in service when they must [ratio]. */
const HARD_RATIO = 1.1;
/** A body this near its path is where the map's own path puts it: it cannot have left the surface [m]. */
const ON_PATH_M = 0.5;

/** Judges a vehicle's newest frame against its plan, its permission and the map. */
export class DeviationRules {
  constructor(private readonly config: CollisionConfig, private readonly ground: Ground) {}

  judge(track: VehicleTrack, into: (finding: Finding) => void): void {
    // A person who drives answers for the way; what is open stays open until it is put right.
    const place = track.byHand ? (finding: Finding): void => { into(keptOnly(finding)); } : into;
    this.judgePlace(track, place);
    // One that is being stopped can do no more about its permission.
    this.judgeRelease(track, track.byHand || track.frame.stopped ? (finding) => { into(keptOnly(finding)); } : into);
    this.judgeSpeed(track, into);
  }

  private judgePlace(track: VehicleTrack, into: (finding: Finding) => void): void {
    const { lateralM, headingRad, surfaceRatio } = this.config;
    const { onPlan, frame, model } = track;
    const besideM = onPlan === null ? 0 : Math.abs(onPlan.lateralM);
    const turnedRad = onPlan === null ? 0 : Math.abs(onPlan.headingErrorRad);
    into({ kind: 'lateral', size: besideM, is: level(besideM, lateralM), frames: 1, text: `is ${besideM.toFixed(1)} m beside its route` });
    into({ kind: 'heading', size: turnedRad, is: level(turnedRad, headingRad), frames: 2, text: `is turned ${turnedRad.toFixed(2)} rad against its route` });
    if (model === null || track.stands) return;
    const followsPath = onPlan !== null && besideM < ON_PATH_M && turnedRad < headingRad / 2;
    const shareRatio = followsPath || this.ground.isInSlot(frame, model) ? 1 : this.ground.surfaceShareRatio(frame, model);
    const offRatio = 1 - shareRatio;
    into({
      kind: 'off-surface', size: offRatio, is: level(offRatio, 1 - surfaceRatio), frames: 2, text: `is with ${offRatio.toFixed(2)} of its body off the road`,
    });
  }

  private judgeRelease(track: VehicleTrack, into: (finding: Finding) => void): void {
    const { frame, model } = track;
    if (model === null) return;
    const leftM = frame.routeId === '' ? Infinity : track.permittedToSM - frame.routeSM;
    const overrunM = brakingDistanceM(frame.speedMps, model.brakingMps2 * HARD_RATIO) - leftM;
    const isBeyond = -leftM > BEYOND_RELEASE_M && frame.speedMps > STANDSTILL_MPS;
    const cannotStop = MotionForecast.overruns(frame.speedMps, model.brakingMps2 * HARD_RATIO, leftM, STOP_TOLERANCE_M);
    const size = Math.max(0, -leftM, frame.speedMps > STANDSTILL_MPS ? overrunM : 0);
    into({
      kind: 'release-violation', size, is: isBeyond || cannotStop ? 'over' : -leftM > BEYOND_RELEASE_M * CLEAR_RATIO ? 'near' : 'clear',
      frames: isBeyond ? 1 : 2, text: isBeyond ? `is ${(-leftM).toFixed(1)} m beyond its permission` : `cannot stop before ${overrunM.toFixed(1)} m beyond its permission`,
    });
  }

  private judgeSpeed(track: VehicleTrack, into: (finding: Finding) => void): void {
    const { frame, onPlan, model } = track;
    const legalMps = onPlan === null ? this.ground.limitMps(frame) : onPlan.plan.limitAtMps(onPlan.sM);
    const overMps = Math.abs(frame.speedMps) - Math.min(legalMps, model?.maximumSpeedMps ?? Infinity);
    const size = Math.max(0, overMps);
    into({ kind: 'overspeed', size, is: level(size, this.config.overspeedMps), frames: 2, text: `is ${size.toFixed(1)} m/s too fast` });
  }
}

/** Keeps a deviation open but opens none. */
function keptOnly(finding: Finding): Finding {
  return finding.is === 'over' ? { ...finding, is: 'near' } : finding;
}

function level(size: number, limit: number): Finding['is'] {
  if (size > limit) return 'over';
  return size > limit * CLEAR_RATIO ? 'near' : 'clear';
}
