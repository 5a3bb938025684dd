import { pointInPolygon } from '@quaymaster/geometry';
import { isIncidentOpen, type SiteModel } from '../site-model';
import { POSE_STRIDE, type VehiclePoses } from '../vehicle-poses';
import type { View } from './camera';
import { MarkerBuffer, MarkerShape } from './marker-buffer';
import { paintNumber, paintNumberOr } from './paint';
import { StrokeBuffer } from './stroke-buffer';
import { TriangleBuffer } from './triangle-buffer';
import { type DrawnModel, drawnModel, placeParts, placeRing } from './vehicle-contours';

/** A vehicle shorter than this on the screen is drawn as a dot as well, else nobody finds it [px]. */
const DOT_BELOW_PX = 18;
/** Longer ones get an outline; around smaller ones it would hide the colour [px]. */
const EDGE_FROM_PX = 34;
/** No vehicle reaches further than this from its guided point [m]. */
const REACH_M = 40;

/** Vehicles with their true contours. Rebuilt each frame into memory that it keeps. */
export class VehicleLayer {
  readonly fills: TriangleBuffer;
  readonly edges: StrokeBuffer;
  readonly dots: MarkerBuffer;
  private readonly models = new Map<string, DrawnModel>();
  /** By roster number. */
  private drawn: (DrawnModel | null)[] = [];
  private paint = new Uint8Array(0);
  private isMember = new Uint8Array(0);
  private seen = -1;
  private readonly ring = new Float64Array(64);

  constructor(private readonly model: SiteModel, private readonly poses: VehiclePoses, originM: readonly [number, number]) {
    this.fills = new TriangleBuffer(...originM);
    this.edges = new StrokeBuffer(...originM);
    this.dots = new MarkerBuffer(...originM);
  }

  build(view: View, sizePx: readonly [number, number], selectedId: string): void {
    this.readModel();
    this.fills.clear();
    this.edges.clear();
    this.dots.clear();
    const { shown, reportedAtMs, count } = this.poses;
    const reachXM = sizePx[0] / 2 / view.pixelsPerM + REACH_M;
    const reachYM = sizePx[1] / 2 / view.pixelsPerM + REACH_M;
    const selected = this.model.numberOf.get(selectedId) ?? -1;
    for (let number = 0; number < count; number += 1) {
      if (reportedAtMs[number] === 0) continue;
      if (Math.abs(shown[number * POSE_STRIDE]! - view.xM) > reachXM || Math.abs(shown[number * POSE_STRIDE + 1]! - view.yM) > reachYM) continue;
      this.addVehicle(number, view.pixelsPerM, number === selected);
    }
  }

  /** Number of the vehicle whose contour holds a point, else of the nearest one within a distance; -1 for none. */
  at(xM: number, yM: number, withinM: number): number {
    const { shown, reportedAtMs, count } = this.poses;
    let best = -1;
    let bestM = withinM;
    for (let number = 0; number < count; number += 1) {
      const offM = Math.hypot(shown[number * POSE_STRIDE]! - xM, shown[number * POSE_STRIDE + 1]! - yM);
      if (reportedAtMs[number] === 0 || offM > REACH_M + withinM) continue;
      if (this.covers(number, xM, yM)) return number;
      if (offM >= bestM) continue;
      best = number;
      bestM = offM;
    }
    return best;
  }

  private covers(number: number, xM: number, yM: number): boolean {
    const model = this.drawn[number];
    if (model === null || model === undefined) return false;
    placeParts(model, this.poses.shown, number);
    return model.parts.some((part, k) => pointInPolygon(this.ring.subarray(0, placeRing(part.contourM, k, this.ring)), xM, yM));
  }

  private addVehicle(number: number, pixelsPerM: number, isSelected: boolean): void {
    const { shown, online } = this.poses;
    const at = number * POSE_STRIDE;
    const paint = online[number] === 1 ? this.paint[number] ?? IDLE : OFFLINE;
    const model = this.drawn[number] ?? null;
    const isDot = model === null || model.longestM * pixelsPerM < DOT_BELOW_PX;
    if (isSelected && isDot) this.dots.put(shown[at]!, shown[at + 1]!, SELECTION, 22, MarkerShape.ring);
    if (isDot) this.dots.put(shown[at]!, shown[at + 1]!, paint, this.isMember[number] === 1 ? 9 : 7, MarkerShape.disc);
    if (model === null) return;
    placeParts(model, shown, number);
    for (let k = 0; k < model.parts.length; k += 1) {
      const length = placeRing(model.parts[k]!.contourM, k, this.ring);
      this.fills.convex(this.ring, 0, length, paint);
      if (k > 0) this.fills.convex(this.ring, 0, length, LOAD);
      if (isSelected) this.edges.line(this.ring, 0, length, true, SELECTION, 3);
      else if (this.isMember[number] === 1) this.edges.line(this.ring, 0, length, true, MEMBER, 2);
      else if (model.longestM * pixelsPerM >= EDGE_FROM_PX) this.edges.line(this.ring, 0, length, true, EDGE, 1);
    }
    this.fills.convex(this.ring, 0, placeRing(model.noseM, 0, this.ring), NOSE);
  }

  /** What changes seldom: models, colours, members of incidents. */
  private readModel(): void {
    const { revisions, roster } = this.model;
    const revision = revisions.roster + revisions.models + revisions.vehicles + revisions.incidents;
    if (revision === this.seen) return;
    this.seen = revision;
    this.models.clear();
    for (const [id, model] of this.model.models) this.models.set(id, drawnModel(model));
    if (this.paint.length < roster.length) {
      this.paint = new Uint8Array(roster.length * 2);
      this.isMember = new Uint8Array(roster.length * 2);
    }
    this.drawn.length = roster.length;
    roster.forEach((id, number) => {
      const status = this.model.vehicles.get(id);
      this.drawn[number] = this.models.get(status?.modelId ?? '') ?? null;
      this.paint[number] = paintNumberOr(status?.activity ?? 'idle', 'idle');
    });
    this.isMember.fill(0);
    for (const incident of this.model.incidents.values()) {
      if (!isIncidentOpen(incident)) continue;
      for (const id of incident.members) this.isMember[this.model.numberOf.get(id) ?? this.isMember.length] = 1;
    }
  }
}

const IDLE = paintNumber('idle');
const OFFLINE = paintNumber('offline');
const EDGE = paintNumber('vehicle-edge');
const NOSE = paintNumber('vehicle-nose');
const LOAD = paintNumber('vehicle-load');
const MEMBER = paintNumber('member');
const SELECTION = paintNumber('selection');
