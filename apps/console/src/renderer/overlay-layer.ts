import { createPolyline, cutPolyline, type Polyline, projectOntoPolyline } from '@quaymaster/geometry';
import type { Incident } from '@quaymaster/messages';
import { type MapSlot, type SiteMap, slotOutlineM } from '../site-map';
import { isIncidentOpen, type SiteModel } from '../site-model';
import { POSE_STRIDE, type VehiclePoses } from '../vehicle-poses';
import { MarkerBuffer, MarkerShape } from './marker-buffer';
import { paintNumber } from './paint';
import { simplifyPath } from './path-simplification';
import { StrokeBuffer } from './stroke-buffer';
import { TriangleBuffer, type Triangulate } from './triangle-buffer';

/** What the operator looks at. */
export interface MapFocus {
  readonly vehicleId: string;
  readonly incidentId: string;
  readonly isEveryRouteShown: boolean;
  /** Rectangle that is being drawn, `[minX, minY, maxX, maxY]` [m]. */
  readonly draftM: readonly [number, number, number, number] | null;
}

/** Routes of other vehicles follow the picture this often at most [ms]: with every one shown, a thousand of them are built anew. */
const ROUTES_EVERY_MS = 1000;
/** Routes are drawn this true [m]. */
const ROUTE_TOLERANCE_M = 0.15;

/** Held regions, slots that are given to somebody, routes, conflicts and deviations. */
export class OverlayLayer {
  readonly areas: TriangleBuffer;
  readonly areaEdges: StrokeBuffer;
  readonly routes: StrokeBuffer;
  readonly links: StrokeBuffer;
  readonly markers: MarkerBuffer;
  private readonly slots: ReadonlyMap<string, MapSlot>;
  private readonly simplified = new Map<string, { readonly routeId: string; readonly publishedAtMs: number; readonly xyM: Float64Array }>();
  private selectedPath: { readonly key: string; readonly line: Polyline | null } = { key: '', line: null };
  private areasKey = '';
  private routesKey = '';
  private routesRevision = -1;
  private routesBuiltAtMs = -Infinity;
  private readonly foot = new Float64Array(2);

  constructor(
    map: SiteMap, private readonly model: SiteModel, private readonly poses: VehiclePoses, originM: readonly [number, number], private readonly triangulate: Triangulate,
  ) {
    this.areas = new TriangleBuffer(...originM);
    this.areaEdges = new StrokeBuffer(...originM);
    this.routes = new StrokeBuffer(...originM);
    this.links = new StrokeBuffer(...originM);
    this.markers = new MarkerBuffer(...originM);
    this.slots = new Map(map.slots.map((slot) => [slot.id, slot]));
  }

  /** @returns true when regions and slots were built anew */
  buildAreas(focus: MapFocus): boolean {
    const key = `${this.model.revisions.incidents} ${focus.incidentId} ${String(focus.draftM)}`;
    if (key === this.areasKey) return false;
    this.areasKey = key;
    this.areas.clear();
    this.areaEdges.clear();
    for (const incident of this.model.incidents.values()) if (isIncidentOpen(incident)) this.addIncident(incident, incident.incidentId === focus.incidentId);
    if (focus.draftM !== null) {
      const [minX, minY, maxX, maxY] = focus.draftM;
      const ring = [minX, minY, maxX, minY, maxX, maxY, minX, maxY];
      this.areas.convex(ring, 0, 8, paintNumber('draft'));
      this.areaEdges.line(ring, 0, 8, true, paintNumber('draft-edge'), 2, 6);
    }
    return true;
  }

  /**
   * Faint routes of vehicles other than the selected one; at once when the focus changes, else at most each `ROUTES_EVERY_MS`.
   *
   * @param nowMs page time
   * @returns true when they were built anew
   */
  buildRoutes(focus: MapFocus, nowMs: number): boolean {
    const { revisions } = this.model;
    const key = `${focus.vehicleId} ${focus.incidentId} ${String(focus.isEveryRouteShown)}`;
    const revision = revisions.plans + revisions.vehicles + revisions.incidents;
    if (key === this.routesKey && (revision === this.routesRevision || nowMs - this.routesBuiltAtMs < ROUTES_EVERY_MS)) return false;
    this.routesKey = key;
    this.routesRevision = revision;
    this.routesBuiltAtMs = nowMs;
    this.routes.clear();
    const paint = paintNumber('route');
    for (const id of this.routedVehicles(focus)) {
      if (id === focus.vehicleId) continue;
      const xyM = this.simplifiedRoute(id);
      if (xyM !== null) this.routes.line(xyM, 0, xyM.length, false, paint, 2);
    }
    return true;
  }

