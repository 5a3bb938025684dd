import type { Cubic, RoadLane, RoadLaneSection } from '@quaymaster/virtual-map';

/** A lane section as written: it may hold for one side only, and then the other side has sections of its own. */
export interface RawSection extends RoadLaneSection {
  readonly side: 'both' | 'left' | 'right';
}

/** One side of a section: it holds until `endSM`, where the next one of that side starts. */
interface Side {
  readonly section: RawSection;
  endSM: number;
}

/**
 * Cuts both sides at every start of a section, so that each section holds for both. Lanes keep their shape: polynomials are expanded anew about the cut.
 * Sections that hold for both sides already come back as they are.
 *
 * @param sections by rising s
 */
export function combineSides(sections: readonly RawSection[]): RawSection[] {
  if (sections.every((section) => section.side === 'both')) return [...sections];
  const lefts = sidesOf(sections, 'left');
  const rights = sidesOf(sections, 'right');
  const starts = [...new Set(sections.map((section) => section.sM))];
  let [left, right] = [-1, -1];
  return starts.map((sM, i) => {
    while (left + 1 < lefts.length && lefts[left + 1]!.section.sM <= sM) left += 1;
    while (right + 1 < rights.length && rights[right + 1]!.section.sM <= sM) right += 1;
    const untilSM = starts[i + 1] ?? Infinity;
    const centre = (rights[right] ?? lefts[left])?.section.lanes.filter((lane) => lane.id === 0) ?? [];
    return {
      sM, side: 'both',
      lanes: [...cut(lefts[left], (lane) => lane.id > 0, sM, untilSM), ...centre, ...cut(rights[right], (lane) => lane.id < 0, sM, untilSM)],
    };
  });
}

function sidesOf(sections: readonly RawSection[], side: 'left' | 'right'): Side[] {
  const sides: Side[] = [];
  for (const section of sections) {
    if (section.side !== 'both' && section.side !== side) continue;
    const before = sides.at(-1);
    if (before) before.endSM = section.sM;
    sides.push({ section, endSM: Infinity });
  }
  return sides;
}

function cut(side: Side | undefined, isOfSide: (lane: RoadLane) => boolean, sM: number, untilSM: number): RoadLane[] {
  if (!side) return [];
  const fromM = sM - side.section.sM;
  const toM = untilSM - side.section.sM;
  return side.section.lanes.filter(isOfSide).map((lane) => ({
    ...lane,
    widths: between(lane.widths, fromM, toM).map((cubic) => shifted(cubic, fromM)), borders: between(lane.borders, fromM, toM).map((cubic) => shifted(cubic, fromM)),
    predecessorId: fromM > 0 ? lane.id : lane.predecessorId, successorId: untilSM < side.endSM ? lane.id : lane.successorId,
    speedLimits: between(lane.speedLimits, fromM, toM).map((limit) => ({ ...limit, sM: Math.max(0, limit.sM - fromM) })),
  }));
}

function shifted(cubic: Cubic, shiftM: number): Cubic {
  const sM = cubic.sM - shiftM;
  if (sM >= 0) return { ...cubic, sM };
  const h = -sM;
  return {
    sM: 0, a: cubic.a + h * (cubic.b + h * (cubic.c + h * cubic.d)), b: cubic.b + h * (2 * cubic.c + 3 * h * cubic.d), c: cubic.c + 3 * h * cubic.d, d: cubic.d,
  };
}

/** The record that holds at `fromM` and those that start before `toM`. */
function between<T extends { readonly sM: number }>(records: readonly T[], fromM: number, toM: number): readonly T[] {
  return records.slice(Math.max(0, firstFrom(records, fromM, (sM) => sM > fromM) - 1), firstFrom(records, toM, (sM) => sM >= toM));
}

/** Index of the first record that is past a bound, by halving. */
function firstFrom(records: readonly { readonly sM: number }[], boundM: number, isPast: (sM: number) => boolean): number {
  if (boundM === Infinity) return records.length;
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isPast(records[middle]!.sM)) high = middle;
    else low = middle + 1;
  }
  return low;
}
