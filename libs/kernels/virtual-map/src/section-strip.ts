import { bendDegree, cubicValue, pieceAt } from './cubic';
import { poseOnGeometry } from './reference-line';
import type { Cubic, PlanGeometry, Road, RoadLane } from './road-network';
import type { SectionShape } from './section-shape';

/** Rows of border points across one lane section, all borders at the same arc lengths, so that lanes side by side share their vertices. */
export interface SectionStrip {
  readonly roadIndex: number;
  readonly sectionIndex: number;
  readonly lanes: readonly RoadLane[];
  readonly centreBorder: number;
  readonly rowCount: number;
  /** Arc length of each row along the road [m], not falling; two rows share one where the surface is interrupted. */
  readonly sM: Float64Array;
  /** What begins at each row. */
  readonly rowKind: Uint8Array;
  /** `[row][border][x, y, z]` [m], rounded to whole micrometres so that all that is computed from them is the same on every machine. */
  readonly xyzM: Float64Array;
  /** Greatest distance of a sampled point of a border from its chord [m]. */
  readonly chordErrorM: number;
}

export const RowKind = {
  /** Nothing but a bend. */
  bend: 0,
  /** A block ends and another begins. */
  cut: 1,
  /** The borders jump: no surface between this row and the one before. */
  jump: 2,
} as const;

/** Knots closer than this are one [m]: shorter steps would make noise of the headings. */
const LEAST_STEP_M = 0.01;
/** Borders that move by less than this where two pieces of a description meet are joined [m], unless that is more than half of the chord error allowed. */
const JOINED_M = 0.01;
/** No step turns more, whatever its chord error [rad]: a step across a whole loop would not see it. */
const MOST_TURN_RAD = 0.5;
/** Share of the tolerance that sampled errors may reach: a cubic's greatest deviation lies up to 3 % above the one at its quarter points. */
const SAMPLED_SHARE = 0.95;
/** A chord between two block ends that misses by this much, or by no number, is of borders that run off; more steps would not help [m]. */
const RUNAWAY_M = 1000;
/** Rows tried in one lane section at most; beyond, steps are taken as they are and the chord error that is reported tells. */
const MOST_ROWS = 200_000;

/** The pieces between two knots. */
interface Span {
  readonly geometry: PlanGeometry;
  readonly offset: Cubic | undefined;
  readonly elevation: Cubic | undefined;
  readonly superelevation: Cubic | undefined;
  readonly sides: readonly (Cubic | undefined)[];
}

/** Rounds to whole micrometres; never yields -0, which would change the hash. */
function roundedM(valueM: number): number {
  return Math.round(valueM * 1e6) / 1e6 + 0;
}

/** Samples lane sections, one after the other; keeps its work space between them. */
export class StripSampler {
  private borders = 0;
  private stride = 0;
  private shape!: SectionShape;
  private span!: Span;
  private road!: Road;
  private rows = new Float64Array(4096);
  private rowS: number[] = [];
  private rowHeading: number[] = [];
  private accepted: number[] = [];
  private kinds: number[] = [];
  private chordErrorM = 0;
  private readonly pose = new Float64Array(3);
  private readonly joinedM: number;

  /**
   * @param epsilonM chord error allowed [m], > 0
   * @param weldM how far the ends of a section may be moved when they are joined to others [m]
   */
  constructor(private readonly epsilonM: number, private readonly weldM: number) {
    this.joinedM = Math.min(JOINED_M, epsilonM / 2);
  }

  /** @param cutsM arc lengths along the road at which blocks must end [m], rising, inside the section */
  sample(road: Road, roadIndex: number, sectionIndex: number, shape: SectionShape, cutsM: readonly number[]): SectionStrip {
    this.road = road;
    this.shape = shape;
    this.borders = shape.lanes.length + 1;
    this.stride = this.borders * 3;
    this.rowS = [];
    this.rowHeading = [];
    this.accepted = [];
    this.kinds = [];
    this.chordErrorM = 0;
    const knots = knotsOf(road, shape, cutsM);
    for (let i = 0; i + 1 < knots.length; i += 1) this.sampleBetween(knots[i]!, knots[i + 1]!);
    return this.collect(roadIndex, sectionIndex);
  }

  private sampleBetween(from: Knot, to: Knot): void {
    this.span = this.spanAt((from.sM + to.sM) / 2);
    const start = this.evaluate(from.sM);
    const last = this.accepted[this.accepted.length - 1];
    let first = start;
    if (last === undefined) {
      this.accept(start, RowKind.bend);
    } else if (this.gapM(last, start) > this.joinedM) {
      this.accept(start, RowKind.jump);
    } else {
      first = last;
      if (from.cut) this.kinds[this.kinds.length - 1] = RowKind.cut;
    }
    const end = this.evaluate(to.sM);
    this.refine(first, end, this.probes(from.sM, to.sM));
  }

