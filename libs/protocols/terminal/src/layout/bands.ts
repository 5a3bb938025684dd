import { arcPiece, linePiece } from '../curve';
import type { Junction } from '../site-plan';
import { EAST_RAD, JUNCTION_REACH_M, NORTH_RAD, SOUTH_RAD, STREET_MPS } from './dimensions';
import { FAN_DEPTH_M } from './fan';
import { EXIT_TURN_M, HALF_BAND_M, crossingBox, isThrough } from './grid';
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

/** The through columns in the parking bands, cut where areas are entered, and the corner of column and last street in the west. */
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
  return { entries, lastExit };
}

function layThroughColumn(site: Site, band: number, column: number): Junction {
  if (!isThrough(column)) throw new RangeError(`column ${column} does not pass the parking bands`);
  const { plan, grid, crossings } = site;
  const street = grid.rows + band;
  const { xM } = grid.columns[column]!;
  const middleM = bandMiddleM(site, band);
  const northM = crossingBox(grid, street, column).southM;
  const entry = plan.addJunction(`J-ENTRY-${band + 1}-${column / 2 + 1}`);
  plan.addRoad({
    name: `BAND-${band + 1}-${column + 1}-N`, start: { xM, yM: northM, headingRad: SOUTH_RAD }, curve: [linePiece(northM - middleM - JUNCTION_REACH_M)],
    limitMps: STREET_MPS, from: crossings.at(street, column), to: entry,
  });
  const start = { xM, yM: middleM - JUNCTION_REACH_M, headingRad: SOUTH_RAD };
  const isCorner = column === 0 && band === grid.bands - 1;
  const cornerM = grid.streets[street + 1]!.yM + CORNER_RADIUS_M;
  plan.addRoad({
    name: `BAND-${band + 1}-${column + 1}-S`, start, limitMps: STREET_MPS, from: entry,
    ...(isCorner
      ? {
        curve: [linePiece(start.yM - cornerM), arcPiece(CORNER_RADIUS_M, EAST_RAD - SOUTH_RAD), linePiece(crossingBox(grid, street + 1, 2).westM - xM - CORNER_RADIUS_M)],
        to: crossings.at(street + 1, 2),
      }
      : { curve: [linePiece(start.yM - crossingBox(grid, street + 1, column).northM)], to: crossings.at(street + 1, column) }),
  });
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
