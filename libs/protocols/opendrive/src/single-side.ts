import type { Cubic, RoadLane, RoadLaneSection } from '@quaymaster/virtual-map';

/** A lane section as written: it may hold for one side only, and then the other side has sections of its own. */
export interface RawSection extends RoadLaneSection {
  readonly side: 'both' | 'left' | 'right';
}

/**
 * Cuts both sides at every start of a section, so that each section holds for both. Lanes keep their shape: polynomials are expanded anew about the cut.
 * Sections that hold for both sides already come back as they are.
 *
 * @param sections by rising s
 */
export function combineSides(sections: readonly RawSection[]): RawSection[] {
  if (sections.every((section) => section.side === 'both')) return [...sections];
  const starts = [...new Set(sections.map((section) => section.sM))];
  return starts.map((sM, i) => {
    const untilSM = starts[i + 1] ?? Infinity;
    const left = holding(sections, 'left', sM);
    const right = holding(sections, 'right', sM);
    const centre = (right ?? left)?.lanes.filter((lane) => lane.id === 0) ?? [];
    const lanes = [
      ...cut(left, (lane) => lane.id > 0, sM, untilSM, endOf(sections, left)),
      ...centre,
      ...cut(right, (lane) => lane.id < 0, sM, untilSM, endOf(sections, right)),
    ];
    return { sM, side: 'both', lanes };
  });
}

function holding(sections: readonly RawSection[], side: 'left' | 'right', atSM: number): RawSection | undefined {
  return sections.findLast((section) => section.sM <= atSM && (section.side === 'both' || section.side === side));
}

/** Where the section that follows on the same side starts. */
function endOf(sections: readonly RawSection[], section: RawSection | undefined): number {
  if (!section) return Infinity;
  return sections.find((other) => other.sM > section.sM && (section.side === 'both' || other.side === 'both' || other.side === section.side))?.sM ?? Infinity;
}

function cut(section: RawSection | undefined, isOfSide: (lane: RoadLane) => boolean, sM: number, untilSM: number, sectionEndSM: number): RoadLane[] {
  if (!section) return [];
  const shiftM = sM - section.sM;
  return section.lanes.filter(isOfSide).map((lane) => ({
    ...lane,
    widths: lane.widths.length > 0 ? shifted(lane.widths, shiftM) : lane.widths, borders: lane.borders.length > 0 ? shifted(lane.borders, shiftM) : lane.borders,
    predecessorId: shiftM > 0 ? lane.id : lane.predecessorId, successorId: untilSM < sectionEndSM ? lane.id : lane.successorId,
    speedLimits: from(lane.speedLimits, shiftM).map((limit) => ({ ...limit, sM: Math.max(0, limit.sM - shiftM) })),
  }));
}

function shifted(cubics: readonly Cubic[], shiftM: number): Cubic[] {
  return from(cubics, shiftM).map((cubic) => {
    const sM = cubic.sM - shiftM;
    if (sM >= 0) return { ...cubic, sM };
    const h = -sM;
    return {
      sM: 0, a: cubic.a + h * (cubic.b + h * (cubic.c + h * cubic.d)), b: cubic.b + h * (2 * cubic.c + 3 * h * cubic.d), c: cubic.c + 3 * h * cubic.d, d: cubic.d,
    };
  });
}

/** The record that holds at an arc length and all after it. */
function from<T extends { readonly sM: number }>(records: readonly T[], atSM: number): readonly T[] {
  return records.slice(Math.max(0, records.findLastIndex((record) => record.sM <= atSM)));
}