  /** Where chords must be probed for what lies between the knots: not at all, in the middle, at the quarters as well, or closely: a polynomial may turn at one place. */
  private probes(fromM: number, toM: number): 0 | 1 | 3 | 15 {
    const { geometry, offset, elevation, superelevation, sides } = this.span;
    if (geometry.kind === 'paramPoly3' || geometry.kind === 'poly3' || this.mayBeCut(fromM, toM)) return 15;
    let degree = Math.max(bendDegree(offset), bendDegree(elevation), superelevation === undefined ? 1 : 3);
    for (const side of sides) degree = Math.max(degree, bendDegree(side));
    if (geometry.kind === 'line') return degree === 1 ? 0 : degree === 2 ? 1 : 3;
    return geometry.kind === 'arc' && degree < 3 ? 1 : 3;
  }

  /** Whether a border may end its own course between two knots, because its lane's width falls below 0 or it would cross the one inside of it. */
  private mayBeCut(fromM: number, toM: number): boolean {
    const { shape, span } = this;
    return shape.lanes.some((lane, k) => lane.borders.length > 0
      || cubicValue(span.sides[k], fromM - shape.startSM) < 0 || cubicValue(span.sides[k], toM - shape.startSM) < 0);
  }

  private refine(a: number, b: number, probes: 0 | 1 | 3 | 15): void {
    const fromM = this.rowS[a]!;
    const lengthM = this.rowS[b]! - fromM;
    let errorM = 0;
    let middle = -1;
    if (probes > 0) {
      middle = this.evaluate(fromM + lengthM / 2);
      errorM = this.chordErrorOf(a, b, middle);
      for (let probe = 1; probe <= probes; probe += 1) {
        // Beyond what is allowed the step is divided anyway.
        if (2 * probe === probes + 1 || errorM > this.epsilonM) continue;
        errorM = Math.max(errorM, this.chordErrorOf(a, b, this.evaluate(fromM + lengthM * probe / (probes + 1))));
      }
    }
    const movable = fromM === this.shape.startSM || this.rowS[b] === this.shape.endSM;
    const allowedM = (this.epsilonM - (movable ? this.weldM : 0)) * SAMPLED_SHARE;
    const turnRad = Math.abs(this.rowHeading[b]! - this.rowHeading[a]!);
    const fine = errorM <= allowedM && (probes === 0 || turnRad <= MOST_TURN_RAD);
    if (fine || !(errorM < RUNAWAY_M) || lengthM < 2 * LEAST_STEP_M || this.rowS.length > MOST_ROWS) {
      this.chordErrorM = Math.max(this.chordErrorM, errorM);
      this.accept(b, RowKind.bend);
      return;
    }
    // Chord errors shrink with the square of the step, so equal steps of this number are the fewest that can do.
    const parts = Math.max(2, Math.min(Math.ceil(Math.sqrt(errorM / allowedM)), 32, Math.floor(lengthM / LEAST_STEP_M)));
    let before = a;
    for (let part = 1; part < parts; part += 1) {
      const next = 2 * part === parts ? middle : this.evaluate(fromM + lengthM * part / parts);
      this.refine(before, next, probes);
      before = next;
    }
    this.refine(before, b, probes);
  }

  private accept(row: number, kind: number): void {
    this.accepted.push(row);
    this.kinds.push(kind);
  }

  private spanAt(sM: number): Span {
    const { road, shape } = this;
    const dsM = sM - shape.startSM;
    return {
      geometry: pieceAt(road.planView, sM)!,
      offset: pieceAt(road.laneOffset, sM),
      elevation: pieceAt(road.elevation, sM),
      superelevation: pieceAt(road.superelevation, sM),
      sides: shape.lanes.map((lane) => pieceAt(lane.borders.length > 0 ? lane.borders : lane.widths, dsM)),
    };
  }

  /** Computes the border points at an arc length. @returns number of the new row */
  private evaluate(sM: number): number {
    const { span, shape, pose, borders } = this;
    const row = this.rowS.length;
    const base = row * this.stride;
    if (base + this.stride > this.rows.length) {
      const grown = new Float64Array(this.rows.length * 2 + this.stride);
      grown.set(this.rows);
      this.rows = grown;
    }
    poseOnGeometry(span.geometry, sM - span.geometry.sM, pose);
    this.rowS.push(sM);
    this.rowHeading.push(pose[2]!);
    const { rows } = this;
    const offsetM = cubicValue(span.offset, sM);
    const dsM = sM - shape.startSM;
    // Lateral positions first, each in the place of its x.
    rows[base + 3 * shape.centreBorder] = offsetM;
    for (let k = shape.centreBorder - 1; k >= 0; k -= 1) {
      const inner = rows[base + 3 * k + 3]!;
      const side = cubicValue(span.sides[k], dsM);
      rows[base + 3 * k] = shape.lanes[k]!.borders.length > 0 ? Math.max(inner, offsetM + side) : inner + Math.max(0, side);
    }
    for (let k = shape.centreBorder; k + 1 < borders; k += 1) {
      const inner = rows[base + 3 * k]!;
      const side = cubicValue(span.sides[k], dsM);
      rows[base + 3 * k + 3] = shape.lanes[k]!.borders.length > 0 ? Math.min(inner, offsetM + side) : inner - Math.max(0, side);
    }
    const zM = cubicValue(span.elevation, sM);
    const bankRad = cubicValue(span.superelevation, sM);
    const flat = bankRad === 0 ? 1 : Math.cos(bankRad);
    const rise = bankRad === 0 ? 0 : Math.sin(bankRad);
    const leftX = -Math.sin(pose[2]!) * flat;
    const leftY = Math.cos(pose[2]!) * flat;
    for (let i = base; i < base + this.stride; i += 3) {
      const tM = rows[i]!;
      rows[i] = roundedM(pose[0]! + tM * leftX);
      rows[i + 1] = roundedM(pose[1]! + tM * leftY);
      rows[i + 2] = roundedM(zM + tM * rise);
    }
    return row;
  }

