import { clothoidEnd } from './clothoid';
import { pieceAt } from './cubic';
import type { PlanGeometry } from './road-network';

/**
 * Pose of a reference line on one of its pieces. A little beyond the piece's ends the curve is continued.
 *
 * @param dsM arc length from the start of the piece [m]
 * @param out receives x [m], y [m], heading [rad] (not normalised)
 */
export function poseOnGeometry(piece: PlanGeometry, dsM: number, out: Float64Array): void {
  let u: number;
  let v: number;
  let turnRad: number;
  switch (piece.kind) {
    case 'line':
      u = dsM;
      v = 0;
      turnRad = 0;
      break;
    case 'arc':
      turnRad = piece.curvaturePerM * dsM;
      if (Math.abs(turnRad) < 1e-6) {
        u = dsM;
        v = turnRad * dsM / 2;
      } else {
        u = Math.sin(turnRad) / piece.curvaturePerM;
        v = (1 - Math.cos(turnRad)) / piece.curvaturePerM;
      }
      break;
    case 'spiral': {
      const sharpness = piece.lengthM > 0 ? (piece.endPerM - piece.startPerM) / piece.lengthM : 0;
      clothoidEnd(piece.startPerM, sharpness, dsM, out);
      u = out[0]!;
      v = out[1]!;
      turnRad = dsM * (piece.startPerM + sharpness * dsM / 2);
      break;
    }
    case 'poly3': {
      const { a, b, c, d } = piece;
      u = abscissaAtLength(b, c, d, dsM);
      v = a + u * (b + u * (c + u * d));
      turnRad = Math.atan(b + u * (2 * c + 3 * u * d));
      break;
    }
    case 'paramPoly3': {
      const p = piece.normalized ? dsM / piece.lengthM : dsM;
      const [au, bu, cu, du] = piece.u;
      const [av, bv, cv, dv] = piece.v;
      u = au + p * (bu + p * (cu + p * du));
      v = av + p * (bv + p * (cv + p * dv));
      turnRad = Math.atan2(bv + p * (2 * cv + 3 * p * dv), bu + p * (2 * cu + 3 * p * du));
      break;
    }
  }
  const cos = Math.cos(piece.headingRad);
  const sin = Math.sin(piece.headingRad);
  out[0] = piece.xM + u * cos - v * sin;
  out[1] = piece.yM + u * sin + v * cos;
  out[2] = piece.headingRad + turnRad;
}

/** Pose of a whole reference line at an arc length; `out` as above. The plan view has at least one piece. */
export function poseOnReferenceLine(planView: readonly PlanGeometry[], sM: number, out: Float64Array): void {
  const piece = pieceAt(planView, sM)!;
  poseOnGeometry(piece, sM - piece.sM, out);
}

/** How much a reference line turns between two arc lengths on one piece [rad], CCW positive. Turns of polynomials are taken as less than half a circle. */
export function turnOnGeometryRad(piece: PlanGeometry, fromDsM: number, toDsM: number): number {
  switch (piece.kind) {
    case 'line':
      return 0;
    case 'arc':
      return piece.curvaturePerM * (toDsM - fromDsM);
    case 'spiral': {
      const sharpness = piece.lengthM > 0 ? (piece.endPerM - piece.startPerM) / piece.lengthM : 0;
      return (toDsM - fromDsM) * (piece.startPerM + sharpness * (fromDsM + toDsM) / 2);
    }
    case 'poly3':
    case 'paramPoly3': {
      const pose = new Float64Array(3);
      poseOnGeometry(piece, fromDsM, pose);
      const fromRad = pose[2]!;
      poseOnGeometry(piece, toDsM, pose);
      const turnRad = pose[2]! - fromRad;
      return turnRad - 2 * Math.PI * Math.round(turnRad / (2 * Math.PI));
    }
  }
}

/** u at which the curve v(u) has the given arc length: Newton steps on Simpson's rule, which a road's gentle cubic meets in a few. */
function abscissaAtLength(b: number, c: number, d: number, lengthM: number): number {
  const speed = (u: number): number => {
    const slope = b + u * (2 * c + 3 * u * d);
    return Math.sqrt(1 + slope * slope);
  };
  let u = lengthM / speed(0);
  for (let step = 0; step < 12; step += 1) {
    const stretches = 16;
    const h = u / stretches;
    let arcM = 0;
    for (let i = 0; i < stretches; i += 1) arcM += speed(i * h) + 4 * speed((i + 0.5) * h) + speed((i + 1) * h);
    arcM *= h / 6;
    const excessM = arcM - lengthM;
    u -= excessM / speed(u);
    if (Math.abs(excessM) < 1e-9) break;
  }
  return u;
}
