import type { BodyShape } from './body-shape';
import { type PredictedMotion, STRIDE } from './predicted-motion';

/** A body on its way. */
export interface MovingBody {
  readonly shape: BodyShape;
  readonly motion: PredictedMotion;
}

/** Bodies this close touch [m]. */
const TOUCH_M = 1e-5;
/** A pair that is still not decided after so many steps grazes: it is reported as touching there. */
const MAXIMUM_STEPS = 5000;

/**
 * Finds when two moving bodies first touch. Conservative advancement on separating axes: from the axis that separates two parts best at one instant, time
 * advances as far as the parts cannot have met on it, whatever they do in between: their origins' way along the axis is known exactly (linear between samples),
 * and turning moves no point further than radius times angle. So nothing thinner than a sample is skipped, and straight lanes side by side cost one look.
 *
 * Margin: parts touch when they are closer than it along every edge normal. At two corners that face each other this says so up to 0.42 margins early.
 * Error: contact time within 10 ms of stepping by 1 ms through the same motions (`contact-search.spec.ts`). One instance serves one caller at a time; a search
 * allocates nothing.
 * Source: Mirtich, Impulse-based dynamic simulation (1996), section 2.3 (conservative advancement); Ericson, Real-Time Collision Detection (2005), section 5.2.1.
 */
export class ContactSearch {
  /** Where the bodies of the last find touch [m]. */
  contactXM = 0;
  contactYM = 0;
  partA = 0;
  partB = 0;
  // Poses of the two parts at the instant under the glass.
  private ax = 0;
  private ay = 0;
  private aHeadingRad = 0;
  private bx = 0;
  private by = 0;
  private bHeadingRad = 0;
  // Best separating axis there, from a to b, and the point of the one body nearest to the other's edge.
  private gapM = 0;
  private axisX = 0;
  private axisY = 0;
  private nearXM = 0;
  private nearYM = 0;
  // One stretch of both motions, seen along the axis.
  private aStartM = 0;
  private aEndM = 0;
  private aTurnedRad = 0;
  private bStartM = 0;
  private bEndM = 0;
  private bTurnedRad = 0;
  private strayM = 0;

  /**
   * First time within the horizon at which two bodies are closer than the margin.
   *
   * @param aFromS, bFromS which instant of each motion is time 0 of the search, >= 0 [s]
   * @param marginM may be negative: then the bodies must overlap by it [m]
   * @param horizonS finite [s]
   * @returns 0 when they touch already, Infinity when they never do [s]
   */
  firstContactS(a: MovingBody, b: MovingBody, aFromS: number, bFromS: number, marginM: number, horizonS: number): number {
    let bestS = Infinity;
    for (let p = 0; p < a.shape.parts; p += 1) {
      for (let q = 0; q < b.shape.parts; q += 1) {
        const atS = this.partsContactS(a, p, aFromS, b, q, bFromS, marginM, Math.min(horizonS, bestS));
        if (atS >= bestS) continue;
        bestS = atS;
        this.partA = p;
        this.partB = q;
        this.contactXM = this.nearXM;
        this.contactYM = this.nearYM;
        if (atS === 0) return 0;
      }
    }
    return bestS;
  }

  /** How far two bodies are apart at an instant, negative when they overlap [m]; a lower bound of their distance. */
  gapAtM(a: MovingBody, b: MovingBody, aAtS: number, bAtS: number): number {
    let leastM = Infinity;
    for (let p = 0; p < a.shape.parts; p += 1) {
      this.placeA(a.motion, p, aAtS);
      for (let q = 0; q < b.shape.parts; q += 1) {
        this.placeB(b.motion, q, bAtS);
        this.separate(a.shape, p, b.shape, q);
        if (this.gapM < leastM) leastM = this.gapM;
      }
    }
    return leastM;
  }

