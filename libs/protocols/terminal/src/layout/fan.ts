import { EAST_RAD } from './dimensions';

/**
 * A row of parallel drive-through bays between an entry aisle and an exit aisle, both heading east. Bays leave the entry aisle at an angle that a
 * semi-trailer can take without touching what is parked beside.
 */
export const BAY_ANGLE_RAD = Math.PI / 3;
/** Centre to centre across neighbouring bays; leaves a trailer that cuts its corner clear of the parked one [m]. */
export const BAY_PITCH_M = 5.5;
export const BAY_LENGTH_M = 25;
export const SLOT_LENGTH_M = 20;
export const SLOT_WIDTH_M = 4;
export const MOST_BAYS = 15;
/** Radius of the turn into and out of a bay, and the straight between that turn and the bay, which lifts the bays off the aisle [m]. */
export const FAN_RADIUS_M = 16;
const FAN_STRAIGHT_M = 1.5;

const cos = Math.cos(BAY_ANGLE_RAD);
const sin = Math.sin(BAY_ANGLE_RAD);

/** Distance of neighbouring bays along the aisle [m]. */
const STEP_M = BAY_PITCH_M / sin;
/** From where a vehicle leaves the aisle to where its bay starts, along and across the aisle [m]. */
const LEAD_M = FAN_RADIUS_M * sin + FAN_STRAIGHT_M * cos;
const DROP_M = FAN_RADIUS_M * (1 - cos) + FAN_STRAIGHT_M * sin;

/** From the entry aisle to the exit aisle, across [m]. */
export const FAN_DEPTH_M = 2 * DROP_M + BAY_LENGTH_M * sin;

/** From the end of the entry road to the start of the exit road, along the aisles [m]. */
export function fanLengthM(bays: number): number {
  return 2 * LEAD_M + BAY_LENGTH_M * cos + (bays - 1) * STEP_M;
}

/** Start of a bay relative to the end of the entry road. @param side 1 left (north) of the aisle, -1 right */
export function bayStart(index: number, side: 1 | -1): { xM: number; yM: number; headingRad: number } {
  return { xM: index * STEP_M + LEAD_M, yM: side * DROP_M, headingRad: EAST_RAD + side * BAY_ANGLE_RAD };
}
