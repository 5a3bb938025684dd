import { arcPiece, linePiece } from '../curve';
import type { Pose } from '../curve';
import type { Junction } from '../site-plan';
import { EAST_RAD, JUNCTION_REACH_M, NORTH_RAD, SIDE_LANE_M, SOUTH_RAD, STREET_MPS } from './dimensions';
import { FAN_DEPTH_M } from './fan';
import { EXIT_TURN_M, HALF_BAND_M, crossingBox, isTwoWay } from './grid';
import type { Site } from './site';

/** Where the parking areas meet the through columns. */
export interface BandJunctions {
  /** `entries[band][area]`, on the column west of the area. */
  readonly entries: readonly (readonly Junction[])[];
  /** Where the lower row of the last area of the last band joins the last column. */
  readonly lastExit: Junction;
}

/** Radius of the site's landward corners [m]. */
export const CORNER_RADIUS_M = EXIT_TURN_M;

export function bandMiddleM({ grid }: Site, band: number): number {
  return grid.streets[grid.rows + band]!.yM - HALF_BAND_M;
}

/** The through columns in the parking bands, cut where areas are entered, and the corner of last street and last column. */
export function layBands(site: Site): BandJunctions {
  const { plan, grid } = site;
  const final = grid.columns.length - 1;
  const lastExit = plan.addJunction('J-LAST-EXIT');
  const entries: Junction[][] = [];
  for (let band = 0; band < grid.bands; band += 1) {
    const row: Junction[] = [];
    for (let column = 0; column < final; column += 2) row.push(layThroughColumn(site, band, column));
    entries.push(row);
    layLastColumn(site, band, lastExit);
  }
  layEastCorner(site, lastExit);
  return { entries, lastExit };
}

function layThroughColumn(site: Site, band: number, column: number): Junction {
  const { plan, grid, crossings } = site;
  const street = grid.rows + band;
  const { xM } = grid.columns[column]!;
  const middleM = bandMiddleM(site, band);
  const entry = plan.addJunction(`J-ENTRY-${band + 1}-${column / 2 + 1}`);
  const lay = (part: string, start: Pose, toYM: number, from: Junction, to: Junction): void => {
    plan.addRoad({
      name: `BAND-${band + 1}-${column + 1}-${part}`, start, curve: [linePiece(Math.abs(toYM - start.yM))], limitMps: STREET_MPS, from, to,
    });
  };
  const northM = crossingBox(grid, street, column).southM;
  lay('SN', { xM, yM: northM, headingRad: SOUTH_RAD }, middleM + JUNCTION_REACH_M, crossings.at(street, column), entry);
  // South of the last entry the first column bends into the last street, which begins with the gate.
  if (column === 0 && band === grid.bands - 1) return entry;
  const southM = crossingBox(grid, street + 1, column).northM;
  lay('SS', { xM, yM: middleM - JUNCTION_REACH_M, headingRad: SOUTH_RAD }, southM, entry, crossings.at(street + 1, column));
  if (!isTwoWay(grid, column)) return entry;
  const eastXM = xM + SIDE_LANE_M;
  lay('NS', { xM: eastXM, yM: southM, headingRad: NORTH_RAD }, middleM - JUNCTION_REACH_M, crossings.at(street + 1, column), entry);
  lay('NN', { xM: eastXM, yM: middleM + JUNCTION_REACH_M, headingRad: NORTH_RAD }, northM, entry, crossings.at(street, column));
  return entry;
}

function layLastColumn(site: Site, band: number, lastExit: Junction): void {
  const { plan, grid, crossings } = site;
  const column = grid.columns.length - 1;
  const street = grid.rows + band;
  const isLastBand = band === grid.bands - 1;
  const startM = isLastBand ? bandMiddleM(site, band) - FAN_DEPTH_M + JUNCTION_REACH_M : crossingBox(grid, street + 1, column).northM;
  plan.addRoad({
    name: `BAND-${band + 1}-${column + 1}`, start: { xM: grid.columns[column]!.xM, yM: startM, headingRad: NORTH_RAD },
    curve: [linePiece(crossingBox(grid, street, column).southM - startM)],
    limitMps: STREET_MPS, from: isLastBand ? lastExit : crossings.at(street + 1, column), to: crossings.at(street, column),
  });
}

function layEastCorner(site: Site, lastExit: Junction): void {
  const { plan, grid, crossings } = site;
  const street = grid.streets.length - 1;
  const column = grid.columns.length - 1;
  const { yM } = grid.streets[street]!;
  const startM = crossingBox(grid, street, column - 2).eastM;
  const toM = bandMiddleM(site, grid.bands - 1) - FAN_DEPTH_M - JUNCTION_REACH_M;
  plan.addRoad({
    name: `STREET-${street}-EAST`, start: { xM: startM, yM, headingRad: EAST_RAD }, limitMps: STREET_MPS, from: crossings.at(street, column - 2), to: lastExit,
    curve: [
      linePiece(grid.columns[column]!.xM - CORNER_RADIUS_M - startM),
      arcPiece(CORNER_RADIUS_M, NORTH_RAD - EAST_RAD),
      linePiece(toM - yM - CORNER_RADIUS_M),
    ],
  });
}
