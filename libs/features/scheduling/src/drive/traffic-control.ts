import type { Frame } from '@quaymaster/messages';
import { brakingDistanceM, type VehicleModel } from '@quaymaster/motion';
import { Execution, type BlockOrder, type RouteOccupancy, type TimedPath } from '@quaymaster/planning';
import type { CommandDesk } from '../command-desk';
import { type FleetPicture, isStanding } from '../fleet-picture';
import type { SiteState } from '../site-state';
import type { Drive } from './drive';

/** A vehicle that stands this close to a stop or an end has reached it [m]. */
const AT_PLACE_M = 1;
/** Permission reaches this far beyond what the vehicle needs to keep its speed until the next tick is sure to have come [s]. */
const LOOK_AHEAD_S = 4;
const LOOK_AHEAD_M = 15;
/** A permission that is renewed reaches this much further than needed, so that not every tick brings a command [m]. */
const RELEASE_STRIDE_M = 30;
/** A route or a resume that shows no effect is issued anew after this long [ms]. */
const REISSUE_MS = 4000;

/** A drive with its geometry, as the plan brought it. */
export interface InstalledDrive {
  readonly drive: Drive;
  readonly occupancy: RouteOccupancy;
}

/** What happened to drives since the last tick. */
export interface TrafficEvents {
  readonly arrived: Drive[];
  readonly stopsDone: { readonly drive: Drive; readonly kind: 'pickup' | 'dropoff' }[];
}

interface Issue { routeAtMs: number; resumeAtMs: number; releaseAtMs: number }

/**
 * Executes the plan: each vehicle gets permission to go as far as the order of vehicles through every block allows. Permission follows evidence
 * only (reported positions); a late vehicle delays others and nothing else.
 */
export class TrafficControl {
  private execution = new Execution([], []);
  private occupancies = new Map<string, RouteOccupancy>();
  private readonly issued = new Map<string, Issue>();
  private readonly mayResume = new Set<string>();
  /** While a plan is being made nothing new is granted, so that it holds when it comes. */
  frozen = false;

  constructor(private readonly state: SiteState, private readonly picture: FleetPicture, private readonly desk: CommandDesk) {}

  /** Replaces the plan: these drives in these orders. Vehicles that are in the orders but not among the drives stand where they are. */
  install(drives: readonly InstalledDrive[], orders: readonly BlockOrder[]): void {
    this.occupancies = new Map(drives.map(({ drive, occupancy }) => [drive.vehicleId, occupancy]));
    this.execution = new Execution(
      drives.map(({ drive, occupancy }) => ({
        id: drive.vehicleId, route: occupancy, startSM: this.progressOf(drive), committedSM: Math.max(drive.releasedToSM, this.progressOf(drive)),
        stops: drive.stops.filter((stop) => !stop.done).map(({ sM, dwellS }) => ({ sM, dwellS })), ...this.driving(drive.modelId),
      })),
      orders,
    );
    for (const { drive } of drives) this.state.putDrive(drive);
  }

  /** The vehicle's controlled stop may be lifted once: a plan that moves it was approved, or its cause was cleared. */
  authoriseResume(vehicleId: string): void {
    this.mayResume.add(vehicleId);
  }

  revokeResume(vehicleId: string): void {
    this.mayResume.delete(vehicleId);
  }

  isAuthorised(vehicleId: string): boolean {
    return this.mayResume.has(vehicleId);
  }

  /** False for a drive that no plan in force knows, e.g. one from before a restart: it gets no permission. */
  hasOrders(vehicleId: string): boolean {
    return this.occupancies.has(vehicleId);
  }

  progressOf(drive: Drive): number {
    const frame = this.picture.get(drive.vehicleId)?.frame;
    return frame?.routeId === drive.routeId ? frame.routeSM : drive.startSM;
  }

  /** Timetables that the present orders lead to, Infinity at the end where something blocks for good. */
  retimed(): ReadonlyMap<string, TimedPath> {
    return this.execution.retime();
  }

  /** Vehicle that has to clear a block first, for "why does it stand still". */
  waitsFor(vehicleId: string): { readonly block: number; readonly vehicles: readonly string[] } | null {
    return this.occupancies.has(vehicleId) ? this.execution.waitsFor(vehicleId) : null;
  }

  tick(nowMs: number, mayMove: (drive: Drive) => boolean): TrafficEvents {
    const events: TrafficEvents = { arrived: [], stopsDone: [] };
    const drives = [...this.state.drives];
    for (const drive of drives) this.observe(drive, nowMs, events);
    for (const drive of this.state.drives) {
      const track = this.picture.get(drive.vehicleId);
      const model = this.picture.model(drive.modelId);
      if (track === undefined || model === undefined || !mayMove(drive)) continue;
      this.command(drive, track.frame, model, nowMs);
    }
    return events;
  }

