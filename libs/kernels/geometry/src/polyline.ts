/**
 * A curve through points in the site frame, measured along its length.
 *
 * `xyM` is `[x0, y0, x1, y1, …]` [m]; `sM[i]` is the arc length from point 0 to point i [m], strictly rising.
 * At least two points. `headingRad[i]` is the direction of travel at point i, CCW from +x, in (-π, π].
 */
export interface Polyline {
  readonly xyM: Float64Array;
  readonly sM: Float64Array;
  readonly headingRad: Float64Array;
}
