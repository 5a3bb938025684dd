import { inflateConvex, normalizeAngleRad, type Polyline, poseOnPolyline } from '@quaymaster/geometry';
import type { VehicleModel } from './vehicle-model';

/**
 * Poses of every part of a vehicle along one path, over arc length of its guided point. The heading of a trailer depends on the path
 * only, never on speed, so one table serves predictor, planner and verifier.
 *
 * Row i stands for `sM = i * stepM`; the last row for the path's end. Part k of row i is at index `k * rows + i` of each array.
 * A trailer is in line with the path's start at row 0. `xM`, `yM` are the part's origin: a trailer's is its hitch.
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

/**
 * Drives a vehicle's parts along a path. A trailer's axle does not slip sideways: while its hitch moves by d in direction φ, its heading θ follows
 * dθ/ds = sin(φ - θ) / L, integrated exactly for a straight step (tan((φ - θ)/2) decays by exp(-d/L)).
 *
 * Error: against a step 50 times finer the trailer's heading differs by less than 1e-3 rad on arcs of 18 m radius at the default step
 * (`pose-table.spec.ts`).
 * Source: the tractrix of a towed axle; Prince & Dubois, Mathematical models for motion of the rear ends of vehicles (2009).
 *
 * @param stepM distance between rows, > 0 [m]
 */
export function buildPoseTable(path: Polyline, model: VehicleModel, stepM = 0.25): PoseTable {
  const lengthM = path.sM[path.sM.length - 1]!;
  const rows = Math.ceil(lengthM / stepM - 1e-9) + 1;
  const parts = model.parts.length;
  const table: PoseTable = {
    stepM, rows, parts, lengthM, xM: new Float64Array(parts * rows), yM: new Float64Array(parts * rows), headingRad: new Float64Array(parts * rows),
  };
  placeGuidedPart(table, path);
  for (let part = 1; part < parts; part += 1) placeTrailer(table, part, model);
  return table;
}

function placeGuidedPart(table: PoseTable, path: Polyline): void {
  const pose = new Float64Array(3);
  for (let i = 0; i < table.rows; i += 1) {
    poseOnPolyline(path, Math.min(i * table.stepM, table.lengthM), pose);
    table.xM[i] = pose[0]!;
    table.yM[i] = pose[1]!;
    const before = i === 0 ? pose[2]! : table.headingRad[i - 1]!;
    table.headingRad[i] = before + normalizeAngleRad(pose[2]! - before);
  }
}

function placeTrailer(table: PoseTable, part: number, model: VehicleModel): void {
  const { xM, yM, headingRad, rows } = table;
  const towing = (part - 1) * rows;
  const at = part * rows;
  const { hitchForwardM } = model.parts[part - 1]!;
  const { axleBehindHitchM } = model.parts[part]!;
  for (let i = 0; i < rows; i += 1) {
    xM[at + i] = xM[towing + i]! + hitchForwardM * Math.cos(headingRad[towing + i]!);
    yM[at + i] = yM[towing + i]! + hitchForwardM * Math.sin(headingRad[towing + i]!);
    if (i === 0) {
      headingRad[at] = headingRad[towing]!;
      continue;
    }
    const dx = xM[at + i]! - xM[at + i - 1]!;
    const dy = yM[at + i]! - yM[at + i - 1]!;
    headingRad[at + i] = towedHeadingRad(headingRad[at + i - 1]!, dx, dy, axleBehindHitchM);
  }
}

/**
 * Heading of a trailer after its hitch moved in a straight line.
 *
 * @param axleBehindHitchM > 0 [m]
 */
export function towedHeadingRad(headingRad: number, dxM: number, dyM: number, axleBehindHitchM: number): number {
  const distanceM = Math.hypot(dxM, dyM);
  if (distanceM === 0) return headingRad;
  const gapRad = normalizeAngleRad(Math.atan2(dyM, dxM) - headingRad);
  return headingRad + gapRad - 2 * Math.atan(Math.tan(gapRad / 2) * Math.exp(-distanceM / axleBehindHitchM));
}

/** Pose of one part with the guided point at an arc length, interpolated between rows. @param out receives x [m], y [m], heading [rad] */
export function partPose(table: PoseTable, part: number, sM: number, out: Float64Array): void {
  const position = Math.min(Math.max(sM, 0), table.lengthM) / table.stepM;
  const row = Math.min(Math.floor(position), table.rows - 2);
  // The last stretch is shorter than a step unless the length is a multiple of it.
  const stretch = row === table.rows - 2 ? table.lengthM / table.stepM - row : 1;
  const ratio = Math.min(1, (position - row) / stretch);
  const i = part * table.rows + row;
  out[0] = table.xM[i]! + ratio * (table.xM[i + 1]! - table.xM[i]!);
  out[1] = table.yM[i]! + ratio * (table.yM[i + 1]! - table.yM[i]!);
  out[2] = table.headingRad[i]! + ratio * (table.headingRad[i + 1]! - table.headingRad[i]!);
}

/** Contours of a model's parts, inflated once so that they can be placed often. */
export function inflatedContours(model: VehicleModel, inflateM: number): readonly Float64Array[] {
  return model.parts.map((part) => inflateConvex(part.contourM, inflateM));
}

const pose = new Float64Array(3);

/** Places a contour of one part in the site frame. Uses module scratch memory: not for concurrent callers in one thread. @returns numbers written to `out` */
export function contourAt(table: PoseTable, contourM: ArrayLike<number>, part: number, sM: number, out: Float64Array): number {
  partPose(table, part, sM, pose);
  const cos = Math.cos(pose[2]!);
  const sin = Math.sin(pose[2]!);
  for (let i = 0; i < contourM.length; i += 2) {
    out[i] = pose[0]! + contourM[i]! * cos - contourM[i + 1]! * sin;
    out[i + 1] = pose[1]! + contourM[i]! * sin + contourM[i + 1]! * cos;
  }
  return contourM.length;
}
