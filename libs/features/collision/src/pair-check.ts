import { type BodyShape, ContactSearch, createBodyShape, type MovingBody, type PredictedMotion } from '@quaymaster/motion';
import type { CollisionConfig } from './collision.config';
import type { MotionForecast } from './motion-forecast';
import { newMotion, type VehicleTrack } from './vehicle-track';

/** A position's doubt counts up to this [m]: a vehicle that knows less of where it is must be stopped for other reasons. */
const SIGMA_CAP_M = 0.5;
/** Change of speed that nobody foresees between two frames [m/s²]; doubt grows with it over a frame's age. */
const UNFORESEEN_MPS2 = 0.5;
const AGE_CAP_S = 1;
/** Bodies that stand closer than the margin already touch when they come this much nearer [m]. */
const NEARER_M = 0.05;

const NO_SHAPE = createBodyShape([]);

/** One side of a pair: a vehicle, or an object that moves straight. */
export interface PairSide {
  readonly body: MovingBody;
  readonly bodyAtMs: number;
  readonly sigmaM: number;
  /** The vehicle that could brake, null for what nobody can ask to. */
  readonly track: VehicleTrack | null;
}

/**
 * Looks for the first contact of two bodies on their foreseen motions and judges whether stopping can wait. The answer is in the fields; nothing is allocated.
 *
 * `imminent`: a way out that is open now (one of the two brakes, or both) would be closed if the demand were made one latency later, or none is left that
 * braking both could keep open. So a stop is demanded while either vehicle alone can still avoid the contact by its service braking, and even a deaf one
 * is not hit. Source of the idea: Shalev-Shwartz et al., On a formal model of safe and scalable self-driving cars (2017), with the distances found by the
 * contact search on the vehicles' own paths in place of its closed formulas.
 */
export class PairCheck {
  timeToContactS = Infinity;
  imminent = false;
  xM = 0;
  yM = 0;
  private readonly search = new ContactSearch();
  private readonly bodyA: { shape: BodyShape; readonly motion: PredictedMotion };
  private readonly bodyB: { shape: BodyShape; readonly motion: PredictedMotion };
  private marginM = 0;

  constructor(private readonly forecast: MotionForecast, private readonly config: CollisionConfig, samples: number) {
    this.bodyA = { shape: NO_SHAPE, motion: newMotion(samples) };
    this.bodyB = { shape: NO_SHAPE, motion: newMotion(samples) };
  }

  /**
   * @param baseMs instant from which contact is looked for; not before either body's newest report
   * @param nowMs instant of the decision
   */
  examine(a: PairSide, b: PairSide, baseMs: number, nowMs: number): void {
    this.timeToContactS = Infinity;
    this.imminent = false;
    // What walks up to a vehicle that stands is for nobody to stop.
    if (!drives(a) && !drives(b)) return;
    const aFromS = Math.max(0, baseMs - a.bodyAtMs) / 1000;
    const bFromS = Math.max(0, baseMs - b.bodyAtMs) / 1000;
    this.marginM = this.config.marginM + doubtM(a, aFromS) + doubtM(b, bFromS);
    let contactS = this.contactS(a.body, b.body, aFromS, bFromS);
    if (contactS === 0) {
      const gapM = this.search.gapAtM(a.body, b.body, aFromS, bFromS);
      if (gapM > 0) {
        this.marginM = Math.max(0, gapM - NEARER_M);
        contactS = this.contactS(a.body, b.body, aFromS, bFromS);
      }
    }
    if (contactS === Infinity) return;
    this.timeToContactS = contactS;
    this.xM = this.search.contactXM;
    this.yM = this.search.contactYM;
    const lagS = Math.max(0, nowMs - baseMs) / 1000;
    this.imminent = this.cannotWait(a, b, aFromS, bFromS, lagS);
  }

  private cannotWait(a: PairSide, b: PairSide, aFromS: number, bFromS: number, lagS: number): boolean {
    const { latencyS } = this.config;
    const canA = a.track !== null && canYield(a.track);
    const canB = b.track !== null && canYield(b.track);
    const soonS = lagS + latencyS;
    const laterS = soonS + latencyS;
    // Each way out: closed later although open soon; and what braking all of them brings, later.
    if (this.touches(a, b, aFromS, bFromS, canA ? laterS : Infinity, canB ? laterS : Infinity)) return true;
    if (!canA || !canB) return false;
    return this.closes(a, b, aFromS, bFromS, soonS, laterS, true) || this.closes(a, b, aFromS, bFromS, soonS, laterS, false);
  }

  private closes(a: PairSide, b: PairSide, aFromS: number, bFromS: number, soonS: number, laterS: number, first: boolean): boolean {
    const open = !this.touches(a, b, aFromS, bFromS, first ? soonS : Infinity, first ? Infinity : soonS);
    return open && this.touches(a, b, aFromS, bFromS, first ? laterS : Infinity, first ? Infinity : laterS);
  }

  /** Whether they touch when each brakes so long after the base; Infinity for not at all. */
  private touches(a: PairSide, b: PairSide, aFromS: number, bFromS: number, aDelayS: number, bDelayS: number): boolean {
    return this.contactS(this.braked(a, aFromS, aDelayS, this.bodyA), this.braked(b, bFromS, bDelayS, this.bodyB), aFromS, bFromS) < Infinity;
  }

  private braked(side: PairSide, fromS: number, delayS: number, into: { shape: BodyShape; readonly motion: PredictedMotion }): MovingBody {
    if (delayS === Infinity || side.track === null) return side.body;
    this.forecast.foreseeBraking(side.track, fromS + delayS, into.motion);
    into.shape = side.body.shape;
    return into;
  }

  private contactS(a: MovingBody, b: MovingBody, aFromS: number, bFromS: number): number {
    return this.search.firstContactS(a, b, aFromS, bFromS, this.marginM, this.config.horizonS);
  }
}

function drives(side: PairSide): boolean {
  return side.track !== null && side.body.motion.moves;
}

/** A vehicle that is told to stop would change something. */
function canYield(track: VehicleTrack): boolean {
  return !track.lost && (!track.frame.stopped || track.byHand) && track.motion.moves;
}

function doubtM(side: PairSide, ageS: number): number {
  const age = side.body.motion.moves ? Math.min(ageS, AGE_CAP_S) : 0;
  return Math.min(side.sigmaM, SIGMA_CAP_M) + 0.5 * UNFORESEEN_MPS2 * age * age;
}
