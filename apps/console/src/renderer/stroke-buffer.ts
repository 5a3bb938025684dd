import { VertexBuffer } from './vertex-buffer';

/** Bytes of one vertex: x f32, y f32 [m from the map's origin], offset x f32, y f32 [half widths], arc length f32 [m], paint u8, side u8, width u8 [1/8 px], dash u8 [px]. */
export const STROKE_VERTEX_BYTES = 24;

/** Sharpest corner that is mitred: beyond, the mitre is cut at this many half widths. */
const LONGEST_MITRE = 2.5;

/** Lines whose width is in pixels whatever the scale. A line is a ribbon of triangles: each point twice, moved to either side in the shader. */
export class StrokeBuffer extends VertexBuffer {
  private alongM = 0;
  private paint = 0;
  private widthEighthsPx = 8;
  private dashPx = 0;

  constructor(originXM: number, originYM: number) {
    super(STROKE_VERTEX_BYTES, originXM, originYM);
  }

  /**
   * A line through `length` numbers of `xyM` from `at`.
   *
   * @param widthPx up to 31
   * @param dashPx length of dashes and gaps up to 255, 0 for none
   */
  line(xyM: ArrayLike<number>, at: number, length: number, isClosed: boolean, paint: number, widthPx: number, dashPx = 0): void {
    const count = length / 2;
    if (count < 2) return;
    this.paint = paint;
    this.widthEighthsPx = Math.min(255, Math.round(widthPx * 8));
    this.dashPx = dashPx;
    this.alongM = 0;
    const stretches = isClosed ? count : count - 1;
    for (let i = 0; i < stretches; i += 1) {
      const before = isClosed ? (i + count - 1) % count : Math.max(0, i - 1);
      const next = (i + 1) % count;
      const after = isClosed ? (i + 2) % count : Math.min(count - 1, i + 2);
      this.stretch(xyM, at + 2 * before, at + 2 * i, at + 2 * next, at + 2 * after);
    }
  }

  segment(fromXM: number, fromYM: number, toXM: number, toYM: number, paint: number, widthPx: number, dashPx = 0): void {
    pair[0] = fromXM;
    pair[1] = fromYM;
    pair[2] = toXM;
    pair[3] = toYM;
    this.line(pair, 0, 4, false, paint, widthPx, dashPx);
  }

  /** From point b to point c of a line a, b, c, d; where a = b or c = d the line ends. */
  private stretch(xyM: ArrayLike<number>, a: number, b: number, c: number, d: number): void {
    const bx = xyM[b]!;
    const by = xyM[b + 1]!;
    const cx = xyM[c]!;
    const cy = xyM[c + 1]!;
    const alongX = cx - bx;
    const alongY = cy - by;
    // Math.hypot guards against overflow, which metres do not need, at several times the cost; this runs for every edge of every vehicle.
    const lengthM = Math.sqrt(alongX * alongX + alongY * alongY);
    if (lengthM === 0) return;
    const nx = -alongY / lengthM;
    const ny = alongX / lengthM;
    mitre(xyM[a]!, xyM[a + 1]!, bx, by, nx, ny, false);
    const sx = corner.x;
    const sy = corner.y;
    mitre(xyM[d]!, xyM[d + 1]!, cx, cy, nx, ny, true);
    const ex = corner.x;
    const ey = corner.y;
    const from = this.alongM;
    const to = from + lengthM;
    this.vertex(bx, by, sx, sy, from, 255);
    this.vertex(bx, by, -sx, -sy, from, 0);
    this.vertex(cx, cy, ex, ey, to, 255);
    this.vertex(cx, cy, ex, ey, to, 255);
    this.vertex(bx, by, -sx, -sy, from, 0);
    this.vertex(cx, cy, -ex, -ey, to, 0);
    this.alongM = to;
  }

  private vertex(xM: number, yM: number, offsetX: number, offsetY: number, alongM: number, side: number): void {
    const at = this.add(xM, yM);
    const f = at / 4;
    this.floats[f + 2] = offsetX;
    this.floats[f + 3] = offsetY;
    this.floats[f + 4] = alongM;
    this.bytes[at + 20] = this.paint;
    this.bytes[at + 21] = side;
    this.bytes[at + 22] = this.widthEighthsPx;
    this.bytes[at + 23] = this.dashPx;
  }
}

/** Scratch of this module: strokes are built by one thread, one at a time. */
const corner = { x: 0, y: 0 };
const pair = new Float64Array(4);

/** Offset of a corner in half widths, left of the stretch with normal (nx, ny), where it meets the stretch to or from a third point. */
function mitre(otherXM: number, otherYM: number, xM: number, yM: number, nx: number, ny: number, isOtherAfter: boolean): void {
  const dx = isOtherAfter ? otherXM - xM : xM - otherXM;
  const dy = isOtherAfter ? otherYM - yM : yM - otherYM;
  const lengthM = Math.sqrt(dx * dx + dy * dy);
  corner.x = nx;
  corner.y = ny;
  if (lengthM === 0) return;
  const sumX = nx - dy / lengthM;
  const sumY = ny + dx / lengthM;
  // |sum|² = 2 (1 + cos) and the mitre is sum / (1 + cos).
  const half = (sumX * sumX + sumY * sumY) / 2;
  if (half < 2 / (LONGEST_MITRE * LONGEST_MITRE)) return;
  corner.x = sumX / half;
  corner.y = sumY / half;
}
