import type { DrivingLimits, PoseTable, VehicleModel } from '@quaymaster/motion';

/**
 * What a vehicle of one class does to the blocks of one route: the link between the geometry and the timetable.
 *
 * Arc lengths are of the vehicle's guided point on the route [m]. A visit is one stretch over which the vehicle's contour, inflated by the planning
 * margin, touches one block (of its own lane, of a crossing lane, of a neighbour it sweeps). Visits are sorted by `enterSM`. A visit is begun where
 * s > `enterSM` and over where s >= `exitSM`; one whose `exitSM` is at least `lengthM` is never over: the vehicle stands in that block when it has arrived.
 */
export interface RouteOccupancy {
  readonly lengthM: number;
  readonly visits: number;
  readonly block: Int32Array;
  readonly enterSM: Float64Array;
  readonly exitSM: Float64Array;
  /**
   * Where the vehicle may stand without touching a keep-clear block, rising. Always contains the route's end when the end is a slot. Permission to drive
   * ends at one of these places (or at a stop, the end, or where it ended before), so what lies between two of them is claimed as a whole.
   */
  readonly waitSM: Float64Array;
  /** Piecewise constant speed limit: `limitMps[i]` holds from `limitFromSM[i]` to the next entry. */
  readonly limitFromSM: Float64Array;
  readonly limitMps: Float64Array;
}

/** A timed drive: at `timeS[i]` the guided point is at `sM[i]`, linear between. Both non-decreasing; equal `sM` is standing. */
export interface TimedPath {
  readonly timeS: Float64Array;
  readonly sM: Float64Array;
}

/** One way to bring a vehicle to an end position. */
export interface Candidate {
  /** Index of the slot in which the route ends, or -1 if it ends elsewhere (then no other vehicle competes for it). */
  readonly slot: number;
  readonly route: RouteOccupancy;
  /** Where the vehicle stands or is now. */
  readonly startSM: number;
  /** How far it already has permission to go; it will get there whatever is planned. >= startSM. */
  readonly committedSM: number;
  /** Places where it must stand for a time, rising in sM. */
  readonly stops: readonly { readonly sM: number; readonly dwellS: number }[];
  /** Ids of vehicles whose bodies, as they stand now, this route keeps clear of: it may lead through blocks under them while they stand. See `passesClear`. */
  readonly passes?: readonly string[];
}

export interface PlanVehicle {
  readonly id: string;
  /** Best first. Empty: it cannot be moved and is an obstacle on `standsOn`. */
  readonly candidates: readonly Candidate[];
  /** Blocks its contour touches now (inflated by the planning margin). */
  readonly standsOn: Int32Array;
  readonly speedMps: number;
  readonly maximumSpeedMps: number;
  readonly accelerationMps2: number;
  readonly brakingMps2: number;
  /** Lower is planned first among equals. */
  readonly priority: number;
  /** Timetable that it keeps on its only candidate, from its present position on; the planner arranges the others around it. */
  readonly fixed?: TimedPath;
  /** It drives anyway, as running traffic does: planned like the others, but its arrival counts neither in the makespan nor in the bound. */
  readonly isBackground?: boolean;
  /** Why `candidates` is empty, in words for an operator. */
  readonly immovableBecause?: string;
}

export interface PlanningInstance {
  readonly blockCount: number;
  readonly slotCount: number;
  readonly vehicles: readonly PlanVehicle[];
  /** Time between one vehicle leaving a block and the next one entering it [s]. */
  readonly headwayS: number;
  readonly seed: number;
}

export interface SolveOptions {
  /** Rounds of large-neighbourhood search after the first plan, >= 0. */
  readonly iterations: number;
  /** Asked before every round; true ends the search with the best plan so far. */
  readonly shouldStop: () => boolean;
}

/** One vehicle's part of a plan. */
export interface PlannedVehicle {
  readonly id: string;
  /** Index into the vehicle's candidates. */
  readonly candidate: number;
  readonly timed: TimedPath;
  readonly arrivalS: number;
}

export interface NotPlanned {
  readonly id: string;
  /** For an operator: what stands in the way, by name. */
  readonly because: string;
  /** Vehicles in whose way it stands or which stand in its way. */
  readonly blockedBy: readonly string[];
}

/** Order of vehicles through a block; the plan as execution uses it. */
export interface BlockOrder {
  readonly block: number;
  /** `visit` is the row of the vehicle's `RouteOccupancy`; earlier entries must have left before later ones may enter. */
  readonly order: readonly { readonly vehicle: string; readonly visit: number }[];
}

export interface Plan {
  readonly vehicles: readonly PlannedVehicle[];
  readonly notPlanned: readonly NotPlanned[];
  readonly orders: readonly BlockOrder[];
  /** Last arrival of those that are not in the background. */
  readonly makespanS: number;
  /** Of all that were planned, background and all. */
  readonly sumOfCostsS: number;
  readonly lowerBoundS: number;
  readonly lbSource: string;
  /** (makespanS - lowerBoundS) / lowerBoundS; 0 when both are 0. */
  readonly gapRatio: number;
}

/** Bodies behind an instance, for the verifier. */
export interface PlanGeometry {
  /** Poses along the route of one of the vehicle's candidates. */
  poseTable(id: string, candidate: number): PoseTable;
  model(id: string): VehicleModel;
  /** Contours in the site frame of a vehicle that is not on a route, one polygon `[x, y, …]` a part; empty if it is not known where it stands. */
  standing(id: string): readonly (readonly number[])[];
}

/** A vehicle as `Execution` sees it. */
export interface ExecutedVehicle {
  readonly id: string;
  readonly route: RouteOccupancy;
  readonly startSM: number;
  /** Permission that it has already; never taken back. */
  readonly committedSM: number;
  readonly stops: readonly { readonly sM: number; readonly dwellS: number }[];
  /** For `retime`; without it the vehicle is taken to accelerate by 0.7 m/s² and to brake by 1.5 m/s² up to the legal speed. */
  readonly driving?: DrivingLimits;
}

/** The verifier's word on a plan. */
export interface Verdict {
  readonly ok: boolean;
  readonly faults: readonly { readonly code: string; readonly vehicles: readonly string[]; readonly message: string }[];
}
