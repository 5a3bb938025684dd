import type { ConvexPiece, SampledBody, SampledPart } from './sampled-body';

/** Closed polygons that are no further apart touch: what is left of the arithmetic on coordinates of a site [m]. */
const TOUCH_M = 1e-9;
/** The same for coordinates far from the origin, as a part of them: some units in the last place. */
const TOUCH_RATIO = 1e-15;
/** A pair that is still not decided after so many steps within one stretch grazes, and is taken to touch. */
const MOST_STEPS = 20_000;

/** One piece on a stretch of even motion. */
class Moving {
  part!: SampledPart;
  piece!: ConvexPiece;
  // At the start of the stretch, and per second.
  fromS = 0;
  baseXM = 0;
  baseYM = 0;
  baseRad = 0;
  xMps = 0;
  yMps = 0;
  radPerS = 0;
  // Now.
  xM = 0;
  yM = 0;
  cos = 1;
  sin = 0;

  /** @param i sample at which the stretch begins; at the last one the part stands */
  setStretch(tS: Float64Array, i: number): void {
    const { xM, yM, headingRad } = this.part;
    this.fromS = tS[i]!;
    this.baseXM = xM[i]!;
    this.baseYM = yM[i]!;
    this.baseRad = headingRad[i]!;
    const lengthS = i + 1 < tS.length ? tS[i + 1]! - tS[i]! : Infinity;
    this.xMps = i + 1 < tS.length ? (xM[i + 1]! - xM[i]!) / lengthS : 0;
    this.yMps = i + 1 < tS.length ? (yM[i + 1]! - yM[i]!) / lengthS : 0;
    this.radPerS = i + 1 < tS.length ? (headingRad[i + 1]! - headingRad[i]!) / lengthS : 0;
  }

  moveTo(atS: number): void {
    const sinceS = atS - this.fromS;
    this.xM = this.baseXM + this.xMps * sinceS;
    this.yM = this.baseYM + this.yMps * sinceS;
    const headingRad = this.baseRad + this.radPerS * sinceS;
    this.cos = Math.cos(headingRad);
    this.sin = Math.sin(headingRad);
  }
}

/**
 * First contact of two sampled bodies, exactly: no step is taken that is not proved to be free.
 *
 * Seen from one piece, every corner of the other is on a path whose place and speed are known and whose acceleration is bounded while both move evenly. So
 * each edge of the piece that separates the two does so at least until the earliest time at which a corner could have come to it; time advances to where the
 * best edge of either piece no longer proves anything. Where nothing turns the bound is exact and a few steps decide; where something turns the steps shrink
 * only with the square root of the gap. One instance serves one caller at a time; a search allocates nothing.
 *
 * Error: contacts are reported where the gap along every edge normal is at most 1e-9 m (more beyond 10^6 m from the origin); corners that pass each other
 * closer than that count.
 * Source: conservative advancement after Mirtich, Impulse-based dynamic simulation (1996), 2.3, with a bound of second order in the moving frame.
 */
export class SampledContact {
  /** A point of both bodies at the contact that was found last [m]. */
  pointXM = 0;
  pointYM = 0;
  private readonly a = new Moving();
  private readonly b = new Moving();
  private gapM = 0;
  private touchM = TOUCH_M;
  private clipFrom = new Float64Array(64);
  private clipTo = new Float64Array(64);

  /**
   * @param fromS, toS closed window; both bodies exist throughout it [s]
   * @returns Infinity when they do not touch in it [s]
   */
  firstContactS(a: SampledBody, b: SampledBody, fromS: number, toS: number): number {
    let bestS = Infinity;
    for (const partA of a.parts) {
      for (const partB of b.parts) {
        for (const pieceA of partA.pieces) {
          for (const pieceB of partB.pieces) {
            this.a.part = partA;
            this.b.part = partB;
            this.a.piece = pieceA;
            this.b.piece = pieceB;
            const atS = this.piecesContactS(a.tS, b.tS, fromS, Math.min(toS, bestS));
            if (atS >= bestS) continue;
            bestS = atS;
            this.findPoint();
            if (bestS === fromS) return bestS;
          }
        }
      }
    }
    return bestS;
  }

