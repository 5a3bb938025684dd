import type { LaneIndex } from './lane-links';
import type { LaneDraft, MeshDraft } from './lane-mesh';
import type { MapFault } from './virtual-map';

/** Gaps between linked lanes from which a map is doubtful, and from which it is wrong [m]. */
const DOUBTFUL_M = 0.001;
const WRONG_M = 0.01;

export interface GapCount {
  readonly doubtful: number;
  readonly wrong: number;
  readonly largestM: number;
  readonly warnings: readonly MapFault[];
  readonly faults: readonly MapFault[];
}

/**
 * How well linked lanes meet. A gap is the least of the distances between their left edges, right edges and centre lines: a lane that gets wider at a link
 * keeps one of the three.
 */
export function measureGaps(draft: MeshDraft, index: LaneIndex, successors: readonly (readonly number[])[]): GapCount {
  const warnings: MapFault[] = [];
  const faults: MapFault[] = [];
  let largestM = 0;
  successors.forEach((targets, from) => {
    for (const to of targets) {
      const gapM = gapBetween(draft.lanes[from]!, draft.lanes[to]!);
      largestM = Math.max(largestM, gapM);
      if (gapM <= DOUBTFUL_M) continue;
      const fault: MapFault = {
        code: 'QM_MAP_GAP', where: index.where(from), message: `ends ${(gapM * 1000).toFixed(1)} mm away from the start of ${index.where(to)}`,
      };
      (gapM > WRONG_M ? faults : warnings).push(fault);
    }
  });
  return { doubtful: warnings.length, wrong: faults.length, largestM, warnings, faults };
}

function gapBetween(from: LaneDraft, to: LaneDraft): number {
  const a = edges(from, from.forward ? from.strip.rowCount - 1 : 0);
  const b = edges(to, to.forward ? 0 : to.strip.rowCount - 1);
  let least2 = Infinity;
  for (let i = 0; i < 6; i += 2) least2 = Math.min(least2, (a[i]! - b[i]!) ** 2 + (a[i + 1]! - b[i + 1]!) ** 2);
  return Math.sqrt(least2);
}

/** Left edge, right edge and centre in driving direction. */
function edges({ strip, laneIndex, forward }: LaneDraft, row: number): [number, number, number, number, number, number] {
  const at = (row * (strip.lanes.length + 1) + laneIndex) * 3;
  const { xyzM } = strip;
  const [left, right] = forward ? [at, at + 3] : [at + 3, at];
  const [lx, ly, rx, ry] = [xyzM[left]!, xyzM[left + 1]!, xyzM[right]!, xyzM[right + 1]!];
  return [lx, ly, rx, ry, (lx + rx) / 2, (ly + ry) / 2];
}
