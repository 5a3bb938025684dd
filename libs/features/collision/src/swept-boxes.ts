import type { MovingBody } from '@quaymaster/motion';

const FIRST_CAPACITY = 64;

interface BoxQuestion { meets(minXM: number, minYM: number, maxXM: number, maxYM: number): boolean }

/**
 * Boxes that bodies sweep over within the horizon, by number: the broad phase. A scan over four flat arrays; for the thousand vehicles of a site that is a
 * microsecond a vehicle and needs no grid to be kept up to date.
 */
export class SweptBoxes {
  private minXM = new Float64Array(FIRST_CAPACITY).fill(Infinity);
  private minYM = new Float64Array(FIRST_CAPACITY).fill(Infinity);
  private maxXM = new Float64Array(FIRST_CAPACITY).fill(-Infinity);
  private maxYM = new Float64Array(FIRST_CAPACITY).fill(-Infinity);
  private found = new Int32Array(FIRST_CAPACITY);
  private count = 0;

  /** Numbers that the last `near` found are at its start. */
  get numbers(): Int32Array {
    return this.found;
  }

  /** A new number; its box is empty until it is set. */
  add(): number {
    if (this.count === this.found.length) this.grow();
    this.count += 1;
    return this.count - 1;
  }

  set(number: number, body: MovingBody, marginM: number): void {
    const { motion, shape } = body;
    let reachM = marginM;
    for (let part = 0; part < shape.parts; part += 1) reachM = Math.max(reachM, marginM + shape.radiusM[part]!);
    this.minXM[number] = motion.minXM - reachM;
    this.minYM[number] = motion.minYM - reachM;
    this.maxXM[number] = motion.maxXM + reachM;
    this.maxYM[number] = motion.maxYM + reachM;
  }

  /** A box for a body that is not swept: what it may cover at most. @param box least x and y, greatest x and y */
  setBox(number: number, box: Float64Array): void {
    this.minXM[number] = box[0]!;
    this.minYM[number] = box[1]!;
    this.maxXM[number] = box[2]!;
    this.maxYM[number] = box[3]!;
  }

  /** Asks about what two boxes have in common, wider by a margin. */
  inCommon(a: number, b: number, marginM: number, ask: BoxQuestion): boolean {
    return ask.meets(
      Math.max(this.minXM[a]!, this.minXM[b]!) - marginM, Math.max(this.minYM[a]!, this.minYM[b]!) - marginM,
      Math.min(this.maxXM[a]!, this.maxXM[b]!) + marginM, Math.min(this.maxYM[a]!, this.maxYM[b]!) + marginM,
    );
  }

  /** The same of a box and a body that has no number. */
  inCommonWith(number: number, { motion, shape }: MovingBody, marginM: number, ask: BoxQuestion): boolean {
    const reachM = shape.radiusM[0]! + marginM;
    return ask.meets(
      Math.max(this.minXM[number]! - marginM, motion.minXM - reachM), Math.max(this.minYM[number]! - marginM, motion.minYM - reachM),
      Math.min(this.maxXM[number]! + marginM, motion.maxXM + reachM), Math.min(this.maxYM[number]! + marginM, motion.maxYM + reachM),
    );
  }

  /** Whether a body that has no number sweeps over a box. */
  meets(number: number, body: MovingBody): boolean {
    const { motion, shape } = body;
    const reachM = shape.radiusM[0]!;
    return motion.minXM - reachM <= this.maxXM[number]! && motion.maxXM + reachM >= this.minXM[number]!
      && motion.minYM - reachM <= this.maxYM[number]! && motion.maxYM + reachM >= this.minYM[number]!;
  }

  /** How many other boxes a box meets; their numbers are in `numbers`. */
  near(number: number): number {
    const { minXM, minYM, maxXM, maxYM, found, count } = this;
    const left = minXM[number]!;
    const right = maxXM[number]!;
    const low = minYM[number]!;
    const high = maxYM[number]!;
    let n = 0;
    for (let i = 0; i < count; i += 1) {
      if (minXM[i]! > right || maxXM[i]! < left || minYM[i]! > high || maxYM[i]! < low || i === number) continue;
      found[n] = i;
      n += 1;
    }
    return n;
  }

  private grow(): void {
    const capacity = this.count * 2;
    this.minXM = widened(this.minXM, capacity, Infinity);
    this.minYM = widened(this.minYM, capacity, Infinity);
    this.maxXM = widened(this.maxXM, capacity, -Infinity);
    this.maxYM = widened(this.maxYM, capacity, -Infinity);
    this.found = new Int32Array(capacity);
  }
}

function widened(values: Float64Array, capacity: number, fill: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(capacity).fill(fill);
  out.set(values);
  return out;
}
