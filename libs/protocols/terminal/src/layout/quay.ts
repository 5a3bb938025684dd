import { linePiece } from '../curve';
import type { Road } from '../site-plan';
import { LANE_WIDTH_M, roadLengthM } from '../site-plan';
import { AFTER_TRANSFER_M, BEFORE_TRANSFER_M, CRANE_SPACING_M, WEST_RAD, WORK_LANE_MPS } from './dimensions';
import { crossingBox } from './grid';
import type { Site } from './site';

const BERTH_MARGIN_M = 4;
/** The apron, westward along the berth, with the cranes' transfer points. */
export function layQuay(site: Site, cranes: number): void {
  const { plan, grid, crossings } = site;
  const { yM } = grid.streets[0]!;
  const stretches: Road[] = [];
  for (let gap = 0; gap < grid.columns.length - 1; gap += 1) {
    const startM = crossingBox(grid, 0, gap + 1).westM;
    const endM = crossingBox(grid, 0, gap).eastM;
    stretches.push(plan.addRoad({
      name: `APRON-${gap + 1}`, start: { xM: startM, yM, headingRad: WEST_RAD }, curve: [linePiece(startM - endM)], lanes: grid.apronLanes,
      limitMps: WORK_LANE_MPS, from: crossings.at(0, gap + 1), to: crossings.at(0, gap),
    }));
  }
  placeCranes(site, stretches, cranes);
  const westM = grid.columns[0]!.xM;
  const eastM = grid.columns.at(-1)!.xM;
  const southM = yM - LANE_WIDTH_M / 2 - BERTH_MARGIN_M;
  const northM = yM + (grid.apronLanes - 0.5) * LANE_WIDTH_M + BERTH_MARGIN_M;
  stretches[0]!.objects.push({ kind: 'zone', name: 'BERTH-1', use: 'berth', outlineXyM: [westM, southM, eastM, southM, eastM, northM, westM, northM] });
}

/**
 * Cranes stand at chosen places along the quay and are numbered from the west, one on a stretch of apron as long as there are stretches, then two. Those of
 * one stretch work on the same lane, so that others may pass.
 */
function placeCranes({ grid, random }: Site, stretches: readonly Road[], cranes: number): void {
  const counts = stretches.map(() => Math.floor(cranes / stretches.length));
  const open = stretches.map((_, i) => i);
  for (let left = cranes % stretches.length; left > 0; left -= 1) {
    const [chosen] = open.splice(Math.floor(random() * open.length), 1);
    counts[chosen!]! += 1;
  }
  let number = 0;
  stretches.forEach((road, i) => {
    const tM = -Math.floor(random() * grid.apronLanes) * LANE_WIDTH_M;
    const spareM = roadLengthM(road) - BEFORE_TRANSFER_M - AFTER_TRANSFER_M - (counts[i]! - 1) * CRANE_SPACING_M;
    const shiftsM = Array.from({ length: counts[i]! }, () => random() * spareM).sort((a, b) => b - a);
    // The apron runs west: the crane farthest along its lane is the westernmost.
    shiftsM.forEach((shiftM, fromWest) => {
      number += 1;
      const sM = BEFORE_TRANSFER_M + (counts[i]! - 1 - fromWest) * CRANE_SPACING_M + shiftM;
      road.objects.push({ kind: 'transferPoint', name: `QC-${number}`, use: 'crane', sM, tM });
    });
  });
}
