import type { Incident } from '@quaymaster/messages';
import type { Drive } from '../drive/drive';
import type { TrafficControl } from '../drive/traffic-control';
import { type FleetPicture, isStanding } from '../fleet-picture';
import type { MissionDesk } from '../mission/mission-desk';
import type { Target } from '../planning/fleet-description';
import type { PlanningResult } from '../planning/planning-job';
import { offerSlots, type TravelTimes } from '../planning/slot-choice';
import type { SchedulingConfig } from '../scheduling.config';
import type { SiteState } from '../site-state';
import { dangerOf, isOpen, isStopping, moveTo, notParked, openIncident } from './incident-record';
import type { Danger, IncidentRegion } from './incident-region';
import type { FleetDescription } from '../planning/fleet-description';
import type { VirtualMap } from '@quaymaster/virtual-map';

/** What opens an incident, or adds to one. */
export interface Alarm {
  readonly cause: Incident['cause'];
  readonly text: string;
  readonly danger: Danger;
  /** Vehicles that must not be moved before somebody has looked at them. */
  readonly causedBy: readonly string[];
  readonly decidedAtMs: number;
}

/** Sends a stop to vehicles at once. */
export type StopNow = (vehicleIds: readonly string[], incidentId: string, reason: string) => void;

/** Leads incidents from the alarm to the last finished mission. Holds are theirs: nobody else lifts them. */
export class IncidentDesk {
  private serial = 0;
  /** When each member was told to stop, if it was moving then. */
  private readonly toldAtMs = new Map<string, number>();

  constructor(
    private readonly map: VirtualMap,
    private readonly travel: TravelTimes,
    private readonly state: SiteState,
    private readonly picture: FleetPicture,
    private readonly region: IncidentRegion,
    private readonly fleet: FleetDescription,
    private readonly missions: MissionDesk,
    private readonly traffic: TrafficControl,
    private readonly config: SchedulingConfig,
    private readonly epoch: number,
    private readonly stopNow: StopNow,
  ) {}

  get open(): Incident[] {
    return [...this.state.incidents].filter(isOpen);
  }

  /** Blocks closed by open incidents that have not been cleared. An incident's own plan is not bound by its region: those inside must be able to leave. */
  closedBlocks(clearingIncidentId?: string): Set<number> {
    const closed = new Set<number>();
    for (const incident of this.open) {
      if (incident.clearedAtMs !== null || incident.incidentId === clearingIncidentId) continue;
      for (const block of this.region.blocks(dangerOf(incident))) closed.add(block);
    }
    return closed;
  }

  /** Blocks under the vehicles that cause an incident: those will not move before it is cleared. */
  obstructedBlocks(incidentId: string): Set<number> {
    const incident = this.state.incident(incidentId);
    if (incident === undefined || incident.clearedAtMs !== null) return new Set();
    return this.region.blocks({ around: incident.causedBy, polygonXyM: [], wholeSite: false });
  }

  /** Opens an incident, or widens the one that already holds one of the vehicles. Returns its id. */
  raise(alarm: Alarm, nowMs: number): string {
    const known = this.open.find((incident) => incident.clearedAtMs === null && this.concerns(incident, alarm));
    if (known !== undefined) return this.widen(known, alarm, nowMs);
    this.serial += 1;
    const incident = openIncident(`INC-${this.epoch}-${this.serial}`, alarm.cause, alarm.text, alarm.causedBy, alarm.danger, nowMs);
    this.holdMembers(moveTo(incident, 'holding', 'members are being stopped', nowMs), [], toldBy(alarm, nowMs), nowMs);
    return incident.incidentId;
  }

  /** Holds further vehicles, which the plan that clears the region would leave without a way; the danger is not around them. */
  drawIn(incidentId: string, vehicleIds: readonly string[], nowMs: number): void {
    const incident = this.state.incident(incidentId);
    if (incident === undefined || !isStopping(incident)) return;
    this.holdMembers(moveTo(incident, 'holding', `${vehicleIds.join(', ')} would be left without a way`, nowMs), vehicleIds, () => nowMs, nowMs);
  }

