import type { Incident } from '@quaymaster/messages';

export interface IncidentReport {
  readonly id: string;
  readonly cause: Incident['cause'];
  readonly held: number;
  /** Over held vehicles that were moving and reported standstill; null when there was none. */
  readonly timeToStopMs: { readonly p50: number | null; readonly max: number | null };
  readonly plan: {
    readonly vehicles: number; readonly makespanS: number; readonly lowerBoundS: number; readonly gap: number; readonly lbSource: string; readonly verified: boolean;
  } | null;
  readonly parked: number;
  readonly notParked: Incident['notParked'];
  readonly resumed: number;
  readonly missionsFinished: number;
  readonly state: Incident['state'];
}

/** What a scenario run prints. */
export interface ScenarioReport {
  readonly scenario: string;
  readonly seed: number;
  readonly vehicles: number;
  /** Accepted by ingest. */
  readonly frames: number;
  readonly conflicts: { readonly warning: number; readonly imminent: number };
  readonly incidents: readonly IncidentReport[];
  /** Real body contacts, counted by the simulator. */
  readonly contacts: number;
  readonly commands: { readonly issued: number; readonly finished: number; readonly failed: number; readonly expired: number };
}

export function reportIncident(incident: Incident): IncidentReport {
  const stopsMs = Object.values(incident.timeToStopMs).sort((a, b) => a - b);
  const plan = incident.plan;
  return {
    id: incident.incidentId, cause: incident.cause, held: incident.members.length,
    timeToStopMs: { p50: stopsMs[Math.floor((stopsMs.length - 1) / 2)] ?? null, max: stopsMs[stopsMs.length - 1] ?? null },
    plan: plan === null ? null : {
      vehicles: plan.vehicles, makespanS: plan.makespanS, lowerBoundS: plan.lowerBoundS, gap: plan.gap, lbSource: plan.lbSource, verified: plan.verified,
    },
    parked: incident.parked.length, notParked: incident.notParked, resumed: incident.resumed.length, missionsFinished: incident.missionsFinished.length,
    state: incident.state,
  };
}

/** Why a run does not count as a success, empty if it does. */
export function shortcomings(report: ScenarioReport): string[] {
  const faults: string[] = [];
  if (report.contacts > 0) faults.push(`${report.contacts} contacts`);
  if (report.incidents.length === 0) faults.push('no incident');
  for (const incident of report.incidents) {
    if (incident.state !== 'closed') faults.push(`${incident.id} is ${incident.state}`);
    if (incident.parked + incident.notParked.length !== incident.held) faults.push(`${incident.id}: ${incident.parked} parked and ${incident.notParked.length} not, of ${incident.held}`);
    if (incident.plan?.verified === false) faults.push(`${incident.id}: its plan is not verified`);
  }
  return faults;
}
