import type { Cubic, RoadLane } from '@quaymaster/virtual-map';
import { child, childrenOf, inOrder, integer, optionalNumber, readCubics, readSpeedMps, requiredNumber, shown, valueAt } from './attributes';
import type { FaultLog } from './fault-log';
import { combineSides, type RawSection } from './single-side';
import type { XmlElement } from './xml-element';

/** Widths below zero by less than this are rounding of polynomials [m]. */
const WIDTH_ROUNDING_M = 1e-3;

const CENTRE_LANE: RoadLane = { id: 0, type: 'none', widths: [], borders: [], predecessorId: null, successorId: null, speedLimits: [] };

/** The lane sections of a road by rising s; sections that hold for one side only are combined into sections that hold for both. Empty when there is none. */
export function readLaneSections(lanes: XmlElement | undefined, roadLengthM: number, where: string, log: FaultLog): RawSection[] {
  const sections: RawSection[] = [];
  for (const element of childrenOf(lanes, 'laneSection')) {
    const at = `${where}, section ${sections.length}`;
    const sM = requiredNumber(element, 's', at, log);
    if (sM === undefined) continue;
    if (sM < 0 || sM >= roadLengthM) {
      log.add('QM_MAP_SECTION', at, `it starts at s ${sM} m, outside the road of ${roadLengthM} m, and is left out`);
      continue;
    }
    const singleSide = element.attribute('singleSide')?.trim();
    sections.push({ sM, side: singleSide === 'true' || singleSide === '1' ? sideOf(element) : 'both', lanes: readLanes(element, at, log) });
  }
  inOrder(sections, '<laneSection>', where, log);
  const usable = combineSides(sections).filter((section, i, all) => {
    if (section.sM !== all[i + 1]?.sM) return true;
    log.add('QM_MAP_SECTION', `${where}, section ${i}`, 'it has no length and is left out');
    return false;
  });
  if (usable[0] && usable[0].sM > 0) log.add('QM_MAP_SECTION', where, `the first lane section starts at s ${usable[0].sM} m: there are no lanes before it`);
  usable.forEach((section, i) => { checkWidths(section, usable[i + 1]?.sM ?? roadLengthM, `${where}, section ${i}`, log); });
  return usable;
}

function sideOf(section: XmlElement): 'left' | 'right' {
  return child(section, 'left') ? 'left' : 'right';
}

/** By descending id, the centre lane included. */
function readLanes(section: XmlElement, where: string, log: FaultLog): RoadLane[] {
  const lanes = new Map<number, RoadLane>();
  for (const side of section.children) {
    if (side.name !== 'left' && side.name !== 'center' && side.name !== 'right') continue;
    for (const element of childrenOf(side, 'lane')) {
      const id = integer(element.attribute('id'));
      if (id === null) {
        log.add('QM_MAP_LANE', where, `a lane on side ${side.name} has no whole number as id and is left out`);
        continue;
      }
      const at = `${where}, lane ${id}`;
      if (lanes.has(id)) {
        log.add('QM_MAP_LANE', at, 'there is another lane of that id; this one is left out');
        continue;
      }
      const expectedSign = side.name === 'left' ? 1 : side.name === 'right' ? -1 : 0;
      if (Math.sign(id) !== expectedSign) log.add('QM_MAP_LANE', at, `its id does not belong into <${side.name}>; the id decides`);
      lanes.set(id, readLane(element, id, at, log));
    }
  }
  if (!lanes.has(0)) lanes.set(0, CENTRE_LANE);
  const sorted = [...lanes.values()].sort((a, b) => b.id - a.id);
  for (const [i, lane] of sorted.entries()) {
    const above = sorted[i - 1];
    if (above && above.id !== lane.id + 1) log.add('QM_MAP_LANE', where, `there are no lanes between ${above.id} and ${lane.id}`);
  }
  return sorted;
}