  private piecesContactS(aTimes: Float64Array, bTimes: Float64Array, fromS: number, toS: number): number {
    const { a, b } = this;
    let i = sampleAt(aTimes, fromS);
    let k = sampleAt(bTimes, fromS);
    let atS = fromS;
    for (;;) {
      a.setStretch(aTimes, i);
      b.setStretch(bTimes, k);
      const aEndS = i + 1 < aTimes.length ? aTimes[i + 1]! : Infinity;
      const bEndS = k + 1 < bTimes.length ? bTimes[k + 1]! : Infinity;
      const endS = Math.min(aEndS, bEndS, toS);
      const foundS = this.circlesStayApart(atS, endS) ? Infinity : this.stretchContactS(atS, endS);
      if (foundS < Infinity) return foundS;
      if (endS >= toS) return Infinity;
      if (aEndS === endS) i += 1;
      if (bEndS === endS) k += 1;
      atS = endS;
    }
  }

  /** True when the circles round the two pieces do not meet: their middles approach each other evenly. */
  private circlesStayApart(fromS: number, toS: number): boolean {
    const { a, b } = this;
    const x = b.baseXM - a.baseXM + b.xMps * (fromS - b.fromS) - a.xMps * (fromS - a.fromS);
    const y = b.baseYM - a.baseYM + b.yMps * (fromS - b.fromS) - a.yMps * (fromS - a.fromS);
    const dx = (b.xMps - a.xMps) * (toS - fromS);
    const dy = (b.yMps - a.yMps) * (toS - fromS);
    const length2 = dx * dx + dy * dy;
    const ratio = length2 > 0 ? Math.min(1, Math.max(0, -(x * dx + y * dy) / length2)) : 0;
    const nearX = x + ratio * dx;
    const nearY = y + ratio * dy;
    // A hair wider, for what rounding makes of coordinates far from the origin.
    const reachM = a.piece.radiusM + b.piece.radiusM + 1e-6;
    return nearX * nearX + nearY * nearY > reachM * reachM;
  }

