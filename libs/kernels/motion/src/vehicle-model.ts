/** One rigid body of a vehicle. */
export interface VehiclePart {
  /** Convex contour in the part's own frame (x forward), counter-clockwise, not closed, `[x, y, …]` [m]. */
  readonly contourM: readonly number[];
  /**
   * Distance from the part's hitch, its frame's origin, back to its axle [m]. 0 for the first part, whose origin is the point that is
   * guided along the path and whose heading is the path's tangent. A trailer's frame has its origin at the hitch; its heading follows by tractrix.
   */
  readonly axleBehindHitchM: number;
  /** Where the next part is hitched, forward of this part's origin [m]. */
  readonly hitchForwardM: number;
}

/** Contour and limits of a class of vehicles. */
export interface VehicleModel {
  readonly id: string;
  readonly parts: readonly VehiclePart[];
  /** Guided point to the front-most point, and to the rear-most point with all parts in line [m], both positive. */
  readonly frontM: number;
  readonly rearM: number;
  readonly widthM: number;
  readonly maximumSpeedMps: number;
  readonly accelerationMps2: number;
  /** Braking that the vehicle uses in service, and that a controlled stop request leads to [m/s²], positive. */
  readonly brakingMps2: number;
}
