import type { InstalledDrive, TrafficControl } from '../drive/traffic-control';
import type { Drive } from '../drive/drive';
import type { SiteState } from '../site-state';
import type { PlannedDrive, PlanningResult } from './planning-job';

/** What a newly planned vehicle's drive is for. */
export interface DrivePurpose {
  readonly purpose: Drive['purpose'];
  readonly missionId: string;
  readonly incidentId: string;
}

/** Puts a plan into force: new drives for those that were planned, new orders for all. Returns the new drives. */
export function installPlan(
  result: PlanningResult, state: SiteState, traffic: TrafficControl, modelOf: (vehicleId: string) => string,
  nextRouteId: () => string, purposeOf: (vehicleId: string) => DrivePurpose,
): readonly Drive[] {
  const fresh: Drive[] = [];
  const installed = result.drives.map((planned): InstalledDrive => {
    const kept = state.drive(planned.id);
    if (!planned.isNew && kept !== undefined) return { drive: kept, occupancy: planned.occupancy };
    const drive = newDrive(planned, modelOf(planned.id), nextRouteId(), purposeOf(planned.id));
    fresh.push(drive);
    return { drive, occupancy: planned.occupancy };
  });
  traffic.install(installed, result.orders);
  return fresh;
}

function newDrive(planned: PlannedDrive, modelId: string, routeId: string, purpose: DrivePurpose): Drive {
  return {
    routeId, vehicleId: planned.id, modelId, ...purpose, blocks: [...planned.blocks],
    stops: planned.stops.map((stop) => ({ ...stop, standingSinceMs: null, done: false })),
    slot: planned.slot, startSM: planned.startSM, endSM: planned.endSM, releasedToSM: planned.startSM, adopted: false, arrived: false,
  };
}