  /** Lines and signs that move with the vehicles. */
  buildLinks(focus: MapFocus): void {
    this.links.clear();
    this.markers.clear();
    this.addSelectedRoute(focus.vehicleId);
    for (const incident of this.model.incidents.values()) if (isIncidentOpen(incident)) this.addAssignments(incident);
    for (const conflict of this.model.conflicts.values()) {
      const paint = paintNumber(`conflict-${conflict.severity}`);
      const widthPx = conflict.severity === 'imminent' ? 2.5 : 1.5;
      for (const id of [conflict.a, conflict.b]) {
        const at = this.poseAt(id);
        if (at >= 0) this.links.segment(this.poses.shown[at]!, this.poses.shown[at + 1]!, conflict.xM, conflict.yM, paint, widthPx, conflict.severity === 'possible' ? 4 : 0);
      }
      this.markers.put(conflict.xM, conflict.yM, paint, conflict.severity === 'imminent' ? 20 : 15, MarkerShape.ring);
      this.markers.put(conflict.xM, conflict.yM, paint, 6, MarkerShape.disc);
    }
    for (const deviation of this.model.deviations.values()) {
      const at = this.poseAt(deviation.vehicleId);
      const xM = at < 0 ? deviation.xM : this.poses.shown[at]!;
      const yM = at < 0 ? deviation.yM : this.poses.shown[at + 1]!;
      this.markers.put(xM, yM, paintNumber('deviation'), 14, MarkerShape.diamond);
    }
  }

  private addIncident(incident: Incident, isSelected: boolean): void {
    const { regionXyM } = incident;
    if (regionXyM.length >= 6) {
      this.areas.polygon(regionXyM, paintNumber('region'), this.triangulate);
      this.areaEdges.line(regionXyM, 0, regionXyM.length, true, paintNumber('region-edge'), isSelected ? 3 : 2, 8);
    }
    for (const slotId of Object.values(incident.slots)) {
      const slot = this.slots.get(slotId);
      if (slot === undefined) continue;
      const outline = slotOutlineM(slot);
      this.areas.convex(outline, 0, outline.length, paintNumber('slot-assigned'));
      this.areaEdges.line(outline, 0, outline.length, true, paintNumber('assignment'), 1.5);
    }
  }

  private addAssignments(incident: Incident): void {
    if (incident.state === 'resuming') return;
    for (const vehicleId in incident.slots) {
      const slot = this.slots.get(incident.slots[vehicleId]!);
      const at = this.poseAt(vehicleId);
      if (slot === undefined || at < 0 || incident.parked.includes(vehicleId)) continue;
      this.links.segment(this.poses.shown[at]!, this.poses.shown[at + 1]!, slot.xM, slot.yM, paintNumber('assignment'), 1.25, 5);
    }
  }

  private addSelectedRoute(vehicleId: string): void {
    const line = this.pathOf(vehicleId);
    const at = this.poseAt(vehicleId);
    if (line === null) return;
    let doneSM = 0;
    if (at >= 0) {
      projectOntoPolyline(line, this.poses.shown[at]!, this.poses.shown[at + 1]!, this.foot);
      doneSM = this.foot[0]!;
    }
    this.links.line(line.xyM, 0, line.xyM.length, false, paintNumber('route-selected'), 3);
    if (doneSM > 0) {
      const behind = cutPolyline(line, doneSM);
      this.links.line(behind.xyM, 0, behind.xyM.length, false, paintNumber('route-behind'), 3);
    }
    const last = line.xyM.length - 2;
    this.markers.put(line.xyM[last]!, line.xyM[last + 1]!, paintNumber('route-selected'), 11, MarkerShape.ring);
  }

  private pathOf(vehicleId: string): Polyline | null {
    const plan = this.model.runningPlan(vehicleId);
    const key = plan === undefined ? '' : `${vehicleId} ${plan.routeId} ${plan.publishedAtMs}`;
    if (key !== this.selectedPath.key) {
      const xyM = this.simplifiedRoute(vehicleId);
      this.selectedPath = { key, line: xyM === null || isPoint(xyM) ? null : createPolyline(xyM) };
    }
    return this.selectedPath.line;
  }

  private routedVehicles(focus: MapFocus): Iterable<string> {
    if (focus.isEveryRouteShown) return this.model.plans.keys();
    const ids = new Set<string>();
    for (const incident of this.model.incidents.values()) {
      if (isIncidentOpen(incident) && (incident.incidentId === focus.incidentId || incident.state === 'clearing')) incident.members.forEach((id) => ids.add(id));
    }
    return ids;
  }

  private simplifiedRoute(vehicleId: string): Float64Array | null {
    const plan = this.model.runningPlan(vehicleId);
    if (plan === undefined) return null;
    let known = this.simplified.get(vehicleId);
    if (known?.routeId !== plan.routeId || known.publishedAtMs !== plan.publishedAtMs) {
      known = { routeId: plan.routeId, publishedAtMs: plan.publishedAtMs, xyM: simplifyPath(plan.pathXyM, ROUTE_TOLERANCE_M) };
      this.simplified.set(vehicleId, known);
    }
    return known.xyM;
  }

  private poseAt(vehicleId: string): number {
    const number = this.model.numberOf.get(vehicleId);
    return number === undefined || (this.poses.reportedAtMs[number] ?? 0) === 0 ? -1 : number * POSE_STRIDE;
  }
}

function isPoint(xyM: Float64Array): boolean {
  for (let i = 2; i < xyM.length; i += 2) if (Math.hypot(xyM[i]! - xyM[0]!, xyM[i + 1]! - xyM[1]!) > 1e-6) return false;
  return true;
}
