import type { TerminalOptions } from '../options';
import { LANE_WIDTH_M } from '../site-plan';
import {
  AFTER_TRANSFER_M, APRON_REACH_M, BEFORE_TRANSFER_M, CRANE_SPACING_M, JUNCTION_REACH_M, SIDE_LANE_M, WAITING_ROAD_M,
} from './dimensions';
import { FAN_DEPTH_M, MOST_BAYS, fanLengthM } from './fan';

/**
 * One-way streets run east or west, one-way columns north or south. From the quay inland: the apron (street 0), rows of yard blocks between streets, then
 * bands of parking areas between streets. Between two columns lie two yard blocks, each beside a truck lane of its own column; an area takes two gaps.
 *
 * The street between yard and parking and the inner columns between parking areas run both ways, as two one-way roads each. The outermost streets and columns form one counter-clockwise cycle (apron west, column 0 south, last street east, last column north), which is what
 * keeps a grid of one-way streets strongly connected.
 */
export interface Grid {
  readonly columns: readonly { readonly xM: number; readonly direction: 'north' | 'south' }[];
  readonly streets: readonly { readonly yM: number; readonly direction: 'east' | 'west' }[];
  readonly apronLanes: number;
  /** Yard row r lies between streets r and r + 1. */
  readonly rows: number;
  /** Parking band b lies between streets `rows + b` and `rows + b + 1`. */
  readonly bands: number;
  /** `blocks[row][gap]`: which halves of the gap hold a block. */
  readonly blocks: readonly (readonly { readonly west: boolean; readonly east: boolean }[])[];
}

/** Room for the turn of a parking area's exit road [m]. */
export const EXIT_TURN_M = 16;
/** From a band's middle, where its entry roads run, to the street above and below [m]. */
export const HALF_BAND_M = FAN_DEPTH_M + EXIT_TURN_M + JUNCTION_REACH_M + 1;

/** Narrowest gap between columns: two of them hold the longest parking row with its entry road and its exit road, one holds two cranes. */
const GAP_M = Math.ceil(Math.max(
  (2 * (JUNCTION_REACH_M + WAITING_ROAD_M) + SIDE_LANE_M + fanLengthM(MOST_BAYS) + 1) / 2,
  2 * (APRON_REACH_M + SIDE_LANE_M) + BEFORE_TRANSFER_M + CRANE_SPACING_M + AFTER_TRANSFER_M,
));
const GAP_SPREAD_M = 4;
/** Truck lanes are this long at least, so that three vehicles can be served on one. */
const TRUCK_LANE_M = BEFORE_TRANSFER_M + 2 * 22 + AFTER_TRANSFER_M + 1;
const TRUCK_LANE_SPREAD_M = 8;

export function layGrid(options: TerminalOptions, random: () => number): Grid {
  const rows = options.yardBlocks <= 12 ? 1 : options.yardBlocks <= 40 ? 2 : 3;
  const pairs = gapPairs(options, rows);
  const bands = Math.ceil(options.slots / (pairs * 2 * MOST_BAYS));
  const gaps = 2 * pairs;
  const columns: { xM: number; direction: 'north' | 'south' }[] = [];
  for (let c = 0, xM = 0; c <= gaps; c += 1) {
    columns.push({ xM, direction: c % 2 === 1 || c === gaps ? 'north' : 'south' });
    xM += GAP_M + Math.round(random() * GAP_SPREAD_M * 10) / 10;
  }
  const streets: { yM: number; direction: 'east' | 'west' }[] = [];
  for (let s = rows + bands, yM = 0; s >= 0; s -= 1) {
    streets.unshift({ yM, direction: streetDirection(s, rows, bands) });
    yM += s > rows ? 2 * HALF_BAND_M : 2 * JUNCTION_REACH_M + TRUCK_LANE_M + Math.round(random() * TRUCK_LANE_SPREAD_M * 10) / 10;
    if (s === rows) yM += SIDE_LANE_M;
  }
  return { columns, streets, apronLanes: options.lanes, rows, bands, blocks: placeBlocks(options.yardBlocks, rows, gaps, random) };
}

/** Two gaps between columns hold up to four yard blocks a row, two cranes each, and one parking area a band. */
function gapPairs(options: TerminalOptions, rows: number): number {
  let pairs = Math.max(2, Math.ceil(options.yardBlocks / (4 * rows)), Math.ceil(options.cranes / 4));
  // A site is some twice as wide as its parking is deep.
  while (Math.ceil(options.slots / (pairs * 2 * MOST_BAYS)) > Math.ceil(pairs / 2)) pairs += 1;
  return pairs;
}

function streetDirection(s: number, rows: number, bands: number): 'east' | 'west' {
  if (s === 0) return 'west';
  if (s < rows) return (rows - s) % 2 === 1 ? 'west' : 'east';
  return s === rows || s === rows + bands ? 'east' : 'west';
}

function placeBlocks(count: number, rows: number, gaps: number, random: () => number): { west: boolean; east: boolean }[][] {
  const places = Array.from({ length: rows * gaps * 2 }, (_, i) => i);
  const chosen = new Set<number>();
  for (let i = 0; i < count; i += 1) chosen.add(places.splice(Math.floor(random() * places.length), 1)[0]!);
  return Array.from({ length: rows }, (_, row) => Array.from({ length: gaps }, (_unused, gap) => {
    const first = 2 * (row * gaps + gap);
    return { west: chosen.has(first), east: chosen.has(first + 1) };
  }));
}

/** Whether the column has a road through the parking bands. */
export function isThrough(column: number): boolean {
  return column % 2 === 0;
}

/** Whether the column has, in the parking bands, a northward road east of its southward one. */
export function isTwoWay(grid: Grid, column: number): boolean {
  return isThrough(column) && column > 0 && column < grid.columns.length - 1;
}

/** Where the entry road of an area starts, east of the column from which it is entered [m]. */
export function areaStartM(grid: Grid, column: number): number {
  return grid.columns[column]!.xM + JUNCTION_REACH_M + (isTwoWay(grid, column) ? SIDE_LANE_M : 0);
}

/** Sideways offsets, east positive, of the column's lanes in a yard row: its through lane and its truck lanes [m]. */
export function columnLanes(grid: Grid, row: number, column: number): number[] {
  const lanes = [0];
  if (grid.blocks[row]?.[column - 1]?.east === true) lanes.unshift(-SIDE_LANE_M);
  if (grid.blocks[row]?.[column]?.west === true) lanes.push(SIDE_LANE_M);
  return lanes;
}

/** Edges of the junction of a street and a column [m]. */
export interface Box {
  readonly westM: number;
  readonly eastM: number;
  readonly southM: number;
  readonly northM: number;
}

export function crossingBox(grid: Grid, street: number, column: number): Box {
  const { xM } = grid.columns[column]!;
  const { yM } = grid.streets[street]!;
  const offsets = [0, ...columnLanes(grid, street - 1, column), ...columnLanes(grid, street, column)];
  if (street >= grid.rows && column > 0 && isThrough(column)) offsets.push(-SIDE_LANE_M);
  if (street >= grid.rows && isTwoWay(grid, column)) offsets.push(SIDE_LANE_M);
  const reachM = street === 0 ? APRON_REACH_M : JUNCTION_REACH_M;
  return {
    westM: xM + Math.min(...offsets) - reachM,
    eastM: xM + Math.max(...offsets) + reachM,
    southM: yM - JUNCTION_REACH_M,
    northM: yM + JUNCTION_REACH_M + (street === 0 ? (grid.apronLanes - 1) * LANE_WIDTH_M : street === grid.rows ? SIDE_LANE_M : 0),
  };
}
