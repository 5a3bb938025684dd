import { convexGapM } from '@quaymaster/geometry';
import { contourAt, partPose } from '@quaymaster/motion';
import type { PlanGeometry, PlanVehicle } from './model';
import type { Checked } from './verify';

/** A vehicle that drives past another one must keep at least this distance [m]. */
const CLEARANCE_M = 0.3;
/** A pose is judged for the way to the next one as well: what the body can come closer by meanwhile counts as come closer [m]. */
const STEP_M = 0.1;
const SWEEP_M = 0.25;

/** All places that a vehicle without a plan may take: where it stands, and what it may still drive. */
export function idlePolygons(vehicle: PlanVehicle, geometry: PlanGeometry): readonly ArrayLike<number>[] {
  return [...geometry.standing(vehicle.id), ...sweptInAnyCase(vehicle, 0, geometry)];
}

/** The contours of a vehicle from where it is to where it goes in any case. */
export function sweptInAnyCase(vehicle: PlanVehicle, index: number, geometry: PlanGeometry): Float64Array[] {
  const candidate = vehicle.candidates[index];
  if (candidate === undefined) return [];
  const table = geometry.poseTable(vehicle.id, index);
  const polygons: Float64Array[] = [];
  const toSM = Math.max(candidate.committedSM, candidate.startSM);
  for (let sM = candidate.startSM; ; sM = Math.min(toSM, sM + SWEEP_M)) {
    geometry.model(vehicle.id).parts.forEach((part, k) => {
      const polygon = new Float64Array(part.contourM.length);
      contourAt(table, part.contourM, k, sM, polygon);
      polygons.push(polygon);
    });
    if (sM >= toSM) return polygons;
  }
}

/** Whether a planned vehicle keeps its distance from polygons while it drives through one visit. */
export function keepsDistance(entry: Checked, visit: number, polygons: readonly ArrayLike<number>[], geometry: PlanGeometry): boolean {
  const { candidate, planned } = entry;
  const { route, startSM } = candidate;
  const table = geometry.poseTable(planned.id, planned.candidate);
  const { parts } = geometry.model(planned.id);
  const untilSM = Math.min(route.exitSM[visit]!, route.lengthM);
  const own = parts.map((part) => new Float64Array(part.contourM.length));
  for (let sM = Math.max(route.enterSM[visit]!, startSM); ; sM = Math.min(untilSM, sM + STEP_M)) {
    for (let k = 0; k < parts.length; k += 1) {
      contourAt(table, parts[k]!.contourM, k, sM, own[k]!);
      const movedM = movementM(entry, k, sM, Math.min(untilSM, sM + STEP_M), geometry);
      for (const polygon of polygons) if (convexGapM(own[k]!, own[k]!.length, polygon, polygon.length) - movedM / 2 < CLEARANCE_M) return false;
    }
    if (sM >= untilSM) return true;
  }
}

/** No corner of a part moves further than its origin does, and what it turns by at its farthest corner. */
function movementM({ planned }: Checked, part: number, fromSM: number, toSM: number, geometry: PlanGeometry): number {
  const table = geometry.poseTable(planned.id, planned.candidate);
  const from = new Float64Array(3);
  const to = new Float64Array(3);
  partPose(table, part, fromSM, from);
  partPose(table, part, toSM, to);
  const { contourM } = geometry.model(planned.id).parts[part]!;
  let radiusM = 0;
  for (let i = 0; i < contourM.length; i += 2) radiusM = Math.max(radiusM, Math.hypot(contourM[i]!, contourM[i + 1]!));
  const turnRad = Math.abs(Math.atan2(Math.sin(to[2]! - from[2]!), Math.cos(to[2]! - from[2]!)));
  return Math.hypot(to[0]! - from[0]!, to[1]! - from[1]!) + radiusM * turnRad;
}
