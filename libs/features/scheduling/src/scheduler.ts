import type { OperatorRequest, RequestResult, StopRequest } from '@quaymaster/messages';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { AlarmDesk } from './alarm-desk';
import { CommandDesk } from './command-desk';
import type { Drive } from './drive/drive';
import { LostRoutes } from './drive/lost-routes';
import { TrafficControl } from './drive/traffic-control';
import { FleetPicture, type VehicleTrack } from './fleet-picture';
import { type Alarm, IncidentDesk, type StopNow } from './incident/incident-desk';
import { IncidentRegion } from './incident/incident-region';
import { MissionDesk, type MissionTargets } from './mission/mission-desk';
import { FleetDescription } from './planning/fleet-description';
import { type DrivePurpose, installPlan } from './planning/install-plan';
import type { Planner } from './planning/planner';
import type { PlanningJob, PlanningResult } from './planning/planning-job';
import { PlanningLane } from './planning/planning-lane';
import { RouteLibrary } from './planning/route-library';
import { TravelTimes } from './planning/slot-choice';
import { RequestDesk } from './request-desk';
import type { SchedulingConfig } from './scheduling.config';
import type { SiteState } from './site-state';

/** A proposed plan waits this long for its approval; then it is made anew on the world as it is. */
const PROPOSAL_VALID_MS = 120_000;
/** A vehicle that reports a stop which nobody holds raises an alarm after this long [ms]. */
const UNOWNED_STOP_GRACE_MS = 3000;
const FRESH_MS = 2000;
/** A scheduler that has just started waits this long before it plans: a vehicle that it has not heard yet would be in nobody's way [ms]. */
const SETTLE_MS = 1000;
const ITERATIONS = { mission: 0, incident: 400 } as const;

const NOTHING_NEW: MissionTargets = { targets: new Map(), purposes: new Map() };

interface Proposal { readonly incidentId: string; readonly result: PlanningResult; readonly madeAtMs: number }

/**
 * All decisions of one site, made one tick at a time by one writer. Knows no bus and no store: it is fed with what happened and leaves what is to be stored in
 * `SiteState`.
 */
export class Scheduler {
  readonly picture = new FleetPicture();
  readonly alarms = new AlarmDesk();
  readonly library: RouteLibrary;
  readonly traffic: TrafficControl;
  readonly missions: MissionDesk;
  readonly incidents: IncidentDesk;
  readonly desk: CommandDesk;
  private readonly requests: RequestDesk;
  private readonly fleet: FleetDescription;
  private readonly lane: PlanningLane;
  private readonly lostRoutes: LostRoutes;
  private readonly unownedStops = new Map<string, number>();
  /** A drive has gone without a plan that leaves it out: others may wait for a vehicle that will never come. */
  private ordersAreStale = false;
  private proposal: Proposal | null = null;
  private missionsBlockedUntilMs = 0;
  private firstTickAtMs: number | null = null;
  private routes = 0;
  /** Instant of the running tick, and the drives that it made. */
  private nowMs = 0;
  private collect: Drive[] = [];

  constructor(
    map: VirtualMap, private readonly state: SiteState, private readonly config: SchedulingConfig, readonly epoch: number, planner: Planner, stopNow: StopNow,
    onPlanned: () => void,
  ) {
    this.library = new RouteLibrary(map, config.marginM);
    const travel = new TravelTimes(map);
    this.desk = new CommandDesk(state, this.library, epoch);
    this.fleet = new FleetDescription(map, this.library, this.picture, state);
    this.traffic = new TrafficControl(state, this.picture, this.desk);
    this.missions = new MissionDesk(map, travel, state, this.picture, this.fleet, config.dwellS, config.slotChoices);
    const region = new IncidentRegion(map, this.library.locator, this.picture, state, config.regionRadiusM);
    this.incidents = new IncidentDesk(
      map, travel, state, this.picture, region, this.fleet, this.missions, this.traffic, config, epoch, stopNow,
    );
    this.requests = new RequestDesk(map, state, this.missions, this.incidents);
    this.lane = new PlanningLane(planner, onPlanned);
    this.lostRoutes = new LostRoutes(state, this.picture);
  }

