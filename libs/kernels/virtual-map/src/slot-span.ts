import { bordersAt, sectionAt, shapeOfSection, type SectionShape } from './section-shape';
import { isDrivable } from './lane-type';
import type { Road, RoadNetwork, RoadObject } from './road-network';
import type { MapFault, Slot } from './virtual-map';

/** A place on a drivable lane in road coordinates. */
export interface LanePlace {
  readonly roadIndex: number;
  readonly sectionIndex: number;
  /** Position among the section's lanes from left to right. */
  readonly laneIndex: number;
}

/** The stretch of a lane that a parking or charging slot takes. */
export interface SlotSpan extends LanePlace {
  readonly object: RoadObject;
  readonly kind: Slot['kind'];
  readonly fromSM: number;
  readonly toSM: number;
  readonly lengthM: number;
  readonly widthM: number;
}

/** An object's name, or its id when it has none. */
export function nameOf(object: RoadObject): string {
  return object.name === '' ? object.id : object.name;
}

/** Drivable lane on which a point of the road frame lies, null when it lies on none. A point on a border belongs to the drivable lane beside it. */
export function laneAt(road: Road, roadIndex: number, sM: number, tM: number): LanePlace | null {
  if (sM < 0 || sM > road.lengthM || road.sections.length === 0) return null;
  const sectionIndex = sectionAt(road.sections, sM);
  const shape = shapeOfSection(road, sectionIndex);
  const bordersM: number[] = [];
  bordersAt(road, shape, sM, bordersM);
  for (let k = 0; k < shape.lanes.length; k += 1) {
    if (isDrivable(shape.lanes[k]!.type) && tM <= bordersM[k]! && tM >= bordersM[k + 1]! && bordersM[k]! > bordersM[k + 1]!) {
      return { roadIndex, sectionIndex, laneIndex: k };
    }
  }
  return null;
}

/** Slots of the whole network in the order of roads and objects; what cannot be one goes to `warnings`. */
export function findSlotSpans(network: RoadNetwork, warnings: MapFault[]): SlotSpan[] {
  const spans: SlotSpan[] = [];
  network.roads.forEach((road, roadIndex) => {
    for (const object of road.objects) {
      if (!object.isParkingSpace) continue;
      const found = spanOf(road, roadIndex, object);
      if ('code' in found) warnings.push(found);
      else spans.push(found);
    }
  });
  return spans;
}

function spanOf(road: Road, roadIndex: number, object: RoadObject): SlotSpan | MapFault {
  const where = `road ${road.id}, object ${object.id}, s ${object.sM.toFixed(1)}`;
  const place = laneAt(road, roadIndex, object.sM, object.tM);
  if (place === null) {
    return { code: 'QM_MAP_SLOT_UNREACHABLE', where, message: `the parking space ${nameOf(object)} lies on no drivable lane, so no vehicle can be sent there` };
  }
  if (Math.abs(Math.sin(object.headingRad)) > 0.5) {
    return { code: 'QM_MAP_SLOT_ACROSS', where, message: `the parking space ${nameOf(object)} lies across its lane, and vehicles stand along it` };
  }
  const size = sizeOf(object);
  if (!(size.lengthM > 0) || !(size.widthM > 0)) {
    return { code: 'QM_MAP_SLOT_WITHOUT_SIZE', where, message: `the parking space ${nameOf(object)} has neither length and width nor an outline` };
  }
  const kind = object.userData['qm:slot'] === 'charging' ? 'charging' : 'parking';
  return { ...place, ...size, object, kind, fromSM: object.sM - size.lengthM / 2, toSM: object.sM + size.lengthM / 2 };
}

function sizeOf(object: RoadObject): { readonly lengthM: number; readonly widthM: number } {
  if (object.lengthM > 0 && object.widthM > 0) return { lengthM: object.lengthM, widthM: object.widthM };
  const corners = object.outlines[0] ?? [];
  const spread = (values: readonly number[]): number => (values.length > 0 ? Math.max(...values) - Math.min(...values) : 0);
  return { lengthM: spread(corners.map((corner) => corner.aM)), widthM: spread(corners.map((corner) => corner.bM)) };
}

/** A remainder of a lane shorter than this joins the slot beside it [m]. */
const JOIN_M = 1;

/**
 * Arc lengths at which the blocks of a lane section end: at the ends of slots, and between them in equal parts near the target length.
 *
 * @param slots those of this section, by rising `fromSM`
 * @param stretch how much longer the section's longest lane is than its reference line
 */
export function cutsOfSection(shape: SectionShape, slots: readonly SlotSpan[], blockLengthM: number, stretch: number): number[] {
  const cutsM: number[] = [];
  let cursorM = shape.startSM;
  const divide = (toSM: number): void => {
    const lengthM = toSM - cursorM;
    const parts = Math.max(1, Math.round(lengthM * stretch / blockLengthM));
    for (let part = 1; part < parts; part += 1) cutsM.push(cursorM + lengthM * part / parts);
  };
  for (const slot of slots) {
    const fromSM = slot.fromSM - cursorM < JOIN_M ? cursorM : slot.fromSM;
    const toSM = shape.endSM - slot.toSM < JOIN_M ? shape.endSM : slot.toSM;
    if (toSM - fromSM < JOIN_M) continue;
    if (fromSM > cursorM) {
      divide(fromSM);
      cutsM.push(fromSM);
    }
    if (toSM < shape.endSM) cutsM.push(toSM);
    cursorM = toSM;
  }
  if (cursorM < shape.endSM) divide(shape.endSM);
  return cutsM;
}
