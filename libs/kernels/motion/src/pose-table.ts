/**
 * Poses of every part of a vehicle along one path, over arc length of its guided point. The heading of a trailer depends on the path
 * only, never on speed, so one table serves predictor, planner and verifier.
 *
 * Row i stands for `sM = i * stepM`; the last row for the path's end. Part k of row i is at index `k * rows + i` of each array.
 * A trailer is in line with the path's start at row 0.
 */
export interface PoseTable {
  readonly stepM: number;
  readonly rows: number;
  readonly parts: number;
  readonly lengthM: number;
  readonly xM: Float64Array;
  readonly yM: Float64Array;
  /** Unwrapped: neighbouring rows differ by less than π. */
  readonly headingRad: Float64Array;
}
