import { cubicValue, pieceAt } from './cubic';
import type { Road, RoadLane, RoadLaneSection } from './road-network';

/** Lanes of a section from left to right without the centre lane: lane k lies between border k on its left and border k + 1 on its right. */
export interface SectionShape {
  readonly lanes: readonly RoadLane[];
  /** Border that is the road's centre lane. */
  readonly centreBorder: number;
  readonly startSM: number;
  readonly endSM: number;
}

export function shapeOfSection(road: Road, index: number): SectionShape {
  const section = road.sections[index]!;
  const lanes = section.lanes.filter((lane) => lane.id !== 0).sort((a, b) => b.id - a.id);
  return {
    lanes,
    centreBorder: lanes.filter((lane) => lane.id > 0).length,
    startSM: section.sM,
    endSM: index + 1 < road.sections.length ? Math.min(road.sections[index + 1]!.sM, road.lengthM) : road.lengthM,
  };
}

/** False for lane sections so short that nothing can be made of them; links lead through them. */
export function hasLength({ startSM, endSM }: SectionShape): boolean {
  return endSM - startSM > 1e-3;
}

/** Index of the lane section at an arc length; a boundary belongs to the section that starts there. */
export function sectionAt(sections: readonly RoadLaneSection[], sM: number): number {
  let index = sections.length - 1;
  while (index > 0 && sections[index]!.sM > sM) index -= 1;
  return index;
}

/** Lateral positions of the borders at an arc length, left positive [m], to `out`. Widths below 0 count as 0. */
export function bordersAt(road: Road, shape: SectionShape, sM: number, out: number[]): void {
  const { lanes, centreBorder } = shape;
  const dsM = sM - shape.startSM;
  const offsetM = cubicValue(pieceAt(road.laneOffset, sM), sM);
  out[centreBorder] = offsetM;
  for (let k = centreBorder - 1; k >= 0; k -= 1) {
    const lane = lanes[k]!;
    out[k] = lane.borders.length > 0
      ? Math.max(out[k + 1]!, offsetM + cubicValue(pieceAt(lane.borders, dsM), dsM))
      : out[k + 1]! + Math.max(0, cubicValue(pieceAt(lane.widths, dsM), dsM));
  }
  for (let k = centreBorder; k < lanes.length; k += 1) {
    const lane = lanes[k]!;
    out[k + 1] = lane.borders.length > 0
      ? Math.min(out[k]!, offsetM + cubicValue(pieceAt(lane.borders, dsM), dsM))
      : out[k]! - Math.max(0, cubicValue(pieceAt(lane.widths, dsM), dsM));
  }
}