  clear(incidentId: string, note: string, nowMs: number): boolean {
    const incident = this.state.incident(incidentId);
    if (incident === undefined || !isOpen(incident) || incident.clearedAtMs !== null) return false;
    this.state.putIncident(moveTo(incident, incident.state, `cause cleared: ${note}`, nowMs, { clearedAtMs: nowMs }));
    return true;
  }

  /** Held members whose motion the incident's own plan may command. */
  mayMove(drive: Drive): boolean {
    if (drive.incidentId === '') return false;
    const incident = this.state.incident(drive.incidentId);
    return incident?.state === 'clearing' && this.state.holdsOf(drive.vehicleId).every((hold) => hold.owner === incident.incidentId);
  }

  /** Takes an open incident one step on if it can. */
  step(incident: Incident, nowMs: number): void {
    if (incident.state === 'holding') this.awaitStandstill(incident, nowMs);
    else if (incident.state === 'clearing' && incident.parked.length + incident.notParked.length === incident.members.length) {
      this.state.putIncident(moveTo(incident, 'parked', `${incident.parked.length} parked, ${incident.notParked.length} stay where they are`, nowMs));
    } else if (incident.state === 'parked' && incident.clearedAtMs !== null) this.resume(incident, nowMs);
    else if (incident.state === 'resuming') this.awaitMissions(incident, nowMs);
  }

  /** After a restart: what was in memory only is made again, plans that were not in force and the right to lift the stops of decisions that are stored. */
  takeUp(nowMs: number): void {
    for (const incident of this.open) {
      if (incident.state === 'planning' || incident.state === 'proposed' || this.isPlanLost(incident)) {
        this.state.putIncident(moveTo(incident, 'held', 'the scheduler was started anew; planned anew', nowMs));
      } else if (incident.state === 'clearing') this.authorise(Object.keys(incident.slots).filter((id) => !incident.parked.includes(id)));
      else if (incident.state === 'resuming') this.authorise(incident.members.filter((id) => !incident.resumed.includes(id) && !this.state.isHeld(id)));
    }
  }

  /** The incident whose members wait for a plan, undefined if none does. */
  awaitsPlan(): Incident | undefined {
    return this.open.find((incident) => incident.state === 'held');
  }

  /** Members to bring to slots; those that cannot move are written down with the reason. */
  targets(incident: Incident, nowMs: number): ReadonlyMap<string, Target> {
    let current = moveTo(incident, 'planning', 'looking for slots, routes and an order', nowMs, { notParked: [] });
    const movable: { vehicleId: string; from: number }[] = [];
    for (const vehicleId of incident.members) {
      const reason = this.immovableBecause(incident, vehicleId);
      const track = this.picture.get(vehicleId);
      const position = track === undefined ? null : this.fleet.position(track);
      if (track !== undefined && reason === null && this.missions.isInSlot(track)) current = { ...current, parked: [...new Set([...current.parked, vehicleId])].sort() };
      else if (reason !== null) current = notParked(current, vehicleId, reason);
      else if (position?.kind === 'on-route') movable.push({ vehicleId, from: position.on.blocks[position.on.blocks.length - 1]! });
      else current = notParked(current, vehicleId, position?.because ?? 'nothing is known of it');
    }
    this.state.putIncident(current);
    // A paused region is no place to park in; when the whole site is paused there is no other.
    const closed = this.closedBlocks(incident.wholeSite ? incident.incidentId : undefined);
    const slots = this.missions.freeSlots().concat(this.ownSlots(movable.map((m) => m.vehicleId))).filter((slot) => !closed.has(this.map.slots[slot]!.block));
    const offers = offerSlots(this.map, this.travel, movable.map((m) => m.from), [...new Set(slots)], this.config.slotChoices);
    return new Map(movable.map(({ vehicleId }, i) => [vehicleId, { priority: i, goals: offers[i]!.map((slot) => ({ via: [], slot })) }]));
  }

