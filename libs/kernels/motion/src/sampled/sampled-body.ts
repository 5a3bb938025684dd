import { convexPieces } from '@quaymaster/geometry';

/** A convex piece of a part, in the part's frame. */
export interface ConvexPiece {
  /** Corners `[x, y, …]`, counter-clockwise [m]. */
  readonly xyM: Float64Array;
  /** Outward unit normals `[x, y, …]`: edge i runs from corner i to the next and lies where `normal · point = reach`. */
  readonly normals: Float64Array;
  readonly reachM: Float64Array;
  /** Greatest distance of a corner from the frame's origin [m]. */
  readonly radiusM: number;
}

/** A rigid part: its pieces and where it is at each sample. Headings are unwrapped, so that between samples the shorter arc is the plain way. */
export interface SampledPart {
  readonly pieces: readonly ConvexPiece[];
  readonly radiusM: number;
  readonly xM: Float64Array;
  readonly yM: Float64Array;
  readonly headingRad: Float64Array;
}

/** A body whose parts move evenly from sample to sample. It exists from the first sample to the last, both included. */
export interface SampledBody {
  /** Rising [s]. */
  readonly tS: Float64Array;
  readonly parts: readonly SampledPart[];
}

/**
 * @param ring simple polygon, counter-clockwise, in the part's frame `[x, y, …]` [m]; a concave one is taken apart
 * @param posesM pose at each sample: x [m], y [m], heading [rad]
 */
export function createSampledPart(ring: Float64Array, posesM: readonly (readonly [number, number, number])[]): SampledPart {
  const pieces = convexPieces(ring).map(createPiece);
  const headingRad = new Float64Array(posesM.length);
  posesM.forEach(([, , heading], i) => {
    const turnRad = i === 0 ? heading : heading - posesM[i - 1]![2];
    headingRad[i] = i === 0 ? heading : headingRad[i - 1]! + turnRad - 2 * Math.PI * Math.round(turnRad / (2 * Math.PI));
  });
  return {
    pieces, radiusM: Math.max(...pieces.map((piece) => piece.radiusM)), xM: Float64Array.from(posesM, ([x]) => x), yM: Float64Array.from(posesM, ([, y]) => y), headingRad,
  };
}

function createPiece(xyM: Float64Array): ConvexPiece {
  const n = xyM.length / 2;
  const normals = new Float64Array(2 * n);
  const reachM = new Float64Array(n);
  let radiusM = 0;
  for (let i = 0; i < n; i += 1) {
    const k = (i + 1) % n;
    const [x, y] = [xyM[2 * i]!, xyM[2 * i + 1]!];
    const [dx, dy] = [xyM[2 * k]! - x, xyM[2 * k + 1]! - y];
    const lengthM = Math.hypot(dx, dy);
    normals[2 * i] = dy / lengthM;
    normals[2 * i + 1] = -dx / lengthM;
    reachM[i] = (x * dy - y * dx) / lengthM;
    radiusM = Math.max(radiusM, Math.hypot(x, y));
  }
  return { xyM, normals, reachM, radiusM };
}
