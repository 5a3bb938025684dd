import type { Conflict, Deviation, Incident, LiveMessage, Mission, RunningPlan, VehicleModelMessage, VehicleStatus } from '@quaymaster/messages';

/** Parts of the picture that can change; each has a revision number in `SiteModel.revisions`. */
export type SitePart = 'roster' | 'models' | 'vehicles' | 'plans' | 'missions' | 'incidents' | 'conflicts' | 'deviations';

export type Activity = VehicleStatus['activity'];

export interface SiteCounts {
  readonly vehicles: number;
  readonly conflicts: number;
  readonly imminent: number;
  readonly deviations: number;
  readonly openIncidents: number;
  readonly activities: Readonly<Record<Activity, number>>;
}

export const isIncidentOpen = (incident: Incident): boolean => incident.state !== 'closed' && incident.state !== 'failed';

/**
 * The picture of the site as the live messages paint it. A snapshot replaces everything, a delta changes what it names. Pure: it reads no clock and
 * touches no page.
 */
export class SiteModel {
  /** Vehicle ids by roster number. */
  readonly roster: string[] = [];
  readonly numberOf = new Map<string, number>();
  readonly models = new Map<string, VehicleModelMessage>();
  readonly vehicles = new Map<string, VehicleStatus>();
  readonly plans = new Map<string, RunningPlan>();
  readonly missions = new Map<string, Mission>();
  readonly incidents = new Map<string, Incident>();
  readonly conflicts = new Map<string, Conflict>();
  readonly deviations = new Map<string, Deviation>();
  readonly revisions: Record<SitePart, number> = {
    roster: 0, models: 0, vehicles: 0, plans: 0, missions: 0, incidents: 0, conflicts: 0, deviations: 0,
  };
  mapHash = '';
  /** Version of the last message, 0 before the first snapshot. */
  version = 0;

  /** @returns false when messages are missing between this one and the last; the picture is then unchanged and the client must connect anew */
  apply(message: LiveMessage): boolean {
    const { changes } = message;
    if (message.type === 'snapshot') this.clear();
    else if (message.version !== this.version + 1 || changes.rosterFrom > this.roster.length) return false;
    this.version = message.version;
    this.mapHash = message.mapHash;
    this.takeRoster(changes.rosterFrom, changes.roster);
    this.put('models', this.models, changes.models, (model) => model.id);
    this.put('vehicles', this.vehicles, changes.vehicles, (status) => status.vehicleId);
    this.put('plans', this.plans, changes.plans, (plan) => plan.vehicleId);
    this.put('missions', this.missions, changes.missions, (mission) => mission.missionId);
    this.put('incidents', this.incidents, changes.incidents, (incident) => incident.incidentId);
    this.put('conflicts', this.conflicts, changes.conflicts, (conflict) => conflict.conflictId, (conflict) => conflict.phase === 'closed');
    this.put('deviations', this.deviations, changes.deviations, (deviation) => deviation.deviationId, (deviation) => deviation.phase === 'closed');
    return true;
  }

  counts(): SiteCounts {
    const activities: Record<Activity, number> = { idle: 0, driving: 0, working: 0, waiting: 0, held: 0, parking: 0, parked: 0, immovable: 0, offline: 0 };
    for (const status of this.vehicles.values()) activities[status.activity] += 1;
    let imminent = 0;
    for (const conflict of this.conflicts.values()) if (conflict.severity === 'imminent') imminent += 1;
    let openIncidents = 0;
    for (const incident of this.incidents.values()) if (isIncidentOpen(incident)) openIncidents += 1;
    return {
      vehicles: this.vehicles.size, conflicts: this.conflicts.size, imminent, deviations: this.deviations.size, openIncidents, activities,
    };
  }

  /** The plan that a vehicle follows now. One that it has finished stays with us, but no status names its route any more. */
  runningPlan(vehicleId: string): RunningPlan | undefined {
    const plan = this.plans.get(vehicleId);
    const status = this.vehicles.get(vehicleId);
    return plan !== undefined && (status === undefined || status.routeId === plan.routeId) ? plan : undefined;
  }

  /** Open incidents first, the newest of each kind on top. */
  incidentsInOrder(): Incident[] {
    return [...this.incidents.values()].sort((a, b) => Number(isIncidentOpen(b)) - Number(isIncidentOpen(a)) || b.openedAtMs - a.openedAtMs);
  }

  conflictsOf(vehicleId: string): Conflict[] {
    return [...this.conflicts.values()].filter((conflict) => conflict.a === vehicleId || conflict.b === vehicleId);
  }

  deviationsOf(vehicleId: string): Deviation[] {
    return [...this.deviations.values()].filter((deviation) => deviation.vehicleId === vehicleId);
  }

  private clear(): void {
    this.roster.length = 0;
    this.numberOf.clear();
    for (const part of [this.models, this.vehicles, this.plans, this.missions, this.incidents, this.conflicts, this.deviations]) part.clear();
    for (const part in this.revisions) this.revisions[part as SitePart] += 1;
  }

  private takeRoster(from: number, ids: readonly string[]): void {
    if (ids.length === 0) return;
    ids.forEach((id, i) => {
      this.roster[from + i] = id;
      this.numberOf.set(id, from + i);
    });
    this.revisions.roster += 1;
  }

  private put<T>(part: SitePart, into: Map<string, T>, changed: readonly T[], idOf: (entry: T) => string, isGone: (entry: T) => boolean = () => false): void {
    if (changed.length === 0) return;
    for (const entry of changed) {
      if (isGone(entry)) into.delete(idOf(entry));
      else into.set(idOf(entry), entry);
    }
    this.revisions[part] += 1;
  }
}
