import type { OutlineCorner, RoadObject, RoadSignal } from '@quaymaster/virtual-map';
import { child, childrenOf, optionalNumber, parseNumber, requiredNumbers } from './attributes';
import type { FaultLog } from './fault-log';
import type { XmlElement } from './xml-element';

export function readObjects(objects: XmlElement | undefined, where: string, log: FaultLog): RoadObject[] {
  const found: RoadObject[] = [];
  for (const element of childrenOf(objects, 'object')) {
    const id = element.attribute('id') ?? '';
    const name = element.attribute('name') ?? '';
    const at = `${where}, object ${id}${name === '' ? '' : ` (${name})`}`;
    const place = requiredNumbers(element, ['s', 't'], at, log);
    if (!place) continue;
    if (child(element, 'repeat')) log.add('QM_MAP_UNSUPPORTED', at, 'repeated copies of an object are left out; only the object itself is read');
    const number = (attributeName: string) => optionalNumber(element, attributeName, 0, at, log);
    found.push({
      id, name, type: element.attribute('type')?.trim() ?? 'none', sM: place[0], tM: place[1], zOffsetM: number('zOffset'), headingRad: number('hdg'),
      lengthM: number('length'), widthM: number('width'), radiusM: number('radius'),
      outlines: readOutlines(element, at, log), isParkingSpace: element.attribute('type')?.trim() === 'parkingSpace' || child(element, 'parkingSpace') !== undefined,
      userData: readUserData(element),
    });
  }
  return found;
}

/** `<outline>` is a child of the object up to 1.4 and of its `<outlines>` since. Open outlines are lines, not areas. */
function readOutlines(object: XmlElement, where: string, log: FaultLog): OutlineCorner[][] {
  const outlines: OutlineCorner[][] = [];
  for (const element of [...childrenOf(object, 'outline'), ...childrenOf(child(object, 'outlines'), 'outline')]) {
    const closed = element.attribute('closed')?.trim();
    if (closed === 'false' || closed === '0') {
      log.add('QM_MAP_OUTLINE', where, 'an outline that is not closed bounds no area and is left out');
      continue;
    }
    const corners = readCorners(element, where, log);
    if (corners === null) continue;
    if (corners.length >= 3) outlines.push(corners);
    else log.add('QM_MAP_OUTLINE', where, `an outline of ${corners.length} corners bounds no area and is left out`);
  }
  return outlines;
}

function readCorners(outline: XmlElement, where: string, log: FaultLog): OutlineCorner[] | null {
  const corners: OutlineCorner[] = [];
  for (const element of outline.children) {
    const isRoad = element.name === 'cornerRoad';
    if (!isRoad && element.name !== 'cornerLocal') continue;
    const place = requiredNumbers(element, isRoad ? ['s', 't'] : ['u', 'v'], where, log);
    if (!place) return null;
    corners.push({ frame: isRoad ? 'road' : 'local', aM: place[0], bM: place[1], heightM: optionalNumber(element, 'height', 0, where, log) });
  }
  return corners;
}

/** Values by code; an entry without a value attribute has the text inside as value. */
function readUserData(element: XmlElement): Readonly<Record<string, string>> {
  return Object.fromEntries(childrenOf(element, 'userData').map((data) => [data.attribute('code') ?? '', data.attribute('value') ?? data.text.trim()]));
}

export function readSignals(signals: XmlElement | undefined, where: string, log: FaultLog): RoadSignal[] {
  const found: RoadSignal[] = [];
  for (const element of childrenOf(signals, 'signal')) {
    const id = element.attribute('id') ?? '';
    const place = requiredNumbers(element, ['s', 't'], `${where}, signal ${id}`, log);
    if (!place) continue;
    const value = parseNumber(element.attribute('value') ?? '');
    found.push({
      id, name: element.attribute('name') ?? '', type: element.attribute('type') ?? '', subtype: element.attribute('subtype') ?? '',
      sM: place[0], tM: place[1], value: Number.isNaN(value) ? null : value,
    });
  }
  return found;
}