  /** The stretch is closed: its end is looked at as well, unless it is shown to be free. */
  private stretchContactS(fromS: number, toS: number): number {
    const { a, b } = this;
    let atS = fromS;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      a.moveTo(atS);
      b.moveTo(atS);
      this.gapM = -Infinity;
      this.touchM = Math.max(TOUCH_M, TOUCH_RATIO * Math.max(Math.abs(a.xM), Math.abs(a.yM), Math.abs(b.xM), Math.abs(b.yM)));
      const leftS = toS - atS;
      const freeS = Math.max(this.freeS(a, b, leftS), this.freeS(b, a, leftS));
      if (this.gapM <= this.touchM) return atS;
      if (freeS > leftS) return Infinity;
      const nextS = Math.min(toS, atS + freeS);
      // Time has no finer steps: what is left of the gap is less than the clock can tell.
      if (nextS === atS) return atS;
      atS = nextS;
    }
    return atS;
  }

  /** For how long the best edge of one piece surely keeps the other away, at least; 0 when none does. Raises `gapM` to the greatest gap found. */
  private freeS(own: Moving, other: Moving, leftS: number): number {
    const { normals, reachM } = own.piece;
    const { xyM, radiusM } = other.piece;
    const dx = other.xM - own.xM;
    const dy = other.yM - own.yM;
    const vx = other.xMps - own.xMps;
    const vy = other.yMps - own.yMps;
    const cos = own.cos * other.cos + own.sin * other.sin;
    const sin = own.cos * other.sin - own.sin * other.cos;
    // The other's origin and its velocity over ground, in the own frame.
    const px = dx * own.cos + dy * own.sin;
    const py = dy * own.cos - dx * own.sin;
    const ux = vx * own.cos + vy * own.sin;
    const uy = vy * own.cos - vx * own.sin;
    const speedMps = Math.sqrt(vx * vx + vy * vy);
    const ownTurn = Math.abs(own.radPerS);
    const otherTurn = Math.abs(other.radPerS);
    const accelerationMps2 = otherTurn * otherTurn * radiusM + 2 * ownTurn * (speedMps + otherTurn * radiusM)
      + ownTurn * ownTurn * (Math.sqrt(dx * dx + dy * dy) + speedMps * leftS + radiusM);
    let bestS = 0;
    for (let edge = 0; edge < reachM.length; edge += 1) {
      const nx = normals[2 * edge]!;
      const ny = normals[2 * edge + 1]!;
      let leastM = Infinity;
      let leastS = Infinity;
      for (let i = 0; i < xyM.length; i += 2) {
        const wx = xyM[i]! * cos - xyM[i + 1]! * sin;
        const wy = xyM[i]! * sin + xyM[i + 1]! * cos;
        const gapM = nx * (px + wx) + ny * (py + wy) - reachM[edge]!;
        if (gapM < leastM) leastM = gapM;
        if (leastM <= this.touchM) break;
        const rateMps = nx * (ux - other.radPerS * wy + own.radPerS * (py + wy)) + ny * (uy + other.radPerS * wx - own.radPerS * (px + wx));
        const freeS = timeToZero(gapM, rateMps, accelerationMps2);
        if (freeS < leastS) leastS = freeS;
      }
      if (leastM > this.gapM) this.gapM = leastM;
      if (leastM > this.touchM && leastS > bestS) bestS = leastS;
    }
    return bestS;
  }

  /** Middle of what the two pieces share, which may be a point or a line, in the frame of a. */
  private findPoint(): void {
    const { a, b } = this;
    const { normals, reachM } = a.piece;
    const { xyM } = b.piece;
    const most = 2 * (xyM.length + 2 * normals.length);
    if (this.clipFrom.length < most) {
      this.clipFrom = new Float64Array(most);
      this.clipTo = new Float64Array(most);
    }
    let length = xyM.length;
    for (let i = 0; i < length; i += 2) {
      const x = b.xM - a.xM + xyM[i]! * b.cos - xyM[i + 1]! * b.sin;
      const y = b.yM - a.yM + xyM[i]! * b.sin + xyM[i + 1]! * b.cos;
      this.clipFrom[i] = x * a.cos + y * a.sin;
      this.clipFrom[i + 1] = y * a.cos - x * a.sin;
    }
    for (let edge = 0; edge < reachM.length; edge += 1) {
      length = this.cut(length, normals[2 * edge]!, normals[2 * edge + 1]!, reachM[edge]!);
      [this.clipFrom, this.clipTo] = [this.clipTo, this.clipFrom];
    }
    let x = 0;
    let y = 0;
    for (let i = 0; i < length; i += 2) {
      x += this.clipFrom[i]!;
      y += this.clipFrom[i + 1]!;
    }
    const corners = Math.max(1, length / 2);
    this.pointXM = a.xM + (x * a.cos - y * a.sin) / corners;
    this.pointYM = a.yM + (x * a.sin + y * a.cos) / corners;
  }

  /** Keeps what lies on the inner side of an edge, what touches it included; never nothing: then the nearest corner stays. */
  private cut(length: number, nx: number, ny: number, reachM: number): number {
    const { clipFrom: from, clipTo: to, touchM } = this;
    let kept = 0;
    let nearest = 0;
    let nearestM = Infinity;
    for (let i = 0; i < length; i += 2) {
      const k = (i + 2) % length;
      const hereM = nx * from[i]! + ny * from[i + 1]! - reachM;
      const nextM = nx * from[k]! + ny * from[k + 1]! - reachM;
      if (hereM < nearestM) {
        nearestM = hereM;
        nearest = i;
      }
      if (hereM <= 2 * touchM) {
        to[kept] = from[i]!;
        to[kept + 1] = from[i + 1]!;
        kept += 2;
      }
      if (hereM <= 2 * touchM === nextM <= 2 * touchM) continue;
      const ratio = Math.min(1, Math.max(0, hereM / (hereM - nextM)));
      to[kept] = from[i]! + ratio * (from[k]! - from[i]!);
      to[kept + 1] = from[i + 1]! + ratio * (from[k + 1]! - from[i + 1]!);
      kept += 2;
    }
    if (kept > 0) return kept;
    to[0] = from[nearest]!;
    to[1] = from[nearest + 1]!;
    return 2;
  }
}

/** When a gap that shrinks at a rate, and ever faster by an acceleration, is used up [s]. */
function timeToZero(gapM: number, rateMps: number, accelerationMps2: number): number {
  if (accelerationMps2 === 0) return rateMps < 0 ? gapM / -rateMps : Infinity;
  const root = Math.sqrt(rateMps * rateMps + 2 * accelerationMps2 * gapM);
  // Of the two ways to write the same root the one that does not cancel.
  return rateMps > 0 ? (rateMps + root) / accelerationMps2 : 2 * gapM / (root - rateMps);
}

/** Last sample that is not after a time. */
function sampleAt(tS: Float64Array, atS: number): number {
  let low = 0;
  let high = tS.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tS[middle]! <= atS) low = middle;
    else high = middle - 1;
  }
  return low;
}
