import { arcPiece, linePiece } from '../curve';
import { roadLengthM } from '../site-plan';
import type { Junction } from '../site-plan';
import { CORNER_RADIUS_M, bandMiddleM } from './bands';
import { EAST_RAD, GATE_LANES, GATE_SHIFT_M, JUNCTION_REACH_M, SIDE_LANE_M, SOUTH_RAD, STREET_MPS, WORK_LANE_MPS } from './dimensions';
import { crossingBox } from './grid';
import type { Site } from './site';

/** Road on which the gate lanes part, and the straight between the site's corner and it [m]. */
const PARTING_M = 38;
const AFTER_CORNER_M = 10;
/** Gates stand in the middle part of their lanes. */
const GATE_PLACE = { fromRatio: 0.45, toRatio: 0.65 };
const ZONE_MARGIN_M = 4;

/** The corner of first column and last street, then the gate beside that street, which passes it; all come together where the next column meets them. */
export function layGate(site: Site, lastEntry: Junction): void {
  const { plan, grid, crossings } = site;
  const street = grid.streets.length - 1;
  const { xM } = grid.columns[0]!;
  const { yM } = grid.streets[street]!;
  const fork = plan.addJunction('J-GATE', { shiftM: GATE_SHIFT_M });
  const fromM = bandMiddleM(site, grid.bands - 1) - JUNCTION_REACH_M;
  plan.addRoad({
    name: `STREET-${street}-WEST`, start: { xM, yM: fromM, headingRad: SOUTH_RAD }, limitMps: STREET_MPS, from: lastEntry, to: fork,
    curve: [linePiece(fromM - yM - CORNER_RADIUS_M), arcPiece(CORNER_RADIUS_M, EAST_RAD - SOUTH_RAD), linePiece(AFTER_CORNER_M)],
  });
  const startM = xM + CORNER_RADIUS_M + AFTER_CORNER_M + PARTING_M;
  const merge = crossings.at(street, 2);
  const endM = crossingBox(grid, street, 2).westM;
  for (let lane = 0; lane <= GATE_LANES; lane += 1) layLane(site, lane, { startM, endM, yM }, fork, merge);
}

function layLane({ plan, random }: Site, lane: number, at: { startM: number; endM: number; yM: number }, from: Junction, to: Junction): void {
  const { startM, endM, yM } = at;
  const road = plan.addRoad({
    name: lane === 0 ? 'GATE-PASS' : `GATE-LANE-${lane}`, start: { xM: startM, yM: yM - lane * SIDE_LANE_M, headingRad: EAST_RAD },
    curve: [linePiece(endM - startM)], limitMps: lane === 0 ? STREET_MPS : WORK_LANE_MPS, from, to,
  });
  if (lane === 0) return;
  const atRatio = GATE_PLACE.fromRatio + random() * (GATE_PLACE.toRatio - GATE_PLACE.fromRatio);
  road.objects.push({ kind: 'transferPoint', name: `GATE-${lane}`, use: 'gate', sM: roadLengthM(road) * atRatio, tM: 0 });
  if (lane > 1) return;
  const [northM, southM] = [yM - SIDE_LANE_M / 2, yM - GATE_LANES * SIDE_LANE_M - ZONE_MARGIN_M];
  road.objects.push({ kind: 'zone', name: 'GATE', use: 'gate', outlineXyM: [startM, southM, endM, southM, endM, northM, startM, northM] });
}
