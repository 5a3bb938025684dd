import { Injectable } from '@nestjs/common';
import type {
  Conflict, Connection, Deviation, Frame, Incident, Mission, RunningPlan, VehicleModelMessage, VehicleStatus,
} from '@quaymaster/messages';

/** Parts of the picture that live clients are told of as text. */
export interface ViewParts {
  models: VehicleModelMessage;
  vehicles: VehicleStatus;
  plans: RunningPlan;
  missions: Mission;
  incidents: Incident;
  conflicts: Conflict;
  deviations: Deviation;
}
export type ViewPart = keyof ViewParts;
export type PartMaps = { [P in ViewPart]: Map<string, ViewParts[P]> };

export interface FleetViewListener {
  changed<P extends ViewPart>(part: P, id: string, value: ViewParts[P]): void;
  /** A newer frame or another state of its connection. */
  moved(vehicleId: string): void;
  joined(vehicleId: string): void;
}

/** Ended missions and incidents that are kept in memory; older ones are in the store alone. */
const ENDED_KEPT = 2000;
/** Roster numbers are 16 bits on the wire. */
const ROSTER_MAX = 65_535;

const ENDED_MISSION: ReadonlySet<Mission['state']> = new Set(['finished', 'failed', 'cancelled']);
const ENDED_INCIDENT: ReadonlySet<Incident['state']> = new Set(['closed', 'failed']);

export function emptyParts(): PartMaps {
  return { models: new Map(), vehicles: new Map(), plans: new Map(), missions: new Map(), incidents: new Map(), conflicts: new Map(), deviations: new Map() };
}

/** What the bus has said so far, newest of each: the picture that people and other systems look at. Nothing is decided by it. */
@Injectable()
export class FleetView {
  readonly parts: PartMaps = emptyParts();
  readonly frames = new Map<string, Frame>();
  readonly connections = new Map<string, Connection>();
  /** Vehicles by number; only ever grows. */
  readonly roster: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly listeners = new Set<FleetViewListener>();
  private readonly ended: Record<'missions' | 'incidents', Set<string>> = { missions: new Set(), incidents: new Set() };

  listen(listener: FleetViewListener): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  numberOf(vehicleId: string): number | undefined {
    return this.numbers.get(vehicleId);
  }

  hasSeen(vehicleId: string): boolean {
    return this.numbers.has(vehicleId);
  }

  /** By its own word; by the scheduler's as long as the vehicle has not connected since this process began to listen. */
  isOnline(vehicleId: string): boolean {
    const connection = this.connections.get(vehicleId);
    if (connection !== undefined) return connection.state === 'ONLINE';
    const status = this.parts.vehicles.get(vehicleId);
    return status === undefined ? this.frames.has(vehicleId) : status.activity !== 'offline';
  }

  /** The route that a vehicle follows now; plans of routes that it has left are history. */
  isRunning(plan: RunningPlan): boolean {
    const status = this.parts.vehicles.get(plan.vehicleId);
    return status === undefined || status.routeId === plan.routeId;
  }

  model(model: VehicleModelMessage): void {
    this.put('models', model.id, model);
  }

  status(status: VehicleStatus): void {
    const known = this.parts.vehicles.get(status.vehicleId);
    if (known !== undefined && known.atMs > status.atMs) return;
    this.enrol(status.vehicleId);
    this.put('vehicles', status.vehicleId, status);
  }

  plan(plan: RunningPlan): void {
    const known = this.parts.plans.get(plan.vehicleId);
    if (known !== undefined && known.publishedAtMs > plan.publishedAtMs) return;
    this.enrol(plan.vehicleId);
    this.put('plans', plan.vehicleId, plan);
  }

  mission(mission: Mission): void {
    const known = this.parts.missions.get(mission.missionId);
    if (known !== undefined && known.updatedAtMs > mission.updatedAtMs) return;
    this.put('missions', mission.missionId, mission);
    if (ENDED_MISSION.has(mission.state)) this.forgetEnded('missions', mission.missionId);
  }

  incident(incident: Incident): void {
    const known = this.parts.incidents.get(incident.incidentId);
    if (known !== undefined && known.updatedAtMs > incident.updatedAtMs) return;
    this.put('incidents', incident.incidentId, incident);
    if (ENDED_INCIDENT.has(incident.state)) this.forgetEnded('incidents', incident.incidentId);
  }

  conflict(conflict: Conflict): void {
    if (conflict.phase === 'closed') this.remove('conflicts', conflict.conflictId, conflict);
    else this.put('conflicts', conflict.conflictId, conflict);
  }

  deviation(deviation: Deviation): void {
    if (deviation.phase === 'closed') this.remove('deviations', deviation.deviationId, deviation);
    else this.put('deviations', deviation.deviationId, deviation);
  }

  connection(connection: Connection): void {
    this.enrol(connection.vehicleId);
    this.connections.set(connection.vehicleId, connection);
    for (const listener of this.listeners) listener.moved(connection.vehicleId);
  }

  /** A frame may come more than once, and to several cells: the newest by boot and sequence stands. */
  frame(frame: Frame): void {
    const known = this.frames.get(frame.vehicleId);
    if (known !== undefined && (known.bootId > frame.bootId || (known.bootId === frame.bootId && known.sequence >= frame.sequence))) return;
    this.enrol(frame.vehicleId);
    this.frames.set(frame.vehicleId, frame);
    for (const listener of this.listeners) listener.moved(frame.vehicleId);
  }

  private enrol(vehicleId: string): void {
    if (this.numbers.has(vehicleId) || this.roster.length >= ROSTER_MAX) return;
    this.numbers.set(vehicleId, this.roster.length);
    this.roster.push(vehicleId);
    for (const listener of this.listeners) listener.joined(vehicleId);
  }

  private put<P extends ViewPart>(part: P, id: string, value: ViewParts[P]): void {
    this.parts[part].set(id, value);
    for (const listener of this.listeners) listener.changed(part, id, value);
  }

  private remove<P extends ViewPart>(part: P, id: string, value: ViewParts[P]): void {
    // One that was opened before this process began to listen is not known, and may still be on somebody's screen.
    this.parts[part].delete(id);
    for (const listener of this.listeners) listener.changed(part, id, value);
  }

  private forgetEnded(part: 'missions' | 'incidents', id: string): void {
    const ended = this.ended[part];
    ended.delete(id);
    ended.add(id);
    if (ended.size <= ENDED_KEPT) return;
    const oldest = ended.values().next().value!;
    ended.delete(oldest);
    this.parts[part].delete(oldest);
  }
}
