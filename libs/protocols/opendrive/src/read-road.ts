import type { Cubic, Road, RoadLink } from '@quaymaster/virtual-map';
import { child, childrenOf, inOrder, parseNumber, readCubics, readSpeedMps, requiredNumber, shown, UNLIMITED_MPS } from './attributes';
import { checkPlanView } from './check-plan-view';
import type { FaultLog } from './fault-log';
import { readLaneSections } from './read-lanes';
import { readObjects, readSignals } from './read-objects';
import { readPlanView } from './read-plan-view';
import type { XmlElement } from './xml-element';

/**
 * One road, or null when nothing can be driven on by what the file says of it: no identity, no complete reference line, no lanes. All else that is wrong is
 * reported and read around.
 */
export function readRoad(element: XmlElement, number: number, jointToleranceM: number, log: FaultLog): Road | null {
  const id = element.attribute('id')?.trim() ?? '';
  if (id === '') {
    log.add('QM_MAP_ROAD', `road number ${number} of the file`, 'it has no id and is left out');
    return null;
  }
  const where = `road ${id}`;
  const planView = readPlanView(child(element, 'planView'), where, log);
  const last = planView?.at(-1);
  if (!planView || !last) {
    log.add('QM_MAP_ROAD', where, planView ? 'it has no reference line and is left out' : 'its reference line cannot be read; the road is left out');
    return null;
  }
  const lengthM = readLength(element, last.sM + last.lengthM, where, log);
  const lanes = child(element, 'lanes');
  const sections = readLaneSections(lanes, lengthM, where, log).map(({ sM, lanes: ofSection }) => ({ sM, lanes: ofSection }));
  if (sections.length === 0) {
    log.add('QM_MAP_ROAD', where, 'it has no lane section and is left out');
    return null;
  }
  checkPlanView(planView, lengthM, jointToleranceM, where, log);
  const lateral = child(element, 'lateralProfile');
  for (const name of ['crossfall', 'shape', 'crossSectionSurface']) {
    if (child(lateral, name)) log.add('QM_MAP_UNSUPPORTED', where, `<${name}> is not supported: the surface is taken as plane across the road`);
  }
  const junctionId = element.attribute('junction')?.trim() ?? '-1';
  const link = child(element, 'link');
  return {
    id, name: element.attribute('name') ?? '', junctionId: junctionId === '-1' || junctionId === '' ? null : junctionId, lengthM,
    leftHandTraffic: element.attribute('rule')?.trim() === 'LHT', planView, sections,
    elevation: cubicsOf(child(element, 'elevationProfile'), 'elevation', where, log), superelevation: cubicsOf(lateral, 'superelevation', where, log),
    laneOffset: cubicsOf(lanes, 'laneOffset', where, log),
    predecessor: readLink(child(link, 'predecessor'), where, log), successor: readLink(child(link, 'successor'), where, log),
    speedLimits: readLimits(element, where, log), objects: readObjects(child(element, 'objects'), where, log), signals: readSignals(child(element, 'signals'), where, log),
  };
}

function readLength(element: XmlElement, referenceLineM: number, where: string, log: FaultLog): number {
  const lengthM = parseNumber(element.attribute('length') ?? '');
  if (lengthM > 0) return lengthM;
  log.add('QM_MAP_LENGTH', where, `it has no length above 0; its reference line's, ${referenceLineM} m, is used`);
  return referenceLineM;
}

function cubicsOf(parent: XmlElement | undefined, name: string, where: string, log: FaultLog): Cubic[] {
  return readCubics(childrenOf(parent, name), 's', where, log);
}

function readLink(element: XmlElement | undefined, where: string, log: FaultLog): RoadLink | null {
  if (!element) return null;
  const id = element.attribute('elementId')?.trim() ?? '';
  const type = element.attribute('elementType')?.trim() ?? '';
  const contactPoint = element.attribute('contactPoint')?.trim();
  if (id !== '' && type === 'junction') return { kind: 'junction', junctionId: id };
  if (id !== '' && type === 'road' && (contactPoint === 'start' || contactPoint === 'end')) return { kind: 'road', roadId: id, contactPoint };
  const because = id === '' ? 'names no element' : type === 'road' ? 'names no contact point' : `names an element of type "${shown(type)}"`;
  log.add('QM_MAP_LINK', where, `its ${element.name} ${because}; the link is left out`);
  return null;
}

/** Limits by rising s. "No limit" is kept only where it ends a limit before it: elsewhere whoever reads the map has a default of its own. */
function readLimits(road: XmlElement, where: string, log: FaultLog): { sM: number; limitMps: number }[] {
  const limits: { sM: number; limitMps: number }[] = [];
  for (const type of childrenOf(road, 'type')) {
    const speed = child(type, 'speed');
    if (!speed) continue;
    const sM = requiredNumber(type, 's', where, log);
    const limitMps = readSpeedMps(speed, where, log);
    if (sM !== undefined && limitMps !== null && (limitMps !== UNLIMITED_MPS || limits.length > 0)) limits.push({ sM, limitMps });
  }
  return inOrder(limits, '<type>', where, log);
}
