/** From the crossing of two lanes to the edge of their junction; room for turns of this radius [m]. */
export const JUNCTION_REACH_M = 16;
/** As far again along the apron: a rigid vehicle's rear has swung back into its lane before a neighbouring lane begins [m]. */
export const APRON_REACH_M = JUNCTION_REACH_M + 8;
/** Straight road between two junctions on which the longest vehicle can wait and touch neither [m]. */
export const WAITING_ROAD_M = 35;
/** Truck lane to its bypass, gate lane to gate lane, centre to centre [m]. */
export const SIDE_LANE_M = 6;

/** Lanes of the gate, all on one side of its street, and the farthest lane change between the street and them [m]. */
export const GATE_LANES = 3;
export const GATE_SHIFT_M = GATE_LANES * SIDE_LANE_M + 0.5;

export const STREET_MPS = 8.33;
export const WORK_LANE_MPS = 5.5;
export const BEND_MPS = 4;
export const BAY_MPS = 3;

/** A transfer point's distance to the start of its road, so that the vehicle behind its front is off the junction, and to the road's end [m]. */
export const BEFORE_TRANSFER_M = 25;
export const AFTER_TRANSFER_M = 10;

/** From crane to crane along one stretch of apron, at least [m]. */
export const CRANE_SPACING_M = 25;

/** Directions of travel along the streets and columns. */
export const EAST_RAD = 0;
export const NORTH_RAD = Math.PI / 2;
export const WEST_RAD = Math.PI;
export const SOUTH_RAD = -Math.PI / 2;
