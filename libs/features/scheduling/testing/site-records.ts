import type { Command, CommandParams, Frame, Hold, Incident, RequestResult } from '@quaymaster/messages';
import type { Drive } from '../src/drive/drive';
import { openIncident } from '../src/incident/incident-record';
import type { MissionRecord } from '../src/mission/mission-record';
import type { Changes } from '../src/store/scheduling.store';

/** An instant at which the records of the tests were made [ms since the Unix epoch]. */
export const madeAtMs = 1_760_000_000_000;

export const noChanges: Changes = { missions: [], incidents: [], holdsPlaced: [], holdsLifted: [], drives: [], requests: [], commands: [] };

export function missionRecord(missionId: string, change: Partial<MissionRecord['mission']> = {}, pickedUp = false): MissionRecord {
  return {
    mission: {
      missionId, pickup: 'QC-1', dropoff: 'YB-1', priority: 0, state: 'waiting', vehicleId: '', because: 'waits for a free vehicle', createdAtMs: madeAtMs, updatedAtMs: madeAtMs,
      ...change,
    },
    pickedUp,
  };
}

export function incident(incidentId: string, change: Partial<Incident> = {}): Incident {
  return { ...openIncident(incidentId, 'deviation', 'A left its lane', ['A'], { around: ['A'], polygonXyM: [], wholeSite: false }, madeAtMs), ...change };
}

export function hold(vehicleId: string, owner: string, change: Partial<Hold> = {}): Hold {
  return { holdId: `${owner}:${vehicleId}`, vehicleId, reason: 'incident', owner, placedAtMs: madeAtMs, ...change };
}

export function drive(vehicleId: string, routeId: string, change: Partial<Drive> = {}): Drive {
  return {
    routeId, vehicleId, modelId: 'agv', purpose: 'mission', missionId: 'M-1', incidentId: '', blocks: [3, 4, 9],
    stops: [{ sM: 40.5, dwellS: 10, kind: 'pickup', place: 'QC-1', standingSinceMs: null, done: false }],
    slot: 2, startSM: 7.5, endSM: 120.25, releasedToSM: 30, adopted: false, arrived: false, ...change,
  };
}

export function command(commandId: string, vehicleId: string, params: CommandParams = { kind: 'resume' }): Command {
  return { commandId, vehicleId, epoch: 1, issuedAtMs: madeAtMs, expiresAtMs: madeAtMs + 5000, causeId: 'M-1', actor: 'scheduler', params };
}

export function answer(requestId: string, change: Partial<RequestResult> = {}): RequestResult {
  return { requestId, outcome: 'done', code: '', message: 'done', resourceId: 'M-1', atMs: madeAtMs, ...change };
}

/** A report of an AGV that stands at the origin, fresh, with nothing in force. */
export function frame(vehicleId: string, change: Partial<Frame> = {}): Frame {
  return {
    vehicleId, bootId: 1, sequence: 1, observedAtMs: madeAtMs, receivedAtMs: madeAtMs, modelId: 'agv', mode: 'AUTOMATIC', xM: 0, yM: 0, headingRad: 0, speedMps: 0,
    accelerationMps2: 0, yawRateRadPs: 0, positionSigmaM: 0.02, hitchAnglesRad: [], routeId: '', routeSM: 0, releasedToSM: 0, stopped: false, leaseAlive: true, epoch: 0,
    commandSequence: 0, errors: [], objects: [], match: null, ...change,
  };
}
