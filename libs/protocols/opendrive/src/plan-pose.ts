import type { PlanGeometry } from '@quaymaster/virtual-map';

export interface PlanPose {
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
}

/** Nodes and weights of five-point Gauss-Legendre quadrature on [-1, 1]. */
const NODES = [0, 0.5384693101056831, -0.5384693101056831, 0.9061798459386640, -0.9061798459386640] as const;
const WEIGHTS = [0.5688888888888889, 0.4786286704993665, 0.4786286704993665, 0.2369268850561891, 0.2369268850561891] as const;

/** Integral of f over [from, to]; the panels keep the error below 1e-9 of the length for curves that turn less than a quarter a panel. */
function integral(f: (at: number) => number, from: number, to: number, panels: number): number {
  const half = (to - from) / panels / 2;
  let sum = 0;
  for (let panel = 0; panel < panels; panel += 1) {
    const middle = from + (2 * panel + 1) * half;
    for (let i = 0; i < NODES.length; i += 1) sum += WEIGHTS[i]! * f(middle + half * NODES[i]!);
  }
  return sum * half;
}

/** Most panels an integral is cut into, so that an absurd curvature costs no more than a real one. */
const MAX_PANELS = 2000;

/** Pose at the end of a piece of a reference line. */
export function endPose(piece: PlanGeometry): PlanPose {
  const { xM, yM, headingRad, lengthM } = piece;
  const placed = (u: number, v: number, turnRad: number): PlanPose => ({
    xM: xM + u * Math.cos(headingRad) - v * Math.sin(headingRad), yM: yM + u * Math.sin(headingRad) + v * Math.cos(headingRad), headingRad: headingRad + turnRad,
  });
  switch (piece.kind) {
    case 'line':
      return placed(lengthM, 0, 0);
    case 'arc': {
      const turnRad = piece.curvaturePerM * lengthM;
      // sin(x)/x forms: exact for a curvature of 0 and without cancellation near it.
      const chordM = lengthM * sinc(turnRad / 2);
      return placed(chordM * Math.cos(turnRad / 2), chordM * Math.sin(turnRad / 2), turnRad);
    }
    case 'spiral': {
      const slope = (piece.endPerM - piece.startPerM) / lengthM;
      const turnAt = (s: number) => s * (piece.startPerM + (slope * s) / 2);
      const turnBound = lengthM * Math.max(Math.abs(piece.startPerM), Math.abs(piece.endPerM));
      const panels = Math.min(MAX_PANELS, 2 + Math.ceil(turnBound));
      return placed(integral((s) => Math.cos(turnAt(s)), 0, lengthM, panels), integral((s) => Math.sin(turnAt(s)), 0, lengthM, panels), turnAt(lengthM));
    }
    case 'poly3': {
      const u = poly3EndU(piece, lengthM);
      return placed(u, piece.a + u * (piece.b + u * (piece.c + u * piece.d)), Math.atan(piece.b + u * (2 * piece.c + u * 3 * piece.d)));
    }
    case 'paramPoly3': {
      const p = piece.normalized ? 1 : lengthM;
      const [du, dv] = [slopeAt(piece.u, p), slopeAt(piece.v, p)];
      return placed(cubicAt(piece.u, p), cubicAt(piece.v, p), Math.atan2(dv, du));
    }
  }
}

/** Pose at the start of a piece: a polynomial may start beside or askew of the point that the piece names. */
export function startPose(piece: PlanGeometry): PlanPose {
  const { xM, yM, headingRad } = piece;
  if (piece.kind !== 'poly3' && piece.kind !== 'paramPoly3') return { xM, yM, headingRad };
  const [u, v, turnRad] = piece.kind === 'poly3' ? [0, piece.a, Math.atan(piece.b)] : [piece.u[0], piece.v[0], Math.atan2(piece.v[1], piece.u[1])];
  return {
    xM: xM + u * Math.cos(headingRad) - v * Math.sin(headingRad), yM: yM + u * Math.sin(headingRad) + v * Math.cos(headingRad), headingRad: headingRad + turnRad,
  };
}

/** Length of the curve that a paramPoly3 describes, whatever length the piece claims [m]. */
export function paramPolyLengthM(piece: PlanGeometry & { kind: 'paramPoly3' }, panels = 64): number {
  const speed = (p: number) => {
    const du = slopeAt(piece.u, p);
    const dv = slopeAt(piece.v, p);
    return Math.sqrt(du * du + dv * dv);
  };
  return integral(speed, 0, piece.normalized ? 1 : piece.lengthM, panels);
}

/** `u` at which the curve v(u) has the given length: Newton on the arc length, whose derivative is at least 1, so that it converges from above. */
function poly3EndU(piece: PlanGeometry & { kind: 'poly3' }, lengthM: number): number {
  const stretch = (u: number) => Math.hypot(1, piece.b + u * (2 * piece.c + u * 3 * piece.d));
  let u = lengthM;
  for (let step = 0; step < 50; step += 1) {
    const errorM = integral(stretch, 0, u, 32) - lengthM;
    u = Math.max(0, u - errorM / stretch(u));
    if (Math.abs(errorM) < 1e-9) break;
  }
  return u;
}

function sinc(x: number): number {
  return Math.abs(x) < 1e-8 ? 1 : Math.sin(x) / x;
}

function cubicAt(k: readonly [number, number, number, number], p: number): number {
  return k[0] + p * (k[1] + p * (k[2] + p * k[3]));
}

function slopeAt(k: readonly [number, number, number, number], p: number): number {
  return k[1] + p * (2 * k[2] + p * 3 * k[3]);
}
