import { normalizeAngleRad } from '@quaymaster/geometry';
import type { PlanGeometry } from '@quaymaster/virtual-map';
import type { FaultLog } from './fault-log';
import { endPose, paramPolyLengthM, startPose } from './plan-pose';

/** Heading steps below this are rounding of the writer, not a kink [rad]. */
const KINK_RAD = 0.01;
/** Coefficients below this are rounding of the writer. */
const ROUNDING = 1e-9;

/**
 * Reports where a reference line is not one line: pieces whose ends do not meet, kinks, arc lengths that do not add up. Nothing is changed: the compiler
 * draws what the file says.
 */
export function checkPlanView(pieces: readonly PlanGeometry[], lengthM: number, toleranceM: number, where: string, log: FaultLog): void {
  let expectedSM = 0;
  for (const [i, piece] of pieces.entries()) {
    const at = `${where}, geometry ${i} at s ${piece.sM} m`;
    if (Math.abs(piece.sM - expectedSM) > toleranceM) log.add('QM_MAP_GEOMETRY_S', at, `the pieces before it end at s ${expectedSM.toFixed(4)} m`);
    expectedSM = piece.sM + piece.lengthM;
    checkShape(piece, toleranceM, at, log);
    const before = pieces[i - 1];
    if (before) checkJoint(before, piece, toleranceM, at, log);
  }
  if (Math.abs(expectedSM - lengthM) > toleranceM) log.add('QM_MAP_LENGTH', where, `the road is said to be ${lengthM} m long, its reference line ends at s ${expectedSM.toFixed(4)} m`);
}

function checkJoint(before: PlanGeometry, after: PlanGeometry, toleranceM: number, where: string, log: FaultLog): void {
  const end = endPose(before);
  const start = startPose(after);
  const gapM = Math.hypot(end.xM - start.xM, end.yM - start.yM);
  if (!(gapM <= toleranceM)) log.add('QM_MAP_GAP', where, `it starts ${gapM.toFixed(4)} m from the end of the piece before`);
  const kinkRad = Math.abs(normalizeAngleRad(end.headingRad - start.headingRad));
  if (!(kinkRad <= KINK_RAD)) log.add('QM_MAP_KINK', where, `its heading differs by ${kinkRad.toFixed(4)} rad from the end of the piece before`);
}

function checkShape(piece: PlanGeometry, toleranceM: number, where: string, log: FaultLog): void {
  if (piece.kind === 'spiral' && piece.startPerM === piece.endPerM) log.add('QM_MAP_GEOMETRY', where, 'the spiral has one curvature at both ends: it is an arc');
  if (piece.kind !== 'paramPoly3') return;
  if (Math.abs(piece.u[0]) > ROUNDING || Math.abs(piece.v[0]) > ROUNDING || Math.abs(piece.v[1]) > ROUNDING || piece.u[1] <= 0) {
    log.add('QM_MAP_GEOMETRY', where, 'a paramPoly3 must start at its origin along its heading: aU = aV = bV = 0, bU > 0');
  }
  // A few panels tell for a curve that is smooth; only one that seems wrong is worth many.
  if (Math.abs(paramPolyLengthM(piece, 4) - piece.lengthM) <= toleranceM / 2) return;
  const curveM = paramPolyLengthM(piece);
  if (!(Math.abs(curveM - piece.lengthM) <= toleranceM)) log.add('QM_MAP_LENGTH', where, `its curve is ${curveM.toFixed(4)} m long, not ${piece.lengthM} m`);
}
