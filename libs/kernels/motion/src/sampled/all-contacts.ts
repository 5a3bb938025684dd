import type { SampledBody } from './sampled-body';
import { SampledContact } from './sampled-contact';

/** Bodies i < k and when they first touch. */
export interface PairContact {
  readonly i: number;
  readonly k: number;
  readonly atS: number;
  /** A point of both bodies then [m]. */
  readonly xM: number;
  readonly yM: number;
}

export interface AllContacts {
  /** In no particular order. */
  readonly contacts: readonly PairContact[];
  /** Pairs whose swept boxes met, so that they were looked at closely. */
  readonly pairsChecked: number;
}

/** The window is cut into slabs about this long, so that boxes stay small [s], and into this many at most. */
const SLAB_S = 0.5;
const MOST_SLABS = 256;
/** Boxes are widened by this part of the coordinates' size, and at least by this [m]: rounding must not part what touches. */
const SLACK_RATIO = 1e-14;
const SLACK_M = 1e-6;

/**
 * First contacts of all pairs of bodies within a closed window of time. Slab by slab, bodies whose swept boxes meet are searched in that slab alone, in order of
 * time, so the first contact that is found is the first there is.
 *
 * @throws RangeError when the window is no window
 */
export function findContacts(bodies: readonly SampledBody[], fromS: number, toS: number): AllContacts {
  if (!(fromS <= toS && Number.isFinite(fromS) && Number.isFinite(toS))) throw new RangeError(`the window from ${fromS} s to ${toS} s is none`);
  const lastS = bodies.reduce((latest, { tS }) => Math.max(latest, tS[tS.length - 1]!), -Infinity);
  const firstS = bodies.reduce((earliest, { tS }) => Math.min(earliest, tS[0]!), Infinity);
  const [beginS, endS] = [Math.max(fromS, firstS), Math.min(toS, lastS)];
  if (!(beginS <= endS)) return { contacts: [], pairsChecked: 0 };
  const slabs = Math.max(1, Math.min(MOST_SLABS, Math.ceil((endS - beginS) / SLAB_S)));
  const search = new PairSearch(bodies);
  for (let slab = 0; slab < slabs; slab += 1) {
    // Both ends belong to a slab: what happens on the border is found in the earlier one.
    const cutS = (n: number): number => (n === slabs ? endS : beginS + (endS - beginS) * n / slabs);
    search.searchSlab(cutS(slab), cutS(slab + 1));
  }
  return { contacts: search.contacts, pairsChecked: search.checked.size };
}

class PairSearch {
  readonly contacts: PairContact[] = [];
  readonly checked = new Set<number>();
  private readonly touched = new Set<number>();
  private readonly contact = new SampledContact();
  /** `[minX, minY, maxX, maxY]` of each body over the slab [m]. */
  private readonly boxes: Float64Array;
  private readonly present: number[] = [];

  constructor(private readonly bodies: readonly SampledBody[]) {
    this.boxes = new Float64Array(4 * bodies.length);
  }

  searchSlab(fromS: number, toS: number): void {
    const { bodies, boxes, present } = this;
    present.length = 0;
    for (let i = 0; i < bodies.length; i += 1) {
      const { tS } = bodies[i]!;
      if (tS[0]! > toS || tS[tS.length - 1]! < fromS) continue;
      sweepBox(bodies[i]!, fromS, toS, boxes, 4 * i);
      present.push(i);
    }
    const [along, across] = this.spreadsAlongX() ? [0, 1] : [1, 0];
    present.sort((i, k) => boxes[4 * i + along]! - boxes[4 * k + along]! || i - k);
    for (let n = 0; n < present.length; n += 1) {
      const i = present[n]!;
      const endM = boxes[4 * i + 2 + along]!;
      const lowM = boxes[4 * i + across]!;
      const highM = boxes[4 * i + 2 + across]!;
      for (let m = n + 1; m < present.length; m += 1) {
        const k = present[m]!;
        if (boxes[4 * k + along]! > endM) break;
        if (boxes[4 * k + across]! <= highM && boxes[4 * k + 2 + across]! >= lowM) this.searchPair(Math.min(i, k), Math.max(i, k), fromS, toS);
      }
    }
  }

  private searchPair(i: number, k: number, fromS: number, toS: number): void {
    const pair = i * this.bodies.length + k;
    if (this.touched.has(pair)) return;
    const [a, b] = [this.bodies[i]!, this.bodies[k]!];
    const beginS = Math.max(fromS, a.tS[0]!, b.tS[0]!);
    const endS = Math.min(toS, a.tS[a.tS.length - 1]!, b.tS[b.tS.length - 1]!);
    if (beginS > endS) return;
    this.checked.add(pair);
    const atS = this.contact.firstContactS(a, b, beginS, endS);
    if (atS === Infinity) return;
    this.touched.add(pair);
    this.contacts.push({ i, k, atS, xM: this.contact.pointXM, yM: this.contact.pointYM });
  }

  /** Whether the bodies lie further apart along x than along y: the sweep goes the way on which fewer of them meet. */
  private spreadsAlongX(): boolean {
    const { boxes, present } = this;
    let [x, y, xx, yy] = [0, 0, 0, 0];
    for (const i of present) {
      x += boxes[4 * i]!;
      y += boxes[4 * i + 1]!;
    }
    [x, y] = [x / present.length, y / present.length];
    for (const i of present) {
      xx += Math.abs(boxes[4 * i]! - x);
      yy += Math.abs(boxes[4 * i + 1]! - y);
    }
    return xx >= yy;
  }
}

/** Box of all that a body covers in a window of time, to `boxes` from `at` on. */
function sweepBox({ tS, parts }: SampledBody, fromS: number, toS: number, boxes: Float64Array, at: number): void {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  let first = 0;
  while (first + 1 < tS.length && tS[first + 1]! <= fromS) first += 1;
  let last = first;
  while (last + 1 < tS.length && tS[last]! < toS) last += 1;
  for (const { xM, yM, radiusM } of parts) {
    const include = (x: number, y: number): void => {
      minX = Math.min(minX, x - radiusM);
      minY = Math.min(minY, y - radiusM);
      maxX = Math.max(maxX, x + radiusM);
      maxY = Math.max(maxY, y + radiusM);
    };
    for (let i = first; i <= last; i += 1) {
      // The ends of the window lie between samples, and moves are even there.
      if (i < last && tS[i]! < fromS) include(between(tS, xM, i, fromS), between(tS, yM, i, fromS));
      else if (i > first && tS[i]! > toS) include(between(tS, xM, i - 1, toS), between(tS, yM, i - 1, toS));
      else include(xM[i]!, yM[i]!);
    }
  }
  const slackM = Math.max(SLACK_M, SLACK_RATIO * Math.max(Math.abs(minX), Math.abs(minY), Math.abs(maxX), Math.abs(maxY)));
  boxes[at] = minX - slackM;
  boxes[at + 1] = minY - slackM;
  boxes[at + 2] = maxX + slackM;
  boxes[at + 3] = maxY + slackM;
}

function between(tS: Float64Array, values: Float64Array, i: number, atS: number): number {
  return values[i]! + (values[i + 1]! - values[i]!) * (atS - tS[i]!) / (tS[i + 1]! - tS[i]!);
}
