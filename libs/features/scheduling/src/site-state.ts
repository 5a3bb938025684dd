import type { Command, Hold, Incident, RequestResult } from '@quaymaster/messages';
import type { Drive } from './drive/drive';
import type { MissionRecord } from './mission/mission-record';
import type { Changes, StoredState } from './store/scheduling.store';

/** Holds, missions, incidents and drives as the scheduler decides on them, with what has changed since they were last stored. */
export class SiteState {
  private readonly missionById = new Map<string, MissionRecord>();
  private readonly incidentById = new Map<string, Incident>();
  private readonly holdById = new Map<string, Hold>();
  private readonly driveByVehicle = new Map<string, Drive>();
  private dirtyMissions = new Set<string>();
  private dirtyIncidents = new Set<string>();
  private dirtyDrives = new Map<string, { drive: Drive; active: boolean }>();
  private placed: Hold[] = [];
  private lifted: { holdId: string; atMs: number }[] = [];
  private results: RequestResult[] = [];
  private issued: Command[] = [];

  restore(stored: StoredState): void {
    for (const record of stored.missions) this.missionById.set(record.mission.missionId, record);
    for (const incident of stored.incidents) this.incidentById.set(incident.incidentId, incident);
    for (const hold of stored.holds) this.holdById.set(hold.holdId, hold);
    for (const drive of stored.drives) this.driveByVehicle.set(drive.vehicleId, drive);
  }

  get missions(): Iterable<MissionRecord> {
    return this.missionById.values();
  }

  get incidents(): Iterable<Incident> {
    return this.incidentById.values();
  }

  get drives(): Iterable<Drive> {
    return this.driveByVehicle.values();
  }

  mission(missionId: string): MissionRecord | undefined {
    return this.missionById.get(missionId);
  }

  incident(incidentId: string): Incident | undefined {
    return this.incidentById.get(incidentId);
  }

  drive(vehicleId: string): Drive | undefined {
    return this.driveByVehicle.get(vehicleId);
  }

  holdsOf(vehicleId: string): readonly Hold[] {
    return [...this.holdById.values()].filter((hold) => hold.vehicleId === vehicleId);
  }

  isHeld(vehicleId: string): boolean {
    return this.holdsOf(vehicleId).length > 0;
  }

  hold(holdId: string): Hold | undefined {
    return this.holdById.get(holdId);
  }

  putMission(record: MissionRecord): void {
    this.missionById.set(record.mission.missionId, record);
    this.dirtyMissions.add(record.mission.missionId);
  }

  changeMission(missionId: string, change: Partial<MissionRecord['mission']>, nowMs: number, pickedUp?: boolean): void {
    const record = this.missionById.get(missionId);
    if (record === undefined) return;
    this.putMission({ mission: { ...record.mission, ...change, updatedAtMs: nowMs }, pickedUp: pickedUp ?? record.pickedUp });
  }

  putIncident(incident: Incident): void {
    this.incidentById.set(incident.incidentId, incident);
    this.dirtyIncidents.add(incident.incidentId);
  }

  putDrive(drive: Drive): void {
    const before = this.driveByVehicle.get(drive.vehicleId);
    if (before !== undefined && before.routeId !== drive.routeId) this.dirtyDrives.set(before.routeId, { drive: before, active: false });
    this.driveByVehicle.set(drive.vehicleId, drive);
    this.dirtyDrives.set(drive.routeId, { drive, active: true });
  }

  endDrive(vehicleId: string): void {
    const drive = this.driveByVehicle.get(vehicleId);
    if (drive === undefined) return;
    this.driveByVehicle.delete(vehicleId);
    this.dirtyDrives.set(drive.routeId, { drive, active: false });
  }

  /** Placing the same hold again changes nothing. */
  placeHold(hold: Hold): void {
    if (this.holdById.has(hold.holdId)) return;
    this.holdById.set(hold.holdId, hold);
    this.placed.push(hold);
  }

  /** Lifts the holds of one owner; those of others stay. */
  liftHolds(vehicleId: string, owner: string, atMs: number): void {
    for (const hold of this.holdsOf(vehicleId)) {
      if (hold.owner !== owner) continue;
      this.holdById.delete(hold.holdId);
      this.lifted.push({ holdId: hold.holdId, atMs });
    }
  }

  answer(result: RequestResult): void {
    this.results.push(result);
  }

  issue(command: Command): void {
    this.issued.push(command);
  }

  /** What must be stored; it counts as stored from here on, `putBack` undoes that. */
  takeChanges(): Changes | null {
    const changes: Changes = {
      missions: [...this.dirtyMissions].map((id) => this.missionById.get(id)!),
      incidents: [...this.dirtyIncidents].map((id) => this.incidentById.get(id)!),
      drives: [...this.dirtyDrives.values()],
      holdsPlaced: this.placed, holdsLifted: this.lifted, requests: this.results, commands: this.issued,
    };
    this.dirtyMissions = new Set();
    this.dirtyIncidents = new Set();
    this.dirtyDrives = new Map();
    this.placed = [];
    this.lifted = [];
    this.results = [];
    this.issued = [];
    return Object.values(changes).some((list: readonly unknown[]) => list.length > 0) ? changes : null;
  }

  /** After a store that failed: the changes are open again, in front of newer ones. */
  putBack(changes: Changes): void {
    for (const { mission } of changes.missions) this.dirtyMissions.add(mission.missionId);
    for (const { incidentId } of changes.incidents) this.dirtyIncidents.add(incidentId);
    this.dirtyDrives = new Map([...changes.drives.map((entry) => [entry.drive.routeId, entry] as const), ...this.dirtyDrives]);
    this.placed = [...changes.holdsPlaced, ...this.placed];
    this.lifted = [...changes.holdsLifted, ...this.lifted];
    this.results = [...changes.requests, ...this.results];
    this.issued = [...changes.commands, ...this.issued];
  }

  /** Missions and incidents that have ended need not be kept in memory. */
  forgetEnded(): void {
    for (const [id, { mission }] of this.missionById) {
      if (!this.dirtyMissions.has(id) && ['finished', 'failed', 'cancelled'].includes(mission.state)) this.missionById.delete(id);
    }
    for (const [id, incident] of this.incidentById) {
      if (!this.dirtyIncidents.has(id) && ['closed', 'failed'].includes(incident.state)) this.incidentById.delete(id);
    }
  }
}
