import type { BlockOrder, RouteOccupancy, TimedPath } from '@quaymaster/planning';

/** A stop on the way, as a place on the map. */
export interface JobPlace {
  readonly block: number;
  /** Where the vehicle's front comes to stand, arc length from the start of the block [m]. */
  readonly frontSM: number;
  readonly dwellS: number;
  readonly kind: 'pickup' | 'dropoff';
  readonly place: string;
}

/** A stop as a position of the guided point on a route. */
export interface RouteStop {
  readonly sM: number;
  readonly dwellS: number;
  readonly kind: 'pickup' | 'dropoff';
  readonly place: string;
}

/** One way to end: over these places into that slot. */
export interface JobGoal {
  readonly via: readonly JobPlace[];
  readonly slot: number;
}

interface JobVehicleBase {
  readonly id: string;
  readonly modelId: string;
  readonly speedMps: number;
}

/** Where a vehicle is on a run of blocks. */
export interface OnRoute {
  readonly blocks: readonly number[];
  readonly startSM: number;
  readonly committedSM: number;
}

/** Gets a new route to the best of its goals. */
export interface VehicleToPlan extends JobVehicleBase {
  readonly role: 'plan';
  readonly on: OnRoute;
  readonly goals: readonly JobGoal[];
  readonly priority: number;
}

/** Keeps its route; with `timed` it also keeps its timetable, else its times are found anew. */
export interface VehicleToKeep extends JobVehicleBase {
  readonly role: 'keep';
  readonly on: OnRoute;
  readonly endSM: number;
  readonly stops: readonly RouteStop[];
  readonly slot: number;
  readonly priority: number;
  readonly timed: TimedPath | null;
}

/** Stands in the way and will not move. */
export interface Obstacle extends JobVehicleBase {
  readonly role: 'obstacle';
  /** Contours in the site frame, one polygon `[x, y, …]` a part. */
  readonly contoursM: readonly (readonly number[])[];
  /** What it may still drive, if it cannot be heard: reserved as well. */
  readonly on: OnRoute | null;
  /** It will stand where it stands, so that others may pass close by; of one that people drive, or that was last seen moving, nobody knows. */
  readonly staysPut: boolean;
  readonly because: string;
}

export type JobVehicle = VehicleToPlan | VehicleToKeep | Obstacle;

export interface PlanningJob {
  readonly vehicles: readonly JobVehicle[];
  /** Blocks that no new route may use, other than those on which its vehicle stands. */
  readonly blockedBlocks: readonly number[];
  /** Blocks under vehicles that will not move: used only where there is no other way, and then past them. */
  readonly obstructedBlocks: readonly number[];
  readonly headwayS: number;
  readonly marginM: number;
  readonly seed: number;
  readonly iterations: number;
}

/** A vehicle's drive as planned or kept. */
export interface PlannedDrive {
  readonly id: string;
  readonly blocks: readonly number[];
  readonly startSM: number;
  readonly committedSM: number;
  readonly endSM: number;
  readonly stops: readonly RouteStop[];
  readonly slot: number;
  readonly occupancy: RouteOccupancy;
  readonly timed: TimedPath;
  readonly arrivalS: number;
  readonly isNew: boolean;
}

export interface PlanningResult {
  readonly drives: readonly PlannedDrive[];
  readonly notPlanned: readonly { readonly id: string; readonly because: string; readonly blockedBy: readonly string[] }[];
  readonly orders: readonly BlockOrder[];
  /** Of the vehicles with role `plan`. */
  readonly makespanS: number;
  readonly lowerBoundS: number;
  readonly lbSource: string;
  readonly gapRatio: number;
  readonly verified: boolean;
  readonly faults: readonly string[];
}
