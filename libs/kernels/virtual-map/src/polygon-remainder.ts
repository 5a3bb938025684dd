/** Pieces smaller than this are dropped [m²]. */
const NO_AREA_M2 = 1e-9;
/** Numbers in the largest piece: corners of the polygon and one for each of the few cuts that reach the same piece. */
const PIECE_NUMBERS = 96;

/**
 * What is left of a convex polygon after convex polygons were taken away from it, kept as convex pieces. Its work space grows with the pieces and is kept,
 * so that in the long run nothing is allocated.
 */
export class PolygonRemainder {
  private pieces: Float64Array[] = [];
  private lengths: number[] = [];
  private count = 0;
  private readonly inside = [new Float64Array(PIECE_NUMBERS), new Float64Array(PIECE_NUMBERS)];
  private readonly outside = new Float64Array(PIECE_NUMBERS);

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Begins with a convex polygon `[x, y, …]`, counter-clockwise [m]. @returns its area [m²] */
  start(ring: ArrayLike<number>): number {
    this.count = 0;
    if (ring.length < 6 || ring.length > PIECE_NUMBERS / 2) return 0;
    const areaM2 = ringAreaM2(ring, ring.length);
    if (areaM2 > NO_AREA_M2) this.keep(ring, ring.length);
    return areaM2;
  }

  /** Takes away a convex polygon, counter-clockwise; its corners are the numbers `from … from + length` of the array. */
  subtract(clip: ArrayLike<number>, from: number, length: number): void {
    const before = this.count;
    for (let piece = before - 1; piece >= 0; piece -= 1) this.cutPiece(piece, clip, from, length);
  }

  areaM2(): number {
    let areaM2 = 0;
    for (let i = 0; i < this.count; i += 1) areaM2 += ringAreaM2(this.pieces[i]!, this.lengths[i]!);
    return areaM2;
  }

  /** Splits a piece at the clip's edges: what lies outside an edge stays, what is inside of all goes. */
  private cutPiece(piece: number, clip: ArrayLike<number>, from: number, length: number): void {
    if (isOutside(this.pieces[piece]!, this.lengths[piece]!, clip, from, length)) return;
    let [ring, spare] = this.inside as [Float64Array, Float64Array];
    let numbers = this.lengths[piece]!;
    ring.set(this.pieces[piece]!.subarray(0, numbers));
    this.drop(piece);
    let ax = clip[from + length - 2]!;
    let ay = clip[from + length - 1]!;
    for (let edge = from; edge < from + length && numbers >= 6; edge += 2) {
      const dx = clip[edge]! - ax;
      const dy = clip[edge + 1]! - ay;
      let kept = 0;
      let apart = 0;
      let px = ring[numbers - 2]!;
      let py = ring[numbers - 1]!;
      let pSide = dx * (py - ay) - dy * (px - ax);
      for (let i = 0; i < numbers; i += 2) {
        const qx = ring[i]!;
        const qy = ring[i + 1]!;
        const qSide = dx * (qy - ay) - dy * (qx - ax);
        if (pSide < 0 !== qSide < 0) {
          const ratio = pSide / (pSide - qSide);
          spare[kept] = px + ratio * (qx - px);
          spare[kept + 1] = py + ratio * (qy - py);
          this.outside[apart] = spare[kept]!;
          this.outside[apart + 1] = spare[kept + 1]!;
          kept += 2;
          apart += 2;
        }
        if (qSide >= 0) {
          spare[kept] = qx;
          spare[kept + 1] = qy;
          kept += 2;
        } else {
          this.outside[apart] = qx;
          this.outside[apart + 1] = qy;
          apart += 2;
        }
        px = qx;
        py = qy;
        pSide = qSide;
      }
      if (apart >= 6 && ringAreaM2(this.outside, apart) > NO_AREA_M2) this.keep(this.outside, apart);
      [ring, spare] = [spare, ring];
      numbers = kept;
      ax = clip[edge]!;
      ay = clip[edge + 1]!;
    }
  }

  private keep(ring: ArrayLike<number>, length: number): void {
    if (this.count === this.pieces.length) this.pieces.push(new Float64Array(PIECE_NUMBERS));
    const piece = this.pieces[this.count]!;
    for (let i = 0; i < length; i += 1) piece[i] = ring[i]!;
    this.lengths[this.count] = length;
    this.count += 1;
  }

  /** Puts the last piece in the place of one that goes. */
  private drop(piece: number): void {
    this.count -= 1;
    const last = this.pieces[this.count]!;
    this.pieces[this.count] = this.pieces[piece]!;
    this.pieces[piece] = last;
    this.lengths[piece] = this.lengths[this.count]!;
  }
}

/** True when all of a ring lies on the outer side of one edge of the clip. */
function isOutside(ring: Float64Array, length: number, clip: ArrayLike<number>, from: number, clipLength: number): boolean {
  let ax = clip[from + clipLength - 2]!;
  let ay = clip[from + clipLength - 1]!;
  for (let edge = from; edge < from + clipLength; edge += 2) {
    const dx = clip[edge]! - ax;
    const dy = clip[edge + 1]! - ay;
    let outside = true;
    for (let i = 0; i < length && outside; i += 2) outside = dx * (ring[i + 1]! - ay) - dy * (ring[i]! - ax) <= 0;
    if (outside) return true;
    ax = clip[edge]!;
    ay = clip[edge + 1]!;
  }
  return false;
}

function ringAreaM2(ring: ArrayLike<number>, length: number): number {
  const ox = ring[0]!;
  const oy = ring[1]!;
  let twice = 0;
  for (let i = 2; i + 3 < length; i += 2) twice += (ring[i]! - ox) * (ring[i + 3]! - oy) - (ring[i + 1]! - oy) * (ring[i + 2]! - ox);
  return twice / 2;
}