  /** Takes the planner's answer: proposed, and approved at once where the policy says so. False when it must not be installed now. */
  propose(incidentId: string, result: PlanningResult | null, nowMs: number): boolean {
    const incident = this.state.incident(incidentId);
    if (incident?.state !== 'planning') return false;
    if (result === null || !result.verified) {
      const why = result === null ? 'the planner failed' : `the verifier refused the plan: ${result.faults.slice(0, 3).join('; ')}`;
      this.state.putIncident(moveTo(incident, 'held', `${why}; planned anew`, nowMs));
      return false;
    }
    const planned = result.drives.filter((drive) => drive.isNew);
    let next: Incident = {
      ...incident,
      plan: {
        planId: `${incidentId}-plan-${incident.timeline.length}`, vehicles: planned.length, makespanS: result.makespanS, lowerBoundS: result.lowerBoundS,
        gap: result.gapRatio, lbSource: result.lbSource, verified: result.verified,
      },
      slots: Object.fromEntries(planned.map((drive) => [drive.id, this.map.slots[drive.slot]!.id])),
    };
    for (const { id, because } of result.notPlanned) if (incident.members.includes(id)) next = notParked(next, id, because);
    const text = `${planned.length} vehicles, makespan ${result.makespanS.toFixed(0)} s, lower bound ${result.lowerBoundS.toFixed(0)} s (${result.lbSource})`;
    this.state.putIncident(moveTo(next, 'proposed', text, nowMs));
    return true;
  }

  approve(incidentId: string, by: string, nowMs: number): void {
    const incident = this.state.incident(incidentId);
    if (incident?.state !== 'proposed') return;
    this.state.putIncident(moveTo(moveTo(incident, 'approved', `approved by ${by}`, nowMs), 'clearing', 'vehicles are on their way to their slots', nowMs));
    this.authorise(Object.keys(incident.slots));
  }

  /** A vehicle turned out to be at fault: it stays where it is until somebody has looked at it. */
  accuse(vehicleId: string, nowMs: number): void {
    const incident = this.open.find((i) => i.clearedAtMs === null && i.members.includes(vehicleId) && !i.causedBy.includes(vehicleId) && isStopping(i));
    if (incident !== undefined) this.state.putIncident({ ...incident, causedBy: [...incident.causedBy, vehicleId].sort(), updatedAtMs: nowMs });
  }

  arrived(drive: Drive, nowMs: number): void {
    const incident = this.state.incident(drive.incidentId);
    if (incident === undefined || incident.parked.includes(drive.vehicleId)) return;
    this.state.putIncident({ ...incident, parked: [...incident.parked, drive.vehicleId].sort(), updatedAtMs: nowMs });
  }

  /** A member's drive has come to nothing: it stays where it stands, and what was planned around its going is planned anew around its standing. */
  abandoned(drive: Drive, nowMs: number): void {
    const incident = this.state.incident(drive.incidentId);
    if (incident === undefined || !isOpen(incident) || incident.parked.includes(drive.vehicleId)) return;
    const track = this.picture.get(drive.vehicleId);
    if (track !== undefined && this.missions.isInSlot(track)) this.arrived(drive, nowMs);
    else {
      const { vehicleId } = drive;
      const danger: Danger = { around: [vehicleId], polygonXyM: [], wholeSite: false };
      const text = `${vehicleId} does not follow its route; the others are planned anew around it`;
      this.raise({ cause: 'deviation', text, danger, causedBy: [vehicleId], decidedAtMs: nowMs }, nowMs);
    }
  }

  private authorise(vehicleIds: readonly string[]): void {
    for (const vehicleId of vehicleIds) this.traffic.authoriseResume(vehicleId);
  }

