import { polygonRadiusM } from '@quaymaster/geometry';

/**
 * Convex contours of a body's parts, prepared for separating axes. Points and edges of part p are `offset[p] … offset[p + 1])`: edge i runs from point i to
 * the next point of its part, and the part lies where `normalX x + normalY y <= reachM`. All in the part's own frame.
 */
export interface BodyShape {
  readonly parts: number;
  readonly offset: Int32Array;
  readonly pointXM: Float64Array;
  readonly pointYM: Float64Array;
  /** Outward unit normals; 0 for an edge without length. */
  readonly normalX: Float64Array;
  readonly normalY: Float64Array;
  readonly reachM: Float64Array;
  /** Greatest distance of a part's points from its frame's origin [m]. */
  readonly radiusM: Float64Array;
}

/** @param contoursM one convex ring a part, counter-clockwise, not closed, `[x0, y0, …]` [m] */
export function createBodyShape(contoursM: readonly ArrayLike<number>[]): BodyShape {
  const parts = contoursM.length;
  const offset = new Int32Array(parts + 1);
  contoursM.forEach((contour, p) => { offset[p + 1] = offset[p]! + contour.length / 2; });
  const points = offset[parts]!;
  const shape: BodyShape = {
    parts, offset, pointXM: new Float64Array(points), pointYM: new Float64Array(points), normalX: new Float64Array(points), normalY: new Float64Array(points),
    reachM: new Float64Array(points), radiusM: Float64Array.from(contoursM, polygonRadiusM),
  };
  contoursM.forEach((contour, p) => { fillPart(shape, offset[p]!, contour); });
  return shape;
}

function fillPart(shape: BodyShape, at: number, contour: ArrayLike<number>): void {
  const count = contour.length / 2;
  for (let i = 0; i < count; i += 1) {
    const x = contour[2 * i]!;
    const y = contour[2 * i + 1]!;
    const next = (i + 1) % count;
    const dx = contour[2 * next]! - x;
    const dy = contour[2 * next + 1]! - y;
    const length = Math.hypot(dx, dy);
    shape.pointXM[at + i] = x;
    shape.pointYM[at + i] = y;
    if (length === 0) {
      // Never the best axis: nothing can be apart from it.
      shape.reachM[at + i] = Infinity;
      continue;
    }
    shape.normalX[at + i] = dy / length;
    shape.normalY[at + i] = -dx / length;
    shape.reachM[at + i] = (x * dy - y * dx) / length;
  }
}