function readLane(element: XmlElement, id: number, where: string, log: FaultLog): RoadLane {
  const link = child(element, 'link');
  const borders = id === 0 ? [] : readCubics(childrenOf(element, 'border'), 'sOffset', where, log);
  const widths = id === 0 ? [] : readCubics(childrenOf(element, 'width'), 'sOffset', where, log);
  if (id !== 0 && widths.length === 0 && borders.length === 0) log.add('QM_MAP_WIDTH', where, 'it has neither a width nor a border and gets width 0');
  if (widths.length > 0 && borders.length > 0) log.add('QM_MAP_WIDTH', where, 'it has widths and borders; the widths hold');
  const shape = widths.length > 0 ? widths : borders;
  if (shape[0] && shape[0].sM !== 0) log.add('QM_MAP_WIDTH', where, `its first ${widths.length > 0 ? 'width' : 'border'} starts at ${shape[0].sM} m, not at the start of the section`);
  const direction = element.attribute('direction') ?? 'standard';
  if (direction !== 'standard') log.add('QM_MAP_UNSUPPORTED', where, `direction "${shown(direction)}" is not supported: the lane is driven as the rule of its road says`);
  checkAccess(childrenOf(element, 'access'), where, log);
  return {
    id, type: element.attribute('type')?.trim() ?? 'none',
    widths: id !== 0 && shape.length === 0 ? [{ sM: 0, a: 0, b: 0, c: 0, d: 0 }] : widths, borders: widths.length > 0 ? [] : borders,
    predecessorId: linkedLane(link, 'predecessor', where, log), successorId: linkedLane(link, 'successor', where, log),
    speedLimits: readLimits(childrenOf(element, 'speed'), where, log),
  };
}

/** Allowing and denying at one place contradict each other. Who may use a lane is else not read: the site's own zones say that. */
function checkAccess(accesses: readonly XmlElement[], where: string, log: FaultLog): void {
  const rules = new Map<string, string>();
  for (const element of accesses) {
    const at = optionalNumber(element, 'sOffset', 0, where, log).toFixed(6);
    const rule = element.attribute('rule')?.trim() ?? 'allow';
    const other = rules.get(at);
    if (other !== undefined && other !== rule) log.add('QM_MAP_ACCESS', where, `access at ${at} m is both allowed and denied`);
    rules.set(at, rule);
  }
}

function linkedLane(link: XmlElement | undefined, name: 'predecessor' | 'successor', where: string, log: FaultLog): number | null {
  const [first, ...more] = childrenOf(link, name);
  if (!first) return null;
  if (more.length > 0) log.add('QM_MAP_UNSUPPORTED', where, `only the first of ${more.length + 1} lanes that it names as ${name} is used`);
  const id = integer(first.attribute('id'));
  if (id === null) log.add('QM_MAP_LINK', where, `its ${name} has no whole number as id`);
  return id;
}

function readLimits(speeds: readonly XmlElement[], where: string, log: FaultLog): { sM: number; limitMps: number }[] {
  const limits: { sM: number; limitMps: number }[] = [];
  for (const element of speeds) {
    const sM = optionalNumber(element, 'sOffset', 0, where, log);
    const limitMps = readSpeedMps(element, where, log);
    if (limitMps !== null) limits.push({ sM, limitMps });
  }
  return inOrder(limits, '<speed>', where, log);
}

function checkWidths(section: RawSection, endSM: number, where: string, log: FaultLog): void {
  const lengthM = endSM - section.sM;
  for (const lane of section.lanes) {
    const negative = lane.widths.findIndex((cubic, i) => isNegative(cubic, Math.min(lane.widths[i + 1]?.sM ?? lengthM, lengthM)));
    if (negative < 0) continue;
    const cubic = lane.widths[negative]!;
    log.add('QM_MAP_NEGATIVE_WIDTH', `${where}, lane ${lane.id}, s ${(section.sM + cubic.sM).toFixed(2)} m`, 'its width is below 0 at the start or end of this record');
  }
}

function isNegative(cubic: Cubic, untilSM: number): boolean {
  return cubic.a < -WIDTH_ROUNDING_M || (untilSM > cubic.sM && valueAt(cubic, untilSM) < -WIDTH_ROUNDING_M);
}