  get isPlanning(): boolean {
    return this.lane.busy;
  }

  handle(request: OperatorRequest, nowMs: number): RequestResult {
    const result: RequestResult = { requestId: request.requestId, ...this.requests.handle(request, nowMs), atMs: nowMs };
    this.state.answer(result);
    return result;
  }

  raise(alarm: Alarm, nowMs: number): void {
    this.incidents.raise(alarm, nowMs);
  }

  stopAsked(request: StopRequest, nowMs: number): void {
    this.raise(this.alarms.stop(request), nowMs);
  }

  /** One turn: evidence in, decisions out. Returns the drives that are new. */
  tick(nowMs: number): readonly Drive[] {
    const fresh: Drive[] = [];
    this.nowMs = nowMs;
    this.collect = fresh;
    this.lane.settle();
    this.installApproved(nowMs);
    const events = this.traffic.tick(nowMs, (drive) => this.mayMove(drive));
    for (const { drive, kind } of events.stopsDone) this.missions.stopDone(drive, kind, nowMs);
    for (const drive of events.arrived) if (drive.incidentId !== '') this.incidents.arrived(drive, nowMs);
    this.giveUpLostRoutes(nowMs);
    this.watchUnownedStops(nowMs);
    for (const incident of this.incidents.open) this.incidents.step(incident, nowMs);
    if (!this.lane.busy && this.proposal === null) this.planNext(nowMs);
    this.traffic.frozen = this.lane.busy || this.proposal !== null;
    this.traffic.forgetOldRoutes();
    return fresh;
  }

  private mayMove(drive: Drive): boolean {
    return this.state.isHeld(drive.vehicleId) ? this.incidents.mayMove(drive) : true;
  }

  private planNext(nowMs: number): void {
    this.firstTickAtMs ??= nowMs;
    if (nowMs - this.firstTickAtMs < SETTLE_MS) return;
    const incident = this.incidents.awaitsPlan();
    if (incident !== undefined) {
      const targets = this.incidents.targets(incident, nowMs);
      const vehicles = this.fleet.describe(targets, (drive) => this.mayMove(drive), null);
      const { incidentId } = incident;
      const closed = this.incidents.closedBlocks(incidentId);
      this.lane.start(this.job(vehicles, ITERATIONS.incident, closed, this.incidents.obstructedBlocks(incidentId)), (result) => { this.propose(incidentId, result); });
      return;
    }
    // Nothing new sets out while vehicles are being stopped or cleared away.
    if (nowMs < this.missionsBlockedUntilMs || this.incidents.open.some((i) => ['holding', 'held', 'planning', 'proposed'].includes(i.state))) return;
    const closed = this.incidents.closedBlocks();
    const next = this.missions.next((track) => this.isUsable(track, nowMs), closed) ?? (this.ordersAreStale || this.isOrderMissing() ? NOTHING_NEW : null);
    if (next === null) return;
    this.ordersAreStale = false;
    const vehicles = this.fleet.describe(next.targets, (drive) => this.mayMove(drive), this.traffic.retimed());
    this.lane.start(this.job(vehicles, ITERATIONS.mission, closed, new Set()), (result) => { this.assign(next, result); });
  }

  /** Orders live in memory: after a restart, drives that go on need a plan before they get any permission. */
  private isOrderMissing(): boolean {
    return [...this.state.drives].some((drive) => !drive.arrived && !this.traffic.hasOrders(drive.vehicleId)
      && this.picture.get(drive.vehicleId) !== undefined && this.picture.model(drive.modelId) !== undefined && this.mayMove(drive));
  }

  private job(vehicles: PlanningJob['vehicles'], iterations: number, closed: ReadonlySet<number>, obstructed: ReadonlySet<number>): PlanningJob {
    return {
      vehicles, blockedBlocks: [...closed], obstructedBlocks: [...obstructed], headwayS: this.config.headwayS, marginM: this.config.marginM, seed: this.config.seed, iterations,
    };
  }

