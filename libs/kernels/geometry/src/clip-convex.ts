/**
 * Area shared by a simple polygon and a convex one, by clipping the first at each edge of the second (Sutherland and Hodgman 1974). The first may be
 * concave: the edges that clipping adds then run forth and back and enclose nothing. Keeps its work space, so that a call allocates nothing.
 */
export class ConvexClipper {
  private from: Float64Array;
  private to: Float64Array;

  /** @param corners corners of the greatest polygon that will come out, subject and clip together */
  constructor(corners = 64) {
    this.from = new Float64Array(corners * 2);
    this.to = new Float64Array(corners * 2);
  }

  /**
   * @param subject simple ring `[x, y, …]`, counter-clockwise [m]
   * @param clip convex ring, counter-clockwise [m]; its corners are numbers `clipStart …` of the array
   * @returns the shared area [m²], 0 when they only touch
   */
  sharedAreaM2(subject: ArrayLike<number>, subjectLength: number, clip: ArrayLike<number>, clipStart: number, clipLength: number): number {
    if (subjectLength > this.from.length) this.from = new Float64Array(subjectLength * 2);
    for (let i = 0; i < subjectLength; i += 1) this.from[i] = subject[i]!;
    let length = subjectLength;
    let ax = clip[clipStart + clipLength - 2]!;
    let ay = clip[clipStart + clipLength - 1]!;
    for (let edge = clipStart; edge < clipStart + clipLength; edge += 2) {
      const bx = clip[edge]!;
      const by = clip[edge + 1]!;
      length = this.cut(length, ax, ay, bx - ax, by - ay);
      if (length < 6) return 0;
      ax = bx;
      ay = by;
    }
    return Math.max(0, this.areaM2(length));
  }

  /** Keeps what is left of the line through (ax, ay) along (dx, dy). @returns numbers kept in `from` */
  private cut(length: number, ax: number, ay: number, dx: number, dy: number): number {
    // Every corner may stay and bring one crossing.
    if (this.to.length < 2 * length) this.to = new Float64Array(4 * length);
    const { from, to } = this;
    let kept = 0;
    let px = from[length - 2]!;
    let py = from[length - 1]!;
    let pSide = dx * (py - ay) - dy * (px - ax);
    for (let i = 0; i < length; i += 2) {
      const qx = from[i]!;
      const qy = from[i + 1]!;
      const qSide = dx * (qy - ay) - dy * (qx - ax);
      if (pSide < 0 !== qSide < 0) {
        const ratio = pSide / (pSide - qSide);
        to[kept] = px + ratio * (qx - px);
        to[kept + 1] = py + ratio * (qy - py);
        kept += 2;
      }
      if (qSide >= 0) {
        to[kept] = qx;
        to[kept + 1] = qy;
        kept += 2;
      }
      px = qx;
      py = qy;
      pSide = qSide;
    }
    this.from = to;
    this.to = from;
    return kept;
  }

  /** Area around the first corner as origin, so that site coordinates of kilometres do not cost digits. */
  private areaM2(length: number): number {
    const { from } = this;
    const ox = from[0]!;
    const oy = from[1]!;
    let twice = 0;
    for (let i = 2; i + 3 < length; i += 2) twice += (from[i]! - ox) * (from[i + 3]! - oy) - (from[i + 1]! - oy) * (from[i + 2]! - ox);
    return twice / 2;
  }
}
