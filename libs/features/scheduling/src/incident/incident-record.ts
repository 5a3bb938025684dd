import type { Incident, IncidentState } from '@quaymaster/messages';
import type { Danger } from './incident-region';

/** States in which members stand or must come to stand. */
const STOPPING: readonly IncidentState[] = ['detected', 'holding', 'held', 'planning', 'proposed'];

export function isOpen(incident: Incident): boolean {
  return incident.state !== 'closed' && incident.state !== 'failed';
}

export function isStopping(incident: Incident): boolean {
  return STOPPING.includes(incident.state);
}

export function openIncident(
  incidentId: string, cause: Incident['cause'], causeText: string, causedBy: readonly string[], danger: Danger, nowMs: number,
): Incident {
  return {
    incidentId, state: 'detected', cause, causeText, causedBy: [...causedBy], around: [...danger.around], regionXyM: [...danger.polygonXyM], wholeSite: danger.wholeSite,
    members: [], timeToStopMs: {}, plan: null, slots: {},
    parked: [], notParked: [], resumed: [], missionsInterrupted: [], missionsFinished: [], clearedAtMs: null,
    timeline: [{ atMs: nowMs, state: 'detected', text: causeText }], openedAtMs: nowMs, updatedAtMs: nowMs,
  };
}

export function dangerOf({ around, regionXyM, wholeSite }: Incident): Danger {
  return { around, polygonXyM: regionXyM, wholeSite };
}

/** The incident in its next state, with a line in its timeline. */
export function moveTo(incident: Incident, state: IncidentState, text: string, nowMs: number, change: Partial<Incident> = {}): Incident {
  return { ...incident, ...change, state, updatedAtMs: nowMs, timeline: [...incident.timeline, { atMs: nowMs, state, text }] };
}

export function notParked(incident: Incident, vehicle: string, reason: string): Incident {
  return { ...incident, notParked: [...incident.notParked.filter((entry) => entry.vehicle !== vehicle), { vehicle, reason }] };
}