  private propose(incidentId: string, result: PlanningResult | null): void {
    const nowMs = this.nowMs;
    if (!this.incidents.propose(incidentId, result, nowMs) || result === null) return;
    // A vehicle outside that would be left without a way is drawn in, and the plan is made again with it.
    const stranded = result.notPlanned.map(({ id }) => id).filter((id) => this.state.incident(incidentId)?.members.includes(id) !== true);
    if (stranded.length > 0) {
      this.incidents.drawIn(incidentId, stranded, nowMs);
      return;
    }
    this.proposal = { incidentId, result, madeAtMs: nowMs };
    if (this.config.approval === 'policy') this.incidents.approve(incidentId, 'policy', nowMs);
  }

  private installApproved(nowMs: number): void {
    if (this.proposal === null) return;
    const { incidentId, result, madeAtMs } = this.proposal;
    const state = this.state.incident(incidentId)?.state;
    if (state === 'clearing') {
      this.proposal = null;
      this.install(result, () => ({ purpose: 'park', missionId: '', incidentId }));
    } else if (state !== 'proposed') this.proposal = null;
    else if (nowMs - madeAtMs > PROPOSAL_VALID_MS) {
      this.proposal = null;
      this.incidents.propose(incidentId, null, nowMs);
    }
  }

  private assign(targets: MissionTargets, result: PlanningResult | null): void {
    const nowMs = this.nowMs;
    const keepsAll = result?.notPlanned.every(({ id }) => targets.targets.has(id)) === true;
    if (result === null || !result.verified || !keepsAll || this.incidents.awaitsPlan() !== undefined || this.incidents.open.some((i) => i.state === 'holding')) {
      // What is in force stays in force; the missions are tried again a little later.
      this.missionsBlockedUntilMs = nowMs + 2000;
      return;
    }
    if (result.notPlanned.length > 0) this.missionsBlockedUntilMs = nowMs + 2000;
    const drives = this.install(result, (id) => targets.purposes.get(id) ?? { purpose: 'park', missionId: '', incidentId: '' });
    this.missions.apply(result, targets, drives, nowMs);
  }

  private install(result: PlanningResult, purposeOf: (vehicleId: string) => DrivePurpose): readonly Drive[] {
    const drives = installPlan(
      result, this.state, this.traffic, (id) => this.picture.get(id)?.modelId ?? '',
      () => {
        this.routes += 1;
        return `route-${this.epoch}-${this.routes}`;
      },
      purposeOf,
    );
    this.collect.push(...drives);
    return drives;
  }

  private giveUpLostRoutes(nowMs: number): void {
    for (const drive of this.lostRoutes.find(nowMs)) {
      this.state.endDrive(drive.vehicleId);
      if (drive.incidentId !== '') this.incidents.abandoned(drive, nowMs);
      this.missions.interrupt(drive.vehicleId, `${drive.vehicleId} does not follow route ${drive.routeId}`, nowMs);
      this.ordersAreStale = true;
    }
  }

  private isUsable(track: VehicleTrack, nowMs: number): boolean {
    return track.online && nowMs - track.frame.receivedAtMs <= FRESH_MS && track.frame.mode === 'AUTOMATIC' && !this.state.isHeld(track.vehicleId)
      && (!track.frame.stopped || this.traffic.isAuthorised(track.vehicleId));
  }

  /** Stopped stays stopped: a stop that no hold explains is not lifted but looked into. */
  private watchUnownedStops(nowMs: number): void {
    for (const track of this.picture.vehicles) {
      const { vehicleId, frame } = track;
      const unowned = frame.stopped && !this.state.isHeld(vehicleId) && !this.traffic.isAuthorised(vehicleId);
      if (!unowned) {
        this.unownedStops.delete(vehicleId);
        continue;
      }
      const sinceMs = this.unownedStops.get(vehicleId) ?? nowMs;
      this.unownedStops.set(vehicleId, sinceMs);
      if (nowMs - sinceMs < UNOWNED_STOP_GRACE_MS) continue;
      this.unownedStops.delete(vehicleId);
      const danger = { around: [vehicleId], polygonXyM: [], wholeSite: false };
      this.raise({ cause: 'deviation', text: `${vehicleId} stopped by itself and says no more why`, danger, causedBy: [vehicleId], decidedAtMs: nowMs }, nowMs);
    }
  }
}
