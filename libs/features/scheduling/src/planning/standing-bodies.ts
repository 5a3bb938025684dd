import { passesClear, type Candidate } from '@quaymaster/planning';
import { contourAt, type VehicleModel } from '@quaymaster/motion';
import type { JobVehicle } from './planning-job';
import type { PreparedRoute } from './route-library';

/** A vehicle that passes another one is planned with this distance to it [m]. */
const CLEARANCE_M = 0.5;
/** Permission ahead that is as good as none [m]. */
const AT_REST_M = 0.01;

/** A vehicle that stands and will not move before the plan says so. */
interface StandingBody {
  readonly id: string;
  readonly standsOn: ReadonlySet<number>;
  readonly polygons: readonly ArrayLike<number>[];
}

/** Vehicles that stand for sure, past which others may be led where there is room. */
export class StandingBodies {
  private readonly bodies: StandingBody[] = [];

  /** @param prepared its way as it stands on it, for vehicles that are to drive */
  add(vehicle: JobVehicle, model: VehicleModel, standsOn: Int32Array, prepared: PreparedRoute | undefined): void {
    const polygons = vehicle.role === 'obstacle' ? (vehicle.staysPut ? vehicle.contoursM : []) : polygonsOnRoute(vehicle, model, prepared);
    if (polygons.length > 0) this.bodies.push({ id: vehicle.id, standsOn: new Set(standsOn), polygons });
  }

  /** Those that a route of another vehicle keeps clear of. */
  passedBy(id: string, candidate: Candidate, prepared: PreparedRoute, model: VehicleModel): string[] {
    const entered = new Set<number>();
    const { route, startSM, committedSM } = candidate;
    for (let v = 0; v < route.visits; v += 1) if (route.enterSM[v]! >= committedSM && route.exitSM[v]! > startSM) entered.add(route.block[v]!);
    return this.bodies
      .filter((body) => body.id !== id && [...body.standsOn].some((block) => entered.has(block))
        && passesClear(route, prepared.table, model, startSM, body.standsOn, body.polygons, CLEARANCE_M))
      .map((body) => body.id);
  }
}

/** None for one that moves, or has permission to. */
function polygonsOnRoute(vehicle: Exclude<JobVehicle, { role: 'obstacle' }>, model: VehicleModel, prepared: PreparedRoute | undefined): readonly ArrayLike<number>[] {
  const { startSM, committedSM } = vehicle.on;
  if (prepared === undefined || vehicle.speedMps > 0 || committedSM > startSM + AT_REST_M) return [];
  return model.parts.map((part, k) => {
    const polygon = new Float64Array(part.contourM.length);
    contourAt(prepared.table, part.contourM, k, startSM, polygon);
    return polygon;
  });
}
