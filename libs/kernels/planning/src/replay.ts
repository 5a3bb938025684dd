import { convexGapM } from '@quaymaster/geometry';
import { contourAt, type PoseTable, type VehicleModel } from '@quaymaster/motion';
import type { TimedPath } from './model';

/** Steps of the replay; finer where bodies come close [s]. */
const STEP_S = 0.25;
/** No point of a body moves further than this many times the way of its guided point: what swings out in a bend included. */
const SWING = 2.5;
/** Movement within which a contact is looked for no finer [m]. */
const RESOLUTION_M = 0.02;

/** A body that drives its timetable. */
export interface MovingBody {
  readonly id: string;
  readonly table: PoseTable;
  readonly model: VehicleModel;
  readonly timed: TimedPath;
}

/** A body that stays where it is: all places that it may take, as polygons in the site frame. */
export interface StandingBody {
  readonly id: string;
  readonly polygons: readonly ArrayLike<number>[];
}

export interface Contact {
  readonly a: string;
  readonly b: string;
  readonly atS: number;
}

/** Contours of one moving body at the arc length for which they were last asked. */
class Placed {
  readonly polygons: Float64Array[];
  readonly radiusM: number;
  readonly endS: number;
  private atSM = NaN;
  private index = 0;

  constructor(readonly body: MovingBody) {
    const { model, timed } = body;
    this.polygons = model.parts.map((part) => new Float64Array(part.contourM.length));
    this.radiusM = Math.hypot(Math.max(model.frontM, model.rearM), model.widthM);
    this.endS = timed.timeS[timed.timeS.length - 1] ?? 0;
  }

  positionM(timeS: number): number {
    const { timeS: times, sM } = this.body.timed;
    const last = times.length - 1;
    if (last < 0) return 0;
    if (timeS <= times[0]!) return sM[0]!;
    if (timeS >= times[last]!) return sM[last]!;
    if (times[this.index]! > timeS) this.index = 0;
    while (times[this.index + 1]! < timeS) this.index += 1;
    const i = this.index;
    const lastsS = times[i + 1]! - times[i]!;
    return lastsS > 0 ? sM[i]! + ((sM[i + 1]! - sM[i]!) * (timeS - times[i]!)) / lastsS : sM[i + 1]!;
  }

  place(sM: number): readonly Float64Array[] {
    if (sM !== this.atSM) {
      this.atSM = sM;
      this.body.model.parts.forEach((part, k) => { contourAt(this.body.table, part.contourM, k, sM, this.polygons[k]!); });
    }
    return this.polygons;
  }

  /** Where the guided point is, once placed. */
  centre(sM: number): readonly [number, number] {
    const { table } = this.body;
    const row = Math.min(table.rows - 1, Math.round(Math.min(Math.max(sM, 0), table.lengthM) / table.stepM));
    return [table.xM[row]!, table.yM[row]!];
  }
}

/**
 * Every pair of bodies that touch while timetables are driven, at the first instant that is found. Between samples nothing is missed: while two bodies
 * are closer than they could come together within a step, the step is halved, down to movements of 2 cm.
 */
export function contacts(moving: readonly MovingBody[], standing: readonly StandingBody[]): readonly Contact[] {
  const placed = moving.map((body) => new Placed(body));
  const found: Contact[] = [];
  const known = new Set<string>();
  const report = (a: string, b: string, atS: number): void => {
    if (known.has(`${a}\n${b}`)) return;
    known.add(`${a}\n${b}`);
    found.push({ a, b, atS });
  };
  for (const body of placed) {
    for (const obstacle of standing) {
      const atS = firstContactWithStandingS(body, obstacle);
      if (atS !== null) report(body.body.id, obstacle.id, atS);
    }
  }
  const endS = Math.max(0, ...placed.map((body) => body.endS));
  const order = placed.map((_, i) => i);
  const fromX = new Float64Array(placed.length);
  for (let step = 0; step * STEP_S <= endS; step += 1) {
    const fromS = step * STEP_S;
    const positions = placed.map((body) => [body.positionM(fromS), body.positionM(fromS + STEP_S)] as const);
    const boxes = placed.map((body, i) => {
      const [x, y] = body.centre(positions[i]![0]);
      const reachM = body.radiusM + (positions[i]![1] - positions[i]![0]) * SWING + body.body.table.stepM;
      fromX[i] = x - reachM;
      return { x, y, reachM };
    });
    order.sort((a, b) => fromX[a]! - fromX[b]! || a - b);
    for (let i = 0; i < order.length; i += 1) {
      const a = order[i]!;
      const boxA = boxes[a]!;
      for (let k = i + 1; k < order.length && fromX[order[k]!]! <= boxA.x + boxA.reachM; k += 1) {
        const b = order[k]!;
        const boxB = boxes[b]!;
        if (Math.hypot(boxA.x - boxB.x, boxA.y - boxB.y) > boxA.reachM + boxB.reachM) continue;
        const moves = positions[a]![1] > positions[a]![0] || positions[b]![1] > positions[b]![0];
        if (!moves && step > 0) continue;
        const first = Math.min(a, b);
        const second = Math.max(a, b);
        const atS = contactBetweenS(placed[first]!, placed[second]!, fromS, fromS + STEP_S);
        if (atS !== null) report(placed[first]!.body.id, placed[second]!.body.id, atS);
      }
    }
  }
  return found;
}

function contactBetweenS(a: Placed, b: Placed, fromS: number, toS: number): number | null {
  const aSM = a.positionM(fromS);
  const bSM = b.positionM(fromS);
  const gapM = gapBetweenM(a.place(aSM), b.place(bSM));
  if (gapM <= 0) return fromS;
  const movementM = (a.positionM(toS) - aSM + b.positionM(toS) - bSM) * SWING;
  if (movementM < gapM || movementM < RESOLUTION_M) return null;
  const middleS = (fromS + toS) / 2;
  return contactBetweenS(a, b, fromS, middleS) ?? contactBetweenS(a, b, middleS, toS);
}

/** A standing body is met or not whatever the times are: the way is walked, each step as long as the gap allows. */
function firstContactWithStandingS(body: Placed, obstacle: StandingBody): number | null {
  const { timed } = body.body;
  const endSM = timed.sM[timed.sM.length - 1] ?? 0;
  for (let sM = timed.sM[0] ?? 0; ;) {
    const gapM = gapBetweenM(body.place(sM), obstacle.polygons);
    if (gapM <= 0) return instantAt(timed, sM);
    if (sM >= endSM) return null;
    sM = Math.min(endSM, sM + Math.max(RESOLUTION_M, gapM) / SWING);
  }
}

function instantAt(timed: TimedPath, sM: number): number {
  let i = 0;
  while (i + 1 < timed.sM.length && timed.sM[i]! < sM) i += 1;
  return timed.timeS[i] ?? 0;
}

function gapBetweenM(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let leastM = Infinity;
  for (const p of a) {
    for (const q of b) leastM = Math.min(leastM, convexGapM(p, p.length, q, q.length));
  }
  return leastM;
}