  /** Greatest distance of a row's points from the chords between two others [m]. */
  private chordErrorOf(a: number, b: number, probe: number): number {
    const { rows, stride } = this;
    let worst2 = 0;
    for (let border = 0; border < this.borders; border += 1) {
      const ia = a * stride + border * 3;
      const ib = b * stride + border * 3;
      const ip = probe * stride + border * 3;
      const dx = rows[ib]! - rows[ia]!;
      const dy = rows[ib + 1]! - rows[ia + 1]!;
      const dz = rows[ib + 2]! - rows[ia + 2]!;
      const px = rows[ip]! - rows[ia]!;
      const py = rows[ip + 1]! - rows[ia + 1]!;
      const pz = rows[ip + 2]! - rows[ia + 2]!;
      const length2 = dx * dx + dy * dy + dz * dz;
      const along = length2 > 0 ? (px * dx + py * dy + pz * dz) / length2 : 0;
      const ex = px - along * dx;
      const ey = py - along * dy;
      const ez = pz - along * dz;
      worst2 = Math.max(worst2, ex * ex + ey * ey + ez * ez);
    }
    return Math.sqrt(worst2);
  }

  private gapM(a: number, b: number): number {
    let worst2 = 0;
    for (let border = 0; border < this.borders; border += 1) {
      const ia = a * this.stride + border * 3;
      const ib = b * this.stride + border * 3;
      const dx = this.rows[ib]! - this.rows[ia]!;
      const dy = this.rows[ib + 1]! - this.rows[ia + 1]!;
      const dz = this.rows[ib + 2]! - this.rows[ia + 2]!;
      worst2 = Math.max(worst2, dx * dx + dy * dy + dz * dz);
    }
    return Math.sqrt(worst2);
  }

  private collect(roadIndex: number, sectionIndex: number): SectionStrip {
    const rowCount = this.accepted.length;
    const sM = new Float64Array(rowCount);
    const xyzM = new Float64Array(rowCount * this.stride);
    for (let i = 0; i < rowCount; i += 1) {
      const row = this.accepted[i]!;
      sM[i] = this.rowS[row]!;
      xyzM.set(this.rows.subarray(row * this.stride, (row + 1) * this.stride), i * this.stride);
    }
    return {
      roadIndex, sectionIndex, lanes: this.shape.lanes, centreBorder: this.shape.centreBorder,
      rowCount, sM, rowKind: Uint8Array.from(this.kinds), xyzM, chordErrorM: this.chordErrorM,
    };
  }
}

interface Knot {
  readonly sM: number;
  readonly cut: boolean;
}

/** Arc lengths at which some description changes or a block ends; cuts win over changes that are too near to them. */
function knotsOf(road: Road, shape: SectionShape, cutsM: readonly number[]): Knot[] {
  const fixed: Knot[] = [{ sM: shape.startSM, cut: false }, ...cutsM.map((sM) => ({ sM, cut: true })), { sM: shape.endSM, cut: false }];
  const changes: number[] = [];
  const note = (sM: number): void => {
    if (sM > shape.startSM && sM < shape.endSM) changes.push(sM);
  };
  for (const list of [road.planView, road.laneOffset, road.elevation, road.superelevation]) for (const piece of list) note(piece.sM);
  for (const lane of shape.lanes) {
    for (const piece of lane.borders.length > 0 ? lane.borders : lane.widths) note(shape.startSM + piece.sM);
  }
  changes.sort((a, b) => a - b);
  const knots: Knot[] = [];
  let next = 0;
  for (const stop of fixed) {
    for (; next < changes.length && changes[next]! < stop.sM; next += 1) {
      const sM = changes[next]!;
      const before = knots[knots.length - 1];
      if ((before === undefined || sM - before.sM >= LEAST_STEP_M) && stop.sM - sM >= LEAST_STEP_M) knots.push({ sM, cut: false });
    }
    knots.push(stop);
  }
  return knots;
}
