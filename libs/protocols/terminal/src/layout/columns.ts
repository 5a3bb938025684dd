import { linePiece } from '../curve';
import type { Road } from '../site-plan';
import { roadLengthM } from '../site-plan';
import { AFTER_TRANSFER_M, BEFORE_TRANSFER_M, NORTH_RAD, SIDE_LANE_M, SOUTH_RAD, STREET_MPS, WORK_LANE_MPS } from './dimensions';
import { columnLanes, crossingBox } from './grid';
import type { Site } from './site';

const TRANSFERS_PER_BLOCK = 3;
/** Front to front of two vehicles that are served on one truck lane [m]. */
const TRANSFER_SPACING_M = 22;
/** From the truck lane's centre to the edge of the yard block's zone on the side of the through lane [m]. */
const LANE_SIDE_M = 2.5;
/** From the zone's far edge to the middle of the gap, where the neighbouring block begins as far away [m]. */
const BLOCK_CLEARANCE_M = 1.5;
/** A block is this much of its truck lane's length at least. */
const SHORTEST_BLOCK_RATIO = 0.8;

/** The columns beside the yard blocks: a through lane each, and a truck lane beside every block, both from street to street. */
export function layColumns(site: Site): void {
  const { plan, grid, crossings } = site;
  let blocks = 0;
  for (let row = 0; row < grid.rows; row += 1) {
    grid.columns.forEach(({ xM, direction }, column) => {
      const northM = crossingBox(grid, row, column).southM;
      const southM = crossingBox(grid, row + 1, column).northM;
      const isSouthward = direction === 'south';
      for (const offsetM of columnLanes(grid, row, column)) {
        const isTruckLane = offsetM !== 0;
        const road = plan.addRoad({
          name: isTruckLane ? `TRUCK-LANE-${blocks + 1}` : `COLUMN-${column + 1}-${row + 1}`,
          start: { xM: xM + offsetM, yM: isSouthward ? northM : southM, headingRad: isSouthward ? SOUTH_RAD : NORTH_RAD },
          curve: [linePiece(northM - southM)], limitMps: isTruckLane ? WORK_LANE_MPS : STREET_MPS,
          from: crossings.at(isSouthward ? row : row + 1, column), to: crossings.at(isSouthward ? row + 1 : row, column),
        });
        if (!isTruckLane) continue;
        blocks += 1;
        const middleM = (xM + grid.columns[column + Math.sign(offsetM)]!.xM) / 2;
        layBlock(site, road, `YB-${blocks}`, xM + offsetM, middleM);
      }
    });
  }
}

function layBlock({ random }: Site, road: Road, name: string, laneXM: number, gapMiddleXM: number): void {
  const lengthM = roadLengthM(road);
  const spareM = lengthM - BEFORE_TRANSFER_M - AFTER_TRANSFER_M - (TRANSFERS_PER_BLOCK - 1) * TRANSFER_SPACING_M;
  const shiftsM = Array.from({ length: TRANSFERS_PER_BLOCK }, () => random() * spareM).sort((a, b) => a - b);
  shiftsM.forEach((shiftM, i) => {
    road.objects.push({ kind: 'transferPoint', name: `${name}-${i + 1}`, use: 'yard', sM: BEFORE_TRANSFER_M + i * TRANSFER_SPACING_M + shiftM, tM: 0 });
  });
  const side = Math.sign(gapMiddleXM - laneXM);
  const nearM = laneXM - side * (SIDE_LANE_M - LANE_SIDE_M - 1);
  const farM = gapMiddleXM - side * BLOCK_CLEARANCE_M;
  const blockM = lengthM * (SHORTEST_BLOCK_RATIO + random() * (1 - SHORTEST_BLOCK_RATIO));
  const forward = Math.sign(road.start.headingRad);
  const beginM = road.start.yM + forward * random() * (lengthM - blockM);
  const [southM, northM] = [Math.min(beginM, beginM + forward * blockM), Math.max(beginM, beginM + forward * blockM)];
  const [westM, eastM] = [Math.min(nearM, farM), Math.max(nearM, farM)];
  road.objects.push({ kind: 'zone', name, use: 'yard', outlineXyM: [westM, southM, eastM, southM, eastM, northM, westM, northM] });
}
