import type { PlanGeometry } from '@quaymaster/virtual-map';
import { inOrder, requiredNumber, requiredNumbers, shown } from './attributes';
import type { FaultLog } from './fault-log';
import type { XmlElement } from './xml-element';

/** A piece shorter than this is no piece [m]. */
const NO_LENGTH_M = 1e-9;

/**
 * The pieces of a road's reference line by rising s. A piece of no length is left out with a report. Null when a piece cannot be read: the line would
 * have a hole.
 */
export function readPlanView(planView: XmlElement | undefined, where: string, log: FaultLog): PlanGeometry[] | null {
  const pieces: PlanGeometry[] = [];
  for (const element of planView?.children ?? []) {
    if (element.name !== 'geometry') continue;
    const at = `${where}, geometry ${pieces.length} at s ${shown(element.attribute('s') ?? '?')}`;
    const piece = readPiece(element, at, log);
    if (!piece) return null;
    if (piece.lengthM < 0 || piece.sM < 0) {
      log.add('QM_MAP_GEOMETRY', at, `s ${piece.sM} m and length ${piece.lengthM} m must not be negative`);
      return null;
    }
    if (piece.lengthM > NO_LENGTH_M) pieces.push(piece);
    else log.add('QM_MAP_GEOMETRY', at, 'the piece has no length and is left out');
  }
  return inOrder(pieces, '<geometry>', where, log);
}

/** One `<geometry>` as written, or null with a report. */
export function readPiece(element: XmlElement, where: string, log: FaultLog): PlanGeometry | null {
  const base = requiredNumbers(element, ['s', 'x', 'y', 'hdg', 'length'], where, log);
  if (!base) return null;
  const [sM, xM, yM, headingRad, lengthM] = base;
  const shape = readShape(element, where, log);
  return shape && { sM, xM, yM, headingRad, lengthM, ...shape };
}

type Shape<G = PlanGeometry> = G extends PlanGeometry ? Omit<G, 'sM' | 'xM' | 'yM' | 'headingRad' | 'lengthM'> : never;

function readShape(geometry: XmlElement, where: string, log: FaultLog): Shape | null {
  const shape = geometry.children.find((one) => one.name !== 'userData' && one.name !== 'include' && one.name !== 'dataQuality');
  if (!shape) {
    log.add('QM_MAP_GEOMETRY', where, '<geometry> has no shape');
    return null;
  }
  switch (shape.name) {
    case 'line':
      return { kind: 'line' };
    case 'arc': {
      const curvaturePerM = requiredNumber(shape, 'curvature', where, log);
      return curvaturePerM === undefined ? null : { kind: 'arc', curvaturePerM };
    }
    case 'spiral': {
      const ends = requiredNumbers(shape, ['curvStart', 'curvEnd'], where, log);
      return ends && { kind: 'spiral', startPerM: ends[0], endPerM: ends[1] };
    }
    case 'poly3': {
      const poly = requiredNumbers(shape, ['a', 'b', 'c', 'd'], where, log);
      return poly && { kind: 'poly3', a: poly[0], b: poly[1], c: poly[2], d: poly[3] };
    }
    case 'paramPoly3': {
      const u = requiredNumbers(shape, ['aU', 'bU', 'cU', 'dU'], where, log);
      const v = requiredNumbers(shape, ['aV', 'bV', 'cV', 'dV'], where, log);
      const range = shape.attribute('pRange') ?? 'normalized';
      if (range !== 'normalized' && range !== 'arcLength') log.add('QM_MAP_ATTRIBUTE', where, `pRange "${shown(range)}" is not known; taken as normalized`);
      return u && v && { kind: 'paramPoly3', u, v, normalized: range !== 'arcLength' };
    }
    default:
      log.add('QM_MAP_GEOMETRY', where, `<${shown(shape.name)}> is not a shape that is known`);
      return null;
  }
}