  /** A plan is put into force as a whole: without any of its drives it never was. */
  private isPlanLost(incident: Incident): boolean {
    const underWay = Object.keys(incident.slots).filter((id) => !incident.parked.includes(id));
    return incident.state === 'clearing' && underWay.length > 0 && underWay.every((id) => this.state.drive(id)?.incidentId !== incident.incidentId);
  }

  private concerns(incident: Incident, alarm: Alarm): boolean {
    return [...alarm.danger.around, ...alarm.causedBy].some((id) => incident.members.includes(id));
  }

  private widen(known: Incident, alarm: Alarm, nowMs: number): string {
    // The stop for a vehicle that fell silent comes before the word that it is lost.
    const incident: Incident = alarm.cause === 'lost-vehicle' && known.cause === 'deviation' ? { ...known, cause: alarm.cause } : known;
    if (incident !== known) this.state.putIncident(incident);
    const fresh = alarm.causedBy.filter((id) => !incident.causedBy.includes(id));
    const strangers = alarm.danger.around.filter((id) => !incident.members.includes(id));
    // Members that stand or are being stopped anyway need no second alarm; one that was under way must be stopped again.
    if (fresh.length === 0 && strangers.length === 0 && isStopping(incident)) return incident.incidentId;
    const around = [...new Set([...incident.around, ...alarm.danger.around])];
    const causedBy = [...new Set([...incident.causedBy, ...alarm.causedBy])];
    this.holdMembers(moveTo({ ...incident, causedBy, around }, 'holding', alarm.text, nowMs), [], toldBy(alarm, nowMs), nowMs);
    return incident.incidentId;
  }

  private holdMembers(incident: Incident, drawnIn: readonly string[], decidedAtMs: (vehicleId: string) => number, nowMs: number): void {
    const danger = dangerOf(incident);
    const members = new Set([...incident.members, ...this.region.members(danger, this.region.blocks(danger)), ...drawnIn]);
    const interrupted = new Set(incident.missionsInterrupted);
    for (const vehicleId of members) {
      const frame = this.picture.get(vehicleId)?.frame;
      if (frame !== undefined && !isStanding(frame) && !this.toldAtMs.has(this.toldKey(incident, vehicleId))) {
        this.toldAtMs.set(this.toldKey(incident, vehicleId), decidedAtMs(vehicleId));
      }
      this.traffic.revokeResume(vehicleId);
      this.state.placeHold({ holdId: `${incident.incidentId}:${vehicleId}`, vehicleId, reason: 'incident', owner: incident.incidentId, placedAtMs: nowMs });
      const missionId = this.missions.interrupt(vehicleId, `held by ${incident.incidentId}`, nowMs);
      if (missionId !== '') interrupted.add(missionId);
    }
    this.stopNow([...members].filter((id) => !incident.parked.includes(id)), incident.incidentId, incident.causeText);
    this.state.putIncident({ ...incident, members: [...members].sort(), missionsInterrupted: [...interrupted].sort() });
  }

  private awaitStandstill(incident: Incident, nowMs: number): void {
    const timeToStopMs = { ...incident.timeToStopMs };
    let moving = 0;
    for (const vehicleId of incident.members) {
      const frame = this.picture.get(vehicleId)?.frame;
      if (frame === undefined) continue;
      const toldAtMs = this.toldAtMs.get(this.toldKey(incident, vehicleId));
      if (isStanding(frame)) {
        if (toldAtMs !== undefined && timeToStopMs[vehicleId] === undefined) timeToStopMs[vehicleId] = Math.max(0, frame.observedAtMs - toldAtMs);
      } else moving += 1;
    }
    const last = incident.timeline[incident.timeline.length - 1]!;
    const isNewlyStanding = Object.keys(timeToStopMs).length > Object.keys(incident.timeToStopMs).length;
    if (moving === 0) this.state.putIncident(moveTo(incident, 'held', 'every member stands', nowMs, { timeToStopMs }));
    else if (nowMs - last.atMs > this.config.stopTimeoutMs) {
      this.state.putIncident(moveTo(incident, 'held', `${moving} members did not confirm that they stand`, nowMs, { timeToStopMs }));
    } else if (isNewlyStanding) this.state.putIncident({ ...incident, timeToStopMs, updatedAtMs: nowMs });
  }

