import type { OperatorRequest } from '@quaymaster/messages';
import type { ApiCall } from './api-client';

type Body<Kind extends OperatorRequest['body']['kind']> = Extract<OperatorRequest['body'], { kind: Kind }>;

/** A request of an operator: what it is called on the screen, and how it is sent. */
export interface OperatorAction {
  readonly label: string;
  readonly call: ApiCall;
}

const FROM_HERE = 'from the console';

export function pause(scope: Body<'pause'>['scope'], reason = ''): OperatorAction {
  const what = scope.kind === 'site' ? 'whole site' : scope.kind === 'zone' ? `zone ${scope.zoneId}` : scope.kind === 'polygon' ? 'drawn region' : scope.vehicleIds.join(', ');
  return {
    label: `Pause ${what}`,
    call: { method: 'POST', path: '/v1/pauses', body: { reason: wordsOr(reason, `pause of the ${what} ${FROM_HERE}`), scope } },
  };
}

export function pauseRectangle([minXM, minYM, maxXM, maxYM]: readonly [number, number, number, number], reason = ''): OperatorAction {
  return pause({ kind: 'polygon', polygonXyM: [minXM, minYM, maxXM, minYM, maxXM, maxYM, minXM, maxYM].map(centimetres) }, reason);
}

export function stopVehicle(vehicleId: string, reason = ''): OperatorAction {
  const body = { reason: wordsOr(reason, `controlled stop ${FROM_HERE}`) };
  return { label: `Stop ${vehicleId}`, call: { method: 'POST', path: `/v1/vehicles/${encodeURIComponent(vehicleId)}/stop`, body } };
}

export function clearIncident(incidentId: string, note: string): OperatorAction {
  return { label: `Clear cause of ${incidentId}`, call: { method: 'POST', path: `/v1/incidents/${encodeURIComponent(incidentId)}/clear`, body: { note: oneLine(note) } } };
}

export function approvePlan(incidentId: string, planId: string): OperatorAction {
  return { label: `Approve plan of ${incidentId}`, call: { method: 'POST', path: `/v1/incidents/${encodeURIComponent(incidentId)}/approve`, body: { planId } } };
}

export function releaseHold(holdId: string, vehicleId: string): OperatorAction {
  return { label: `Release hold of ${vehicleId}`, call: { method: 'DELETE', path: `/v1/holds/${encodeURIComponent(holdId)}` } };
}

/** The server names the mission by the request's idempotency key. */
export function submitMission(mission: Omit<Body<'submit-mission'>, 'kind' | 'missionId'>): OperatorAction {
  return { label: `Mission ${mission.pickup} to ${mission.dropoff}`, call: { method: 'POST', path: '/v1/missions', body: mission } };
}

/** Words as the server takes them: one line, without control characters. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

function wordsOr(text: string, otherwise: string): string {
  const words = oneLine(text);
  return words === '' ? otherwise : words;
}

function centimetres(metres: number): number {
  return Math.round(metres * 100) / 100;
}