  private partsContactS(
    a: MovingBody, p: number, aFromS: number, b: MovingBody, q: number, bFromS: number, marginM: number, untilS: number,
  ): number {
    let timeS = 0;
    for (let step = 0; step < MAXIMUM_STEPS; step += 1) {
      this.placeA(a.motion, p, timeS + aFromS);
      this.placeB(b.motion, q, timeS + bFromS);
      this.separate(a.shape, p, b.shape, q);
      const gapM = this.gapM - marginM;
      if (gapM <= TOUCH_M) return timeS;
      timeS = this.apartUntilS(a, p, aFromS, b, q, bFromS, timeS, gapM, untilS);
      if (timeS === Infinity) return Infinity;
    }
    return timeS;
  }

  /**
   * How long two parts surely stay apart on the axis that was found: strides where straight, even moves with their deviation show it, samples elsewhere.
   * Infinity when that is beyond the horizon.
   */
  private apartUntilS(
    a: MovingBody, p: number, aFromS: number, b: MovingBody, q: number, bFromS: number, startS: number, gapM: number, untilS: number,
  ): number {
    const am = a.motion;
    const bm = b.motion;
    const aStrideS = am.stepS * STRIDE;
    const bStrideS = bm.stepS * STRIDE;
    const aRadiusM = a.shape.radiusM[p]!;
    const bRadiusM = b.shape.radiusM[q]!;
    const turnedM = aRadiusM * turnedAt(am, p * am.samples, am.samples - 1, startS + aFromS) + bRadiusM * turnedAt(bm, q * bm.samples, bm.samples - 1, startS + bFromS);
    // Gap at an instant: baseM + axis (b - a) - radius turned.
    const baseM = gapM + turnedM - this.axisX * (this.bx - this.ax) - this.axisY * (this.by - this.ay);
    let aStride = Math.floor((startS + aFromS) / aStrideS);
    let bStride = Math.floor((startS + bFromS) / bStrideS);
    let fromS = startS;
    for (;;) {
      const aEndS = aStride >= am.strides ? Infinity : Math.min((aStride + 1) * STRIDE, am.samples - 1) * am.stepS - aFromS;
      const bEndS = bStride >= bm.strides ? Infinity : Math.min((bStride + 1) * STRIDE, bm.samples - 1) * bm.stepS - bFromS;
      const toS = Math.min(aEndS, bEndS, untilS);
      if (toS > fromS) {
        this.strideM(am, p, aStride, fromS + aFromS, toS + aFromS, 1);
        this.strideM(bm, q, bStride, fromS + bFromS, toS + bFromS, -1);
        const leastM = baseM + Math.min(this.bStartM - this.aStartM, this.bEndM - this.aEndM) - aRadiusM * this.aTurnedRad - bRadiusM * this.bTurnedRad - this.strayM;
        if (leastM <= 0) {
          const apartS = this.apartInStrideS(am, p, aFromS, aRadiusM, bm, q, bFromS, bRadiusM, fromS, toS, baseM);
          if (apartS < Infinity) return apartS;
        }
      }
      if (toS >= untilS) return Infinity;
      if (toS === aEndS) aStride += 1;
      if (toS === bEndS) bStride += 1;
      fromS = toS;
    }
  }

  /** A stretch of one motion as a straight, even move along the axis. @param side 1 for a, -1 for b */
  private strideM(motion: PredictedMotion, part: number, stride: number, fromS: number, toS: number, side: 1 | -1): void {
    const { samples, stepS } = motion;
    const last = part * samples + samples - 1;
    let startM: number;
    let endM: number;
    let turnedRad: number;
    let strayM = 0;
    if (stride >= motion.strides) {
      startM = endM = this.axisX * motion.xM[last]! + this.axisY * motion.yM[last]!;
      turnedRad = motion.turnedRad[last]!;
    } else {
      const first = stride * STRIDE;
      const count = Math.min(STRIDE, samples - 1 - first);
      const at = part * samples + first;
      const beginM = this.axisX * motion.xM[at]! + this.axisY * motion.yM[at]!;
      const wayM = (this.axisX * motion.xM[at + count]! + this.axisY * motion.yM[at + count]! - beginM) / count;
      const toSamples = toS / stepS - first;
      startM = beginM + wayM * (fromS / stepS - first);
      endM = beginM + wayM * toSamples;
      turnedRad = motion.turnedRad[at + Math.min(count, Math.ceil(toSamples - 1e-9))]!;
      strayM = motion.strayM[part * motion.strides + stride]!;
    }
    if (side === 1) {
      this.aStartM = startM;
      this.aEndM = endM;
      this.aTurnedRad = turnedRad;
      this.strayM = strayM;
    } else {
      this.bStartM = startM;
      this.bEndM = endM;
      this.bTurnedRad = turnedRad;
      this.strayM += strayM;
    }
  }

