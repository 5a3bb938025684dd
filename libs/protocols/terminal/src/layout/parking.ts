import { arcPiece, linePiece } from '../curve';
import type { Junction, Road } from '../site-plan';
import { bandMiddleM } from './bands';
import type { BandJunctions } from './bands';
import { BAY_MPS, EAST_RAD, JUNCTION_REACH_M, SIDE_LANE_M, WAITING_ROAD_M, WORK_LANE_MPS } from './dimensions';
import {
  BAY_LENGTH_M, FAN_DEPTH_M, FAN_RADIUS_M, MOST_BAYS, SLOT_LENGTH_M, SLOT_WIDTH_M, bayStart, fanLengthM,
} from './fan';
import type { Grid } from './grid';
import { EXIT_TURN_M, areaStartM, crossingBox } from './grid';
import type { Site } from './site';

const FEWEST_BAYS = 2;
const CHARGING_RATIO = 0.2;
const ENTRY_SPREAD_M = 6;
const ZONE_MARGIN_M = 3;
const FAN_RULES = { radiusM: FAN_RADIUS_M, turnWidthM: 5.5 };

/** One area: an entry road, bays on both sides of its end, an exit road for each side. */
interface Area {
  readonly band: number;
  readonly index: number;
  readonly name: string;
  readonly bays: { readonly upper: number; readonly lower: number };
}

/** Bays of every row, upper and lower in turn, area by area: as even as they come, `slots` in sum unless rows would be left empty. */
export function shareSlots(grid: Grid, slots: number): number[] {
  const rows = grid.columns.length - 1;
  const count = rows * grid.bands;
  return Array.from({ length: count }, (_, i) => {
    const bays = Math.floor(slots / count) + (i < slots % count ? 1 : 0);
    return Math.min(MOST_BAYS, Math.max(FEWEST_BAYS, bays));
  });
}

/** The parking areas of all bands. @param bays of every row, as `shareSlots` gives them */
export function layParking(site: Site, junctions: BandJunctions, bays: readonly number[]): void {
  const areasPerBand = (site.grid.columns.length - 1) / 2;
  for (let band = 0; band < site.grid.bands; band += 1) {
    for (let index = 0; index < areasPerBand; index += 1) {
      const number = band * areasPerBand + index;
      const area = { band, index, name: `P${number + 1}`, bays: { upper: bays[2 * number]!, lower: bays[2 * number + 1]! } };
      layArea(site, junctions, area);
    }
  }
}

function layArea(site: Site, junctions: BandJunctions, area: Area): void {
  const { plan, grid, random } = site;
  const yM = bandMiddleM(site, area.band);
  const startM = areaStartM(grid, 2 * area.index);
  const endM = grid.columns[2 * area.index + 2]!.xM - JUNCTION_REACH_M;
  const spareM = endM - startM - 2 * WAITING_ROAD_M - fanLengthM(Math.max(area.bays.upper, area.bays.lower));
  const entryM = WAITING_ROAD_M + random() * Math.min(spareM, ENTRY_SPREAD_M);
  const fan = plan.addJunction(`J-${area.name}-IN`, FAN_RULES);
  const entry = plan.addRoad({
    name: `${area.name}-ENTRY`, start: { xM: startM, yM, headingRad: EAST_RAD }, curve: [linePiece(entryM)],
    limitMps: WORK_LANE_MPS, from: junctions.entries[area.band]![area.index]!, to: fan,
  });
  const fanXM = startM + entryM;
  layRow(site, junctions, area, 1, fan, fanXM);
  layRow(site, junctions, area, -1, fan, fanXM);
  const eastM = fanXM + fanLengthM(Math.max(area.bays.upper, area.bays.lower));
  const [southM, northM] = [yM - FAN_DEPTH_M - ZONE_MARGIN_M, yM + FAN_DEPTH_M + ZONE_MARGIN_M];
  entry.objects.push({ kind: 'zone', name: area.name, use: 'parking', outlineXyM: [fanXM, southM, eastM, southM, eastM, northM, fanXM, northM] });
}

/** @param side 1 for the row north of the entry aisle, -1 for the one south of it */
function layRow(site: Site, junctions: BandJunctions, area: Area, side: 1 | -1, fan: Junction, fanXM: number): void {
  const { plan, random } = site;
  const yM = bandMiddleM(site, area.band);
  const count = side === 1 ? area.bays.upper : area.bays.lower;
  const name = `${area.name}${side === 1 ? 'N' : 'S'}`;
  const collect = plan.addJunction(`J-${name}-OUT`, FAN_RULES);
  const charging = Math.max(1, Math.round(CHARGING_RATIO * count));
  const firstCharging = Math.floor(random() * (count - charging + 1));
  for (let i = 0; i < count; i += 1) {
    const start = bayStart(i, side);
    const bay = plan.addRoad({
      name: `${name}-BAY-${i + 1}`, start: { ...start, xM: fanXM + start.xM, yM: yM + start.yM }, curve: [linePiece(BAY_LENGTH_M)],
      limitMps: BAY_MPS, from: fan, to: collect,
    });
    bay.objects.push({
      kind: 'slot', name: `${name}-${String(i + 1).padStart(2, '0')}`, use: i >= firstCharging && i < firstCharging + charging ? 'charging' : 'parking',
      sM: BAY_LENGTH_M / 2, lengthM: SLOT_LENGTH_M, widthM: SLOT_WIDTH_M,
    });
  }
  layExit(site, junctions, area, side, collect, { xM: fanXM + fanLengthM(count), yM: yM + side * FAN_DEPTH_M, headingRad: EAST_RAD });
}

/** From a row's exit aisle to the street above or below it, or straight on to the last column where the last street has no room for it. */
function layExit(site: Site, junctions: BandJunctions, area: Area, side: 1 | -1, collect: Junction, start: Road['start']): void {
  const { plan, grid, crossings } = site;
  const column = 2 * area.index + 2;
  const { xM } = grid.columns[column]!;
  const exit = { name: `${area.name}${side === 1 ? 'N' : 'S'}-EXIT`, start, limitMps: WORK_LANE_MPS, from: collect };
  if (side === -1 && column === grid.columns.length - 1 && area.band === grid.bands - 1) {
    plan.addRoad({ ...exit, curve: [linePiece(xM - JUNCTION_REACH_M - start.xM)], to: junctions.lastExit });
    return;
  }
  const street = grid.rows + area.band + (side === 1 ? 0 : 1);
  const box = crossingBox(grid, street, column);
  const toStreetM = side === 1 ? box.southM - start.yM : start.yM - box.northM;
  plan.addRoad({
    ...exit, to: crossings.at(street, column),
    curve: [linePiece(xM - SIDE_LANE_M - EXIT_TURN_M - start.xM), arcPiece(EXIT_TURN_M, side * Math.PI / 2), linePiece(toStreetM - EXIT_TURN_M)],
  });
}