  private driving(modelId: string): { readonly driving?: VehicleModel } {
    const model = this.picture.model(modelId);
    return model === undefined ? {} : { driving: model };
  }

  private observe(drive: Drive, nowMs: number, events: TrafficEvents): void {
    const frame = this.picture.get(drive.vehicleId)?.frame;
    if (frame?.routeId !== drive.routeId) return;
    if (this.occupancies.has(drive.vehicleId)) this.execution.progress(drive.vehicleId, frame.routeSM);
    let next: Drive = drive.adopted ? drive : { ...drive, adopted: true };
    const index = next.stops.findIndex((stop) => !stop.done);
    const stop = next.stops[index];
    if (stop !== undefined && isStanding(frame) && Math.abs(frame.routeSM - stop.sM) < AT_PLACE_M) {
      const sinceMs = stop.standingSinceMs ?? nowMs;
      const done = nowMs - sinceMs >= stop.dwellS * 1000;
      if (done || stop.standingSinceMs === null) {
        next = { ...next, stops: next.stops.map((s, i) => (i === index ? { ...s, standingSinceMs: sinceMs, done } : s)) };
      }
      if (done) {
        if (this.occupancies.has(drive.vehicleId)) this.execution.dwellDone(drive.vehicleId, stop.sM);
        events.stopsDone.push({ drive: next, kind: stop.kind });
      }
    }
    if (!next.arrived && next.stops.every((s) => s.done) && isStanding(frame) && frame.routeSM >= next.endSM - AT_PLACE_M) {
      next = { ...next, arrived: true };
      events.arrived.push(next);
    }
    if (next !== drive) this.state.putDrive(next);
    if (next.arrived) this.state.endDrive(next.vehicleId);
  }

  private command(drive: Drive, frame: Frame, model: VehicleModel, nowMs: number): void {
    const issue = this.issueOf(drive.routeId);
    const causeId = drive.incidentId !== '' ? drive.incidentId : drive.missionId !== '' ? drive.missionId : drive.routeId;
    if (frame.routeId !== drive.routeId) {
      if (nowMs - issue.routeAtMs >= REISSUE_MS) {
        issue.routeAtMs = nowMs;
        this.desk.issueRoute(drive, causeId, nowMs);
      }
      return;
    }
    if (frame.stopped) {
      if (this.mayResume.has(drive.vehicleId) && nowMs - issue.resumeAtMs >= REISSUE_MS) {
        issue.resumeAtMs = nowMs;
        this.desk.issue(drive.vehicleId, { kind: 'resume' }, causeId, nowMs);
      }
      return;
    }
    this.mayResume.delete(drive.vehicleId);
    this.release(drive, frame, model, issue, causeId, nowMs);
  }

  private release(drive: Drive, frame: Frame, model: VehicleModel, issue: Issue, causeId: string, nowMs: number): void {
    let releasedToSM = drive.releasedToSM;
    const neededSM = frame.routeSM + brakingDistanceM(Math.max(frame.speedMps, 1), model.brakingMps2) + frame.speedMps * LOOK_AHEAD_S + LOOK_AHEAD_M;
    if (!this.frozen && releasedToSM < neededSM && this.occupancies.has(drive.vehicleId)) {
      const grantedSM = this.execution.grant(drive.vehicleId, neededSM + RELEASE_STRIDE_M);
      if (grantedSM > releasedToSM + 0.01) {
        releasedToSM = grantedSM;
        this.state.putDrive({ ...drive, releasedToSM });
        issue.releaseAtMs = -Infinity;
      }
    }
    // Sent until the vehicle reports it: the report is the only proof that it knows.
    if (releasedToSM > frame.releasedToSM + 0.01 && nowMs - issue.releaseAtMs >= REISSUE_MS / 2) {
      issue.releaseAtMs = nowMs;
      this.desk.issue(drive.vehicleId, { kind: 'release', routeId: drive.routeId, releasedToSM }, causeId, nowMs);
    }
  }

  private issueOf(routeId: string): Issue {
    let issue = this.issued.get(routeId);
    if (issue === undefined) this.issued.set(routeId, issue = { routeAtMs: -Infinity, resumeAtMs: -Infinity, releaseAtMs: -Infinity });
    return issue;
  }

  /** Bookkeeping of routes that no vehicle drives any more. */
  forgetOldRoutes(): void {
    const live = new Set([...this.state.drives].map((drive) => drive.routeId));
    for (const routeId of this.issued.keys()) if (!live.has(routeId)) this.issued.delete(routeId);
  }
}
