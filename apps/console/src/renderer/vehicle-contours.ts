import type { VehicleModel } from '@quaymaster/motion';
import { POSE_STRIDE } from '../vehicle-poses';

/** Depth of the band that shows where the front of a vehicle is [m]. */
const NOSE_M = 1.3;

/** A model made ready for drawing. */
export interface DrawnModel {
  readonly parts: readonly { readonly contourM: Float64Array; readonly hitchForwardM: number }[];
  /** Front end of the first part's contour, in its frame, counter-clockwise. */
  readonly noseM: Float64Array;
  readonly longestM: number;
}

export function drawnModel(model: VehicleModel): DrawnModel {
  const first = model.parts[0]!.contourM;
  let frontM = -Infinity;
  for (let i = 0; i < first.length; i += 2) frontM = Math.max(frontM, first[i]!);
  return {
    parts: model.parts.map((part) => ({ contourM: Float64Array.from(part.contourM), hitchForwardM: part.hitchForwardM })),
    noseM: aheadOf(first, frontM - NOSE_M),
    longestM: model.frontM + model.rearM,
  };
}

/** The part of a convex ring with x >= the given one (Sutherland and Hodgman's clipping against one line). */
export function aheadOf(ring: ArrayLike<number>, fromXM: number): Float64Array {
  const kept: number[] = [];
  for (let i = 0, k = ring.length - 2; i < ring.length; k = i, i += 2) {
    const isIn = ring[i]! >= fromXM;
    if (isIn !== ring[k]! >= fromXM) {
      const ratio = (fromXM - ring[k]!) / (ring[i]! - ring[k]!);
      kept.push(fromXM, ring[k + 1]! + ratio * (ring[i + 1]! - ring[k + 1]!));
    }
    if (isIn) kept.push(ring[i]!, ring[i + 1]!);
  }
  return Float64Array.from(kept);
}

/** Poses of a vehicle's parts: x [m], y [m], heading [rad] each. Room for four parts. */
export const partPoses = new Float64Array(12);

/**
 * Where the parts of a vehicle are: each hangs at the hitch of the part before, turned by the hitch angle. Writes `partPoses`.
 *
 * @param poses rows of `VehiclePoses.shown`
 */
export function placeParts(model: DrawnModel, poses: ArrayLike<number>, number: number): void {
  const at = number * POSE_STRIDE;
  let x = poses[at]!;
  let y = poses[at + 1]!;
  let heading = poses[at + 2]!;
  for (let k = 0; k < model.parts.length; k += 1) {
    if (k > 0) {
      const forwardM = model.parts[k - 1]!.hitchForwardM;
      x += forwardM * Math.cos(heading);
      y += forwardM * Math.sin(heading);
      heading += poses[at + 2 + k]!;
    }
    partPoses[3 * k] = x;
    partPoses[3 * k + 1] = y;
    partPoses[3 * k + 2] = heading;
  }
}

/** Places a ring of a part's own frame by `partPoses`. @returns numbers written to `out` */
export function placeRing(ringM: Float64Array, part: number, out: Float64Array): number {
  const x = partPoses[3 * part]!;
  const y = partPoses[3 * part + 1]!;
  const cos = Math.cos(partPoses[3 * part + 2]!);
  const sin = Math.sin(partPoses[3 * part + 2]!);
  for (let i = 0; i < ringM.length; i += 2) {
    out[i] = x + ringM[i]! * cos - ringM[i + 1]! * sin;
    out[i + 1] = y + ringM[i]! * sin + ringM[i + 1]! * cos;
  }
  return ringM.length;
}
