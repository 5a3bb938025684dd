import type { VehicleModel } from '@quaymaster/motion';
import type { TimedPath } from '@quaymaster/planning';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { Drive } from '../drive/drive';
import { type FleetPicture, isStanding, type VehicleTrack } from '../fleet-picture';
import type { SiteState } from '../site-state';
import type { JobGoal, JobVehicle, Obstacle } from './planning-job';
import type { RouteLibrary } from './route-library';
import { contoursOf, positionOf, type Position } from './vehicle-position';

/** A vehicle for which the job shall find a way. */
export interface Target {
  readonly goals: readonly JobGoal[];
  readonly priority: number;
}

/**
 * Describes the whole fleet to the planner: those to plan, those that keep their drives, and all others as obstacles, those included that have a drive and
 * have not been heard since the scheduler started.
 */
export class FleetDescription {
  constructor(
    private readonly map: VirtualMap,
    private readonly library: RouteLibrary,
    private readonly picture: FleetPicture,
    private readonly state: SiteState,
  ) {}

  /** Where a new route of the vehicle would begin. A vehicle at rest under a controlled stop goes no further on its present route. */
  position(track: VehicleTrack): Position {
    const model = this.picture.model(track.modelId);
    if (model === undefined) return { kind: 'off-route', because: `its model ${track.modelId} is not known` };
    const drive = this.state.drive(track.vehicleId);
    const committedSM = track.frame.stopped || drive === undefined ? track.frame.routeSM : drive.releasedToSM;
    return positionOf(this.map, this.library.locator, this.library, track.frame, drive, model, committedSM);
  }

  /**
   * @param targets vehicles to plan, by id
   * @param mayKeep whether a vehicle goes on with its present drive
   * @param timetables present timetables for those that keep theirs; null lets the planner retime them
   */
  describe(
    targets: ReadonlyMap<string, Target>, mayKeep: (drive: Drive) => boolean, timetables: ReadonlyMap<string, TimedPath> | null,
  ): readonly JobVehicle[] {
    const vehicles: JobVehicle[] = [];
    for (const track of this.picture.vehicles) {
      const model = this.picture.model(track.modelId);
      if (model !== undefined) vehicles.push(this.vehicle(track, model, targets.get(track.vehicleId), mayKeep, timetables));
    }
    for (const drive of this.state.drives) {
      if (this.picture.get(drive.vehicleId) === undefined && this.picture.model(drive.modelId) !== undefined) vehicles.push(unheard(drive));
    }
    return vehicles.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  private vehicle(
    track: VehicleTrack, model: VehicleModel, target: Target | undefined, mayKeep: (drive: Drive) => boolean,
    timetables: ReadonlyMap<string, TimedPath> | null,
  ): JobVehicle {
    const common = { id: track.vehicleId, modelId: track.modelId, speedMps: Math.max(0, track.frame.speedMps) };
    const drive = this.state.drive(track.vehicleId);
    if (target !== undefined) {
      const position = this.position(track);
      if (position.kind === 'off-route') return this.obstacle(track, model, position.because);
      return { ...common, role: 'plan', on: position.on, goals: target.goals, priority: target.priority };
    }
    if (drive !== undefined && !drive.arrived && mayKeep(drive)) {
      const startSM = track.frame.routeId === drive.routeId ? track.frame.routeSM : drive.startSM;
      const timed = timetables?.get(track.vehicleId) ?? null;
      return {
        ...common, role: 'keep', on: { blocks: drive.blocks, startSM, committedSM: Math.max(drive.releasedToSM, startSM) }, endSM: drive.endSM,
        stops: drive.stops.filter((stop) => !stop.done).map(({ sM, dwellS, kind, place }) => ({ sM, dwellS, kind, place })),
        slot: drive.slot, priority: 0, timed: timed !== null && timed.timeS.every(Number.isFinite) ? timed : null,
      };
    }
    return this.obstacle(track, model, drive === undefined ? `${track.vehicleId} stands there` : `${track.vehicleId} is held there`);
  }

  /** What a vehicle that cannot be heard may still drive stays reserved with the place where it was last seen. */
  private obstacle(track: VehicleTrack, model: VehicleModel, because: string): Obstacle {
    const drive = this.state.drive(track.vehicleId);
    const mayStillMove = drive !== undefined && !track.frame.stopped && track.frame.routeId === drive.routeId;
    const position = mayStillMove ? this.position(track) : null;
    return {
      id: track.vehicleId, modelId: track.modelId, speedMps: 0, role: 'obstacle', contoursM: contoursOf(track.frame, model),
      on: position?.kind === 'on-route' ? position.on : null, staysPut: !mayStillMove && track.frame.mode === 'AUTOMATIC' && isStanding(track.frame), because,
    };
  }
}

/** It may be anywhere between where its drive began and where it has permission to. */
function unheard({ vehicleId, modelId, blocks, startSM, releasedToSM }: Drive): Obstacle {
  return {
    id: vehicleId, modelId, speedMps: 0, role: 'obstacle', contoursM: [], on: { blocks, startSM, committedSM: Math.max(startSM, releasedToSM) }, staysPut: false,
    because: `${vehicleId} has not been heard since the scheduler started`,
  };
}
