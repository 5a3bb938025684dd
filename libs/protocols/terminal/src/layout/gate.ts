import { arcPiece, linePiece } from '../curve';
import { roadLengthM } from '../site-plan';
import type { Junction } from '../site-plan';
import { CORNER_RADIUS_M, bandMiddleM } from './bands';
import { EAST_RAD, GATE_LANES, GATE_SHIFT_M, JUNCTION_REACH_M, NORTH_RAD, SIDE_LANE_M, STREET_MPS, WORK_LANE_MPS } from './dimensions';
import { FAN_DEPTH_M } from './fan';
import { crossingBox } from './grid';
import type { Site } from './site';

/** Road in which the gate lanes come back together, and the straight between it and the site's corner [m]. */
const MERGE_M = 38;
const BEFORE_CORNER_M = 10;
/** Gates stand in the middle part of their lanes. */
const GATE_PLACE = { fromRatio: 0.45, toRatio: 0.65 };
const ZONE_MARGIN_M = 4;

/** The gate beside the eastern stretch of the last street, which passes it, and the corner of that street and the last column. */
export function layGate(site: Site, lastExit: Junction): void {
  const { plan, grid, crossings, random } = site;
  const street = grid.streets.length - 1;
  const column = grid.columns.length - 1;
  const { xM: lastXM } = grid.columns[column]!;
  const { yM } = grid.streets[street]!;
  const startM = crossingBox(grid, street, column - 2).eastM;
  const mergedM = lastXM - CORNER_RADIUS_M - BEFORE_CORNER_M;
  const lengthM = mergedM - MERGE_M - startM;
  const merge = plan.addJunction('J-GATE-MERGE', { shiftM: GATE_SHIFT_M });
  for (let lane = 0; lane <= GATE_LANES; lane += 1) {
    const road = plan.addRoad({
      name: lane === 0 ? `STREET-${street}-PASS` : `GATE-LANE-${lane}`, start: { xM: startM, yM: yM - lane * SIDE_LANE_M, headingRad: EAST_RAD },
      curve: [linePiece(lengthM)], limitMps: lane === 0 ? STREET_MPS : WORK_LANE_MPS, from: crossings.at(street, column - 2), to: merge,
    });
    if (lane === 0) continue;
    const atRatio = GATE_PLACE.fromRatio + random() * (GATE_PLACE.toRatio - GATE_PLACE.fromRatio);
    road.objects.push({ kind: 'transferPoint', name: `GATE-${lane}`, use: 'gate', sM: roadLengthM(road) * atRatio, tM: 0 });
    if (lane > 1) continue;
    const [northM, southM] = [yM - SIDE_LANE_M + ZONE_MARGIN_M - 1, yM - GATE_LANES * SIDE_LANE_M - ZONE_MARGIN_M];
    const endM = startM + lengthM;
    road.objects.push({ kind: 'zone', name: 'GATE', use: 'gate', outlineXyM: [startM, southM, endM, southM, endM, northM, startM, northM] });
  }
  const exitM = bandMiddleM(site, grid.bands - 1) - FAN_DEPTH_M - JUNCTION_REACH_M;
  plan.addRoad({
    name: `STREET-${street}-CORNER`, start: { xM: mergedM, yM, headingRad: EAST_RAD }, limitMps: STREET_MPS, from: merge, to: lastExit,
    curve: [linePiece(BEFORE_CORNER_M), arcPiece(CORNER_RADIUS_M, NORTH_RAD - EAST_RAD), linePiece(exitM - yM - CORNER_RADIUS_M)],
  });
}
