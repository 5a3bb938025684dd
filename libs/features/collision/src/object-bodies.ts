import { convexHull } from '@quaymaster/geometry';
import type { Frame } from '@quaymaster/messages';
import { ContactSearch, createBodyShape, type MovingBody, PredictedMotion } from '@quaymaster/motion';
import { boundedId } from './bounded-id';
import type { PairSide } from './pair-check';
import type { VehicleTrack } from './vehicle-track';

/** An object that turns up this close to a vehicle's body is that vehicle, seen by another [m]. One that was apart before must overlap it to be. */
const SAME_THING_M = 0.3;
/** Objects of a vehicle that has not reported for so long are forgotten [ms]. */
const KEPT_MS = 1000;

/** Something that a vehicle sees. */
export interface SeenObject extends PairSide {
  readonly id: string;
  readonly seenBy: string;
  readonly seenAtMs: number;
}

/** What vehicles see and report beside themselves: bodies that keep their velocity. What is a vehicle that reports by itself is left out. */
export class ObjectBodies {
  private readonly seen = new Map<string, readonly SeenObject[]>();
  private readonly search = new ContactSearch();

  /** @param reachS how far ahead motions of objects are asked for [s] */
  constructor(private readonly reachS: number) {}

  /**
   * Takes the objects of a frame in place of those of the vehicle's frame before.
   *
   * @param near vehicles that a body may meet, each as it is foreseen to move
   */
  report(frame: Frame, near: (body: MovingBody) => Iterable<VehicleTrack>, nowMs: number): void {
    if (frame.objects.length === 0) {
      this.seen.delete(frame.vehicleId);
      return;
    }
    const before = this.seen.get(frame.vehicleId) ?? [];
    const objects: SeenObject[] = [];
    for (const { objectId, polygonM, vxMps, vyMps } of frame.objects) {
      const hull = convexHull(polygonM);
      if (hull.length < 6) continue;
      const body = movingStraight(hull, vxMps, vyMps, this.reachS);
      const id = boundedId(`object:${frame.vehicleId}:${objectId}`);
      const wasApart = before.some((object) => object.id === id);
      if (this.isVehicle(body, frame.observedAtMs, near(body), wasApart ? 0 : SAME_THING_M)) continue;
      objects.push({
        id, seenBy: frame.vehicleId, seenAtMs: nowMs, body, bodyAtMs: frame.observedAtMs,
        sigmaM: frame.positionSigmaM, track: null,
      });
    }
    this.seen.set(frame.vehicleId, objects);
  }

  /** Calls back with each object that has been seen of late. */
  forEach(nowMs: number, visit: (object: SeenObject) => void): void {
    for (const [vehicleId, objects] of this.seen) {
      if (objects.length === 0 || nowMs - objects[0]!.seenAtMs > KEPT_MS) this.seen.delete(vehicleId);
      else for (const object of objects) visit(object);
    }
  }

  /** True when the object lies over the body: it was seen before the vehicle was known. */
  overlaps(object: SeenObject, body: MovingBody, bodyAtMs: number, atMs: number): boolean {
    return this.search.gapAtM(object.body, body, Math.max(0, atMs - object.bodyAtMs) / 1000, Math.max(0, atMs - bodyAtMs) / 1000) < 0;
  }

  private isVehicle(object: MovingBody, atMs: number, vehicles: Iterable<VehicleTrack>, closeM: number): boolean {
    for (const track of vehicles) {
      if (track.body === null) continue;
      const { motion } = track.body;
      const { minXM, maxXM, minYM, maxYM } = object.motion;
      const reachM = object.shape.radiusM[0]! + Math.max(...track.body.shape.radiusM);
      if (motion.minXM - reachM > maxXM || motion.maxXM + reachM < minXM || motion.minYM - reachM > maxYM || motion.maxYM + reachM < minYM) continue;
      if (this.search.gapAtM(object, track.body, 0, Math.max(0, atMs - track.bodyAtMs) / 1000) < closeM) return true;
    }
    return false;
  }
}

/** The hull in a frame at its own middle, so that its radius is small. */
function movingStraight(hull: Float64Array, vxMps: number, vyMps: number, reachS: number): MovingBody {
  let xM = 0;
  let yM = 0;
  for (let i = 0; i < hull.length; i += 2) {
    xM += (2 * hull[i]!) / hull.length;
    yM += (2 * hull[i + 1]!) / hull.length;
  }
  // Straight motion is exact between two samples.
  const motion = new PredictedMotion(1, 2, reachS);
  motion.moveStraight(1, xM, yM, vxMps, vyMps);
  return { shape: createBodyShape([hull.map((value, i) => value - (i % 2 === 0 ? xM : yM))]), motion };
}
