import type { Road } from '../site-plan';
import { LANE_WIDTH_M, roadLengthM } from '../site-plan';
import { linePiece } from '../curve';
import { AFTER_TRANSFER_M, BEFORE_TRANSFER_M, WEST_RAD, WORK_LANE_MPS } from './dimensions';
import { crossingBox } from './grid';
import type { Site } from './site';

const BERTH_MARGIN_M = 4;
/** Along one stretch of apron a crane works near its start or near its end, within this much [m]. */
const CRANE_SPREAD_M = 6;

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

/** Cranes stand at chosen places along the quay and are numbered from the west; those of one stretch work on the same lane, the others pass. */
function placeCranes({ grid, random }: Site, stretches: readonly Road[], cranes: number): void {
  const places = stretches.flatMap((road) => [{ road, isFirst: false }, { road, isFirst: true }]);
  while (places.length > cranes) places.splice(Math.floor(random() * places.length), 1);
  const laneOf = new Map(stretches.map((road) => [road, Math.floor(random() * grid.apronLanes)]));
  places.forEach(({ road, isFirst }, i) => {
    const jitterM = random() * CRANE_SPREAD_M;
    road.objects.push({
      kind: 'transferPoint', name: `QC-${i + 1}`, use: 'crane', tM: -laneOf.get(road)! * LANE_WIDTH_M,
      sM: isFirst ? BEFORE_TRANSFER_M + jitterM : roadLengthM(road) - AFTER_TRANSFER_M - jitterM,
    });
  });
}