  /** From sample to sample of either motion: the bound of the gap is linear in between. Infinity when they stay apart to the end of the stretch. */
  private apartInStrideS(
    am: PredictedMotion, p: number, aFromS: number, aRadiusM: number, bm: PredictedMotion, q: number, bFromS: number, bRadiusM: number,
    startS: number, endS: number, baseM: number,
  ): number {
    let aNext = Math.floor((startS + aFromS) / am.stepS + 1e-9) + 1;
    let bNext = Math.floor((startS + bFromS) / bm.stepS + 1e-9) + 1;
    let fromS = startS;
    let fromM = this.boundM(am, p, startS + aFromS, aRadiusM, bm, q, startS + bFromS, bRadiusM, baseM);
    for (;;) {
      const aBreakS = aNext * am.stepS - aFromS;
      const bBreakS = bNext * bm.stepS - bFromS;
      const toS = Math.min(aBreakS, bBreakS, endS);
      const toM = this.boundM(am, p, toS + aFromS, aRadiusM, bm, q, toS + bFromS, bRadiusM, baseM);
      // Rounding may show a bound that was above nothing a hair below it.
      if (toM <= 0) return fromM <= 0 ? fromS : fromS + ((toS - fromS) * fromM) / (fromM - toM);
      if (toS >= endS) return Infinity;
      if (toS === aBreakS) aNext += 1;
      if (toS === bBreakS) bNext += 1;
      fromS = toS;
      fromM = toM;
    }
  }

  private boundM(
    am: PredictedMotion, p: number, aAtS: number, aRadiusM: number, bm: PredictedMotion, q: number, bAtS: number, bRadiusM: number, baseM: number,
  ): number {
    return baseM + alongM(bm, q, bAtS, this.axisX, this.axisY, -bRadiusM) - alongM(am, p, aAtS, this.axisX, this.axisY, aRadiusM);
  }

  private placeA(motion: PredictedMotion, part: number, atS: number): void {
    const position = atS / motion.stepS;
    const last = motion.samples - 1;
    const index = Math.min(Math.floor(position), last);
    const i = part * motion.samples + index;
    this.ax = motion.xM[i]!;
    this.ay = motion.yM[i]!;
    this.aHeadingRad = motion.headingRad[i]!;
    if (index === last) return;
    const ratio = position - index;
    this.ax += ratio * (motion.xM[i + 1]! - this.ax);
    this.ay += ratio * (motion.yM[i + 1]! - this.ay);
    this.aHeadingRad += ratio * (motion.headingRad[i + 1]! - this.aHeadingRad);
  }

  private placeB(motion: PredictedMotion, part: number, atS: number): void {
    const position = atS / motion.stepS;
    const last = motion.samples - 1;
    const index = Math.min(Math.floor(position), last);
    const i = part * motion.samples + index;
    this.bx = motion.xM[i]!;
    this.by = motion.yM[i]!;
    this.bHeadingRad = motion.headingRad[i]!;
    if (index === last) return;
    const ratio = position - index;
    this.bx += ratio * (motion.xM[i + 1]! - this.bx);
    this.by += ratio * (motion.yM[i + 1]! - this.by);
    this.bHeadingRad += ratio * (motion.headingRad[i + 1]! - this.bHeadingRad);
  }