  private immovableBecause(incident: Incident, vehicleId: string): string | null {
    const track = this.picture.get(vehicleId);
    if (track === undefined) return 'nothing is known of it';
    if (incident.causedBy.includes(vehicleId) && incident.clearedAtMs === null) return `caused the incident (${incident.causeText}); waits for inspection`;
    if (track.frame.mode !== 'AUTOMATIC') return `is in mode ${track.frame.mode}`;
    if (!isStanding(track.frame)) return 'did not confirm that it stands';
    const foreign = this.state.holdsOf(vehicleId).find((hold) => hold.owner !== incident.incidentId);
    return foreign === undefined ? null : `is also held by ${foreign.owner}`;
  }

  private resume(incident: Incident, nowMs: number): void {
    for (const vehicleId of incident.members) {
      this.state.liftHolds(vehicleId, incident.incidentId, nowMs);
      if (!this.state.isHeld(vehicleId)) this.traffic.authoriseResume(vehicleId);
      const drive = this.state.drive(vehicleId);
      // A drive that the incident cut short leads from where the vehicle no longer is, or with an order that is gone: it is planned anew.
      if (drive !== undefined && incident.notParked.some((entry) => entry.vehicle === vehicleId)) this.state.endDrive(vehicleId);
    }
    this.state.putIncident(moveTo(incident, 'resuming', 'holds are lifted; interrupted missions are planned anew', nowMs));
  }

  private awaitMissions(incident: Incident, nowMs: number): void {
    const finished = incident.missionsInterrupted.filter((id) => {
      const state = this.state.mission(id)?.mission.state;
      return state === undefined || state === 'finished' || state === 'cancelled' || state === 'failed';
    });
    const resumed = incident.members.filter((id) => incident.resumed.includes(id) || this.isBackAtWork(id));
    const done = finished.length === incident.missionsInterrupted.length && resumed.length === incident.members.length;
    const change = { missionsFinished: finished, resumed };
    if (done) this.state.putIncident(moveTo(incident, 'closed', 'every interrupted mission is finished', nowMs, change));
    else if (finished.length !== incident.missionsFinished.length || resumed.length !== incident.resumed.length) this.state.putIncident({ ...incident, ...change, updatedAtMs: nowMs });
  }

  /** It has a drive that it follows without a stop in force, or stands in a slot with nothing to do. */
  private isBackAtWork(vehicleId: string): boolean {
    const track = this.picture.get(vehicleId);
    if (track === undefined || this.state.isHeld(vehicleId)) return false;
    const drive = this.state.drive(vehicleId);
    if (drive !== undefined) return drive.adopted && !track.frame.stopped && drive.incidentId === '';
    return this.missions.missionOf(vehicleId) === undefined && this.missions.isInSlot(track);
  }

  /** Slots for which members were already on their way stay on offer to them. */
  private ownSlots(vehicleIds: readonly string[]): number[] {
    return vehicleIds.flatMap((id) => this.state.drive(id)?.slot ?? []);
  }

  private toldKey(incident: Incident, vehicleId: string): string {
    return `${incident.incidentId}:${vehicleId}`;
  }
}

/** When each vehicle was told to stop: those in danger by whoever saw it, the others now. */
function toldBy(alarm: Alarm, nowMs: number): (vehicleId: string) => number {
  return (vehicleId) => (alarm.danger.around.includes(vehicleId) ? alarm.decidedAtMs : nowMs);
}
