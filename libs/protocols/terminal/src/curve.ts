import { normalizeAngleRad } from '@quaymaster/geometry';

/** A place and a direction of travel in the site frame; the heading counts from east, counter-clockwise. */
export interface Pose {
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
}

/** A straight (curvature 0) or circular piece of a reference line; left turns have positive curvature. */
export interface CurvePiece {
  readonly lengthM: number;
  readonly curvaturePerM: number;
}

/** Pieces shorter than this are left out: tools reject geometry without length. */
const SHORTEST_PIECE_M = 1e-6;
const PARALLEL_RAD = 1e-9;

export function linePiece(lengthM: number): CurvePiece {
  return { lengthM, curvaturePerM: 0 };
}

/** @param angleRad left positive */
export function arcPiece(radiusM: number, angleRad: number): CurvePiece {
  return { lengthM: radiusM * Math.abs(angleRad), curvaturePerM: Math.sign(angleRad) / radiusM };
}

/** Pose at the end of a piece. */
export function advance(from: Pose, piece: CurvePiece): Pose {
  const { xM, yM, headingRad } = from;
  if (piece.curvaturePerM === 0) {
    return { xM: xM + piece.lengthM * Math.cos(headingRad), yM: yM + piece.lengthM * Math.sin(headingRad), headingRad };
  }
  const radiusM = 1 / piece.curvaturePerM;
  const endRad = headingRad + piece.lengthM * piece.curvaturePerM;
  return {
    xM: xM + radiusM * (Math.sin(endRad) - Math.sin(headingRad)),
    yM: yM - radiusM * (Math.cos(endRad) - Math.cos(headingRad)),
    headingRad: normalizeAngleRad(endRad),
  };
}

export function curveEnd(start: Pose, curve: readonly CurvePiece[]): Pose {
  return curve.reduce(advance, start);
}

export function curveLengthM(curve: readonly CurvePiece[]): number {
  return curve.reduce((sumM, piece) => sumM + piece.lengthM, 0);
}

/** The pose moved to the left of its own direction (right for negative `leftM`). */
export function shiftLeft(pose: Pose, leftM: number): Pose {
  return { ...pose, xM: pose.xM - leftM * Math.sin(pose.headingRad), yM: pose.yM + leftM * Math.cos(pose.headingRad) };
}

/** A point of the site in the frame of a pose: `[ahead, left]` [m]. */
export function inFrameOf(pose: Pose, xM: number, yM: number): [aheadM: number, leftM: number] {
  const cos = Math.cos(pose.headingRad);
  const sin = Math.sin(pose.headingRad);
  return [(xM - pose.xM) * cos + (yM - pose.yM) * sin, (yM - pose.yM) * cos - (xM - pose.xM) * sin];
}

/**
 * Lines and arcs from one pose to another, tangent at both: straight on, a lane change of two equal arcs, or one turn between two straights. A turn is as
 * wide as the two straights allow, up to `largestRadiusM`.
 *
 * @returns the pieces and the smallest radius among them (Infinity for a straight), or null when the goal lies behind or the turn is a U-turn
 */
export function joinPoses(from: Pose, to: Pose, largestRadiusM: number): { pieces: CurvePiece[]; radiusM: number } | null {
  const [aheadM, leftM] = inFrameOf(from, to.xM, to.yM);
  const turnRad = normalizeAngleRad(to.headingRad - from.headingRad);
  if (aheadM <= 0 || Math.abs(turnRad) > 0.75 * Math.PI) return null;
  if (Math.abs(turnRad) < PARALLEL_RAD) {
    if (Math.abs(leftM) < SHORTEST_PIECE_M) return { pieces: [linePiece(aheadM)], radiusM: Infinity };
    const swayRad = 2 * Math.atan(leftM / aheadM);
    const radiusM = aheadM / (2 * Math.sin(Math.abs(swayRad)));
    return { pieces: [arcPiece(radiusM, swayRad), arcPiece(radiusM, -swayRad)], radiusM };
  }
  const afterM = leftM / Math.sin(turnRad);
  const beforeM = aheadM - afterM * Math.cos(turnRad);
  const tangent = Math.tan(Math.abs(turnRad) / 2);
  const radiusM = Math.min(largestRadiusM, Math.min(beforeM, afterM) / tangent);
  if (radiusM <= 0) return null;
  const pieces = [linePiece(beforeM - radiusM * tangent), arcPiece(radiusM, turnRad), linePiece(afterM - radiusM * tangent)];
  return { pieces: pieces.filter(({ lengthM }) => lengthM > SHORTEST_PIECE_M), radiusM };
}
