import type { OperatorRequest, RequestResult } from '@quaymaster/messages';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { IncidentDesk } from './incident/incident-desk';
import type { MissionDesk } from './mission/mission-desk';
import type { SiteState } from './site-state';

type Outcome = Pick<RequestResult, 'outcome' | 'code' | 'message' | 'resourceId'>;

const done = (resourceId: string, message: string): Outcome => ({ outcome: 'done', code: '', message, resourceId });
const refused = (code: string, message: string): Outcome => ({ outcome: 'refused', code, message, resourceId: '' });

/** Carries out what operators and other systems ask for, or says why not. */
export class RequestDesk {
  constructor(
    private readonly map: VirtualMap,
    private readonly state: SiteState,
    private readonly missions: MissionDesk,
    private readonly incidents: IncidentDesk,
  ) {}

  handle(request: OperatorRequest, nowMs: number): Outcome {
    const { body, actor } = request;
    switch (body.kind) {
      case 'submit-mission': return this.submit(body, nowMs);
      case 'cancel-mission': return this.cancel(body.missionId, nowMs);
      case 'pause': return this.pause(body, actor, nowMs);
      case 'clear-incident': return this.incidents.clear(body.incidentId, `${actor}: ${body.note}`, nowMs)
        ? done(body.incidentId, 'cause noted as cleared')
        : refused('QM_INCIDENT_NOT_OPEN', `incident ${body.incidentId} is not open, or its cause has been cleared before`);
      case 'approve-plan': return this.approve(body.incidentId, body.planId, actor, nowMs);
      case 'stop-vehicle': {
        const danger = { around: [body.vehicleId], polygonXyM: [], wholeSite: false };
        const id = this.incidents.raise({ cause: 'operator', text: body.reason, danger, causedBy: [body.vehicleId], decidedAtMs: nowMs }, nowMs);
        return done(id, `${body.vehicleId} is being stopped`);
      }
      case 'release-hold': return this.releaseHold(body.holdId, actor, nowMs);
    }
  }

  private submit(body: Extract<OperatorRequest['body'], { kind: 'submit-mission' }>, nowMs: number): Outcome {
    for (const place of [body.pickup, body.dropoff]) {
      if (!this.missions.isPlace(place)) return refused('QM_PLACE_UNKNOWN', `${place} is not a transfer point of the map in force`);
    }
    if (body.pickup === body.dropoff) return refused('QM_MISSION_EMPTY', `pickup and drop-off are both ${body.pickup}`);
    if (this.state.mission(body.missionId) !== undefined) return done(body.missionId, 'the mission is known');
    this.state.putMission({
      mission: {
        missionId: body.missionId, pickup: body.pickup, dropoff: body.dropoff, priority: body.priority, state: 'waiting', vehicleId: '', because: 'waits for a free vehicle',
        createdAtMs: nowMs, updatedAtMs: nowMs,
      },
      pickedUp: false,
    });
    return done(body.missionId, 'the mission waits for a free vehicle');
  }

  private cancel(missionId: string, nowMs: number): Outcome {
    const record = this.state.mission(missionId);
    if (record === undefined) return refused('QM_MISSION_UNKNOWN', `there is no open mission ${missionId}`);
    if (record.mission.state !== 'waiting') {
      return refused('QM_MISSION_UNDER_WAY', `mission ${missionId} is ${record.mission.state} with ${record.mission.vehicleId}; only a waiting one can be cancelled`);
    }
    this.state.changeMission(missionId, { state: 'cancelled', because: 'cancelled on request' }, nowMs);
    return done(missionId, 'cancelled');
  }

  private pause(body: Extract<OperatorRequest['body'], { kind: 'pause' }>, actor: string, nowMs: number): Outcome {
    const { scope } = body;
    let polygonXyM: readonly number[] = [];
    if (scope.kind === 'zone') {
      const zone = this.map.zones.find((z) => z.id === scope.zoneId);
      if (zone === undefined) return refused('QM_ZONE_UNKNOWN', `${scope.zoneId} is not a zone of the map in force`);
      polygonXyM = [...zone.outlineXyM];
    } else if (scope.kind === 'polygon') polygonXyM = scope.polygonXyM;
    const danger = { around: scope.kind === 'vehicles' ? scope.vehicleIds : [], polygonXyM, wholeSite: scope.kind === 'site' };
    const id = this.incidents.raise({ cause: 'operator', text: `${actor}: ${body.reason}`, danger, causedBy: [], decidedAtMs: nowMs }, nowMs);
    return done(id, 'the region is being stopped');
  }

  private approve(incidentId: string, planId: string, actor: string, nowMs: number): Outcome {
    const incident = this.state.incident(incidentId);
    if (incident?.state !== 'proposed' || incident.plan?.planId !== planId) {
      return refused('QM_PLAN_NOT_PROPOSED', `plan ${planId} is not the one that incident ${incidentId} proposes now`);
    }
    this.incidents.approve(incidentId, actor, nowMs);
    return done(incidentId, 'approved');
  }

  private releaseHold(holdId: string, actor: string, nowMs: number): Outcome {
    const hold = this.state.hold(holdId);
    if (hold === undefined) return refused('QM_HOLD_UNKNOWN', `hold ${holdId} is not in force`);
    if (hold.owner !== actor) return refused('QM_HOLD_FOREIGN', `hold ${holdId} belongs to ${hold.owner}; only its owner lifts it`);
    this.state.liftHolds(hold.vehicleId, hold.owner, nowMs);
    return done(holdId, 'lifted');
  }
}