  private separate(a: BodyShape, p: number, b: BodyShape, q: number): void {
    const aCos = Math.cos(this.aHeadingRad);
    const aSin = Math.sin(this.aHeadingRad);
    const bCos = Math.cos(this.bHeadingRad);
    const bSin = Math.sin(this.bHeadingRad);
    const dx = this.bx - this.ax;
    const dy = this.by - this.ay;
    // b seen from a: turned by (cos, sin), moved by (x, y); a seen from b is the inverse.
    const cos = aCos * bCos + aSin * bSin;
    const sin = aCos * bSin - aSin * bCos;
    this.gapM = -Infinity;
    if (this.alongEdges(a, p, b, q, cos, sin, dx * aCos + dy * aSin, dy * aCos - dx * aSin)) this.adopt(aCos, aSin, this.ax, this.ay, 1);
    if (this.alongEdges(b, q, a, p, cos, -sin, -dx * bCos - dy * bSin, dx * bSin - dy * bCos)) this.adopt(bCos, bSin, this.bx, this.by, -1);
  }

  /** Looks for an axis among the edge normals of one part that separates better than the best so far. The axis found is in that part's frame. */
  private alongEdges(own: BodyShape, p: number, other: BodyShape, q: number, cos: number, sin: number, xM: number, yM: number): boolean {
    const first = other.offset[q]!;
    const end = other.offset[q + 1]!;
    let found = false;
    for (let edge = own.offset[p]!; edge < own.offset[p + 1]!; edge += 1) {
      const nx = own.normalX[edge]!;
      const ny = own.normalY[edge]!;
      // The axis in the other part's frame, so that its points need no turning.
      const mx = nx * cos + ny * sin;
      const my = ny * cos - nx * sin;
      let leastM = Infinity;
      let nearest = first;
      for (let i = first; i < end; i += 1) {
        const alongM = mx * other.pointXM[i]! + my * other.pointYM[i]!;
        if (alongM < leastM) {
          leastM = alongM;
          nearest = i;
        }
      }
      const gapM = leastM + nx * xM + ny * yM - own.reachM[edge]!;
      if (gapM <= this.gapM) continue;
      found = true;
      this.gapM = gapM;
      this.axisX = nx;
      this.axisY = ny;
      this.nearXM = xM + other.pointXM[nearest]! * cos - other.pointYM[nearest]! * sin;
      this.nearYM = yM + other.pointXM[nearest]! * sin + other.pointYM[nearest]! * cos;
    }
    return found;
  }

  /** Turns what was found in a part's frame into the site frame. */
  private adopt(cos: number, sin: number, xM: number, yM: number, sign: number): void {
    const { axisX, axisY, nearXM, nearYM } = this;
    this.axisX = sign * (axisX * cos - axisY * sin);
    this.axisY = sign * (axisX * sin + axisY * cos);
    this.nearXM = xM + nearXM * cos - nearYM * sin;
    this.nearYM = yM + nearXM * sin + nearYM * cos;
  }
}

function turnedAt(motion: PredictedMotion, at: number, last: number, atS: number): number {
  const position = atS / motion.stepS;
  const index = Math.min(Math.floor(position), last);
  const turned = motion.turnedRad[at + index]!;
  return index === last ? turned : turned + (position - index) * (motion.turnedRad[at + index + 1]! - turned);
}

/** Where a part's origin is along an axis, plus radius times what it has turned [m]. */
function alongM(motion: PredictedMotion, part: number, atS: number, axisX: number, axisY: number, radiusM: number): number {
  const position = atS / motion.stepS;
  const last = motion.samples - 1;
  const index = Math.min(Math.floor(position), last);
  const i = part * motion.samples + index;
  const hereM = axisX * motion.xM[i]! + axisY * motion.yM[i]! + radiusM * motion.turnedRad[i]!;
  if (index === last) return hereM;
  return hereM + (position - index) * (axisX * motion.xM[i + 1]! + axisY * motion.yM[i + 1]! + radiusM * motion.turnedRad[i + 1]! - hereM);
}
