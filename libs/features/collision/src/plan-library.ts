import { createPolyline, type Polyline } from '@quaymaster/geometry';
import type { RunningPlan } from '@quaymaster/messages';
import { buildPoseTable, type PoseTable, type SpeedLimits, type VehicleModel } from '@quaymaster/motion';

/** Plans kept for a vehicle: it reports the one before until it has taken the new one. */
const KEPT = 4;

/** A plan with its geometry. */
export class PlannedPath {
  readonly path: Polyline;
  readonly limits: SpeedLimits;
  private readonly tables = new Map<VehicleModel, PoseTable>();

  /** @throws RangeError when the path has no two distinct points. */
  constructor(readonly routeId: string, plan: RunningPlan) {
    this.path = createPolyline(plan.pathXyM);
    this.limits = { fromSM: plan.limitFromSM, limitMps: plan.limitMps };
  }

  get lengthM(): number {
    return this.path.sM[this.path.sM.length - 1]!;
  }

  /** Poses along the path, made at first use. */
  table(model: VehicleModel): PoseTable {
    let table = this.tables.get(model);
    if (table === undefined) this.tables.set(model, table = buildPoseTable(this.path, model));
    return table;
  }

  limitAtMps(sM: number): number {
    const { fromSM, limitMps } = this.limits;
    let index = 0;
    while (index + 1 < fromSM.length && fromSM[index + 1]! <= sM) index += 1;
    return limitMps[index]!;
  }
}

/** The newest plans of every vehicle. */
export class PlanLibrary {
  private readonly byVehicle = new Map<string, PlannedPath[]>();

  learn(plan: RunningPlan): void {
    const known = this.byVehicle.get(plan.vehicleId) ?? [];
    this.byVehicle.set(plan.vehicleId, [new PlannedPath(plan.routeId, plan), ...known.filter(({ routeId }) => routeId !== plan.routeId)].slice(0, KEPT));
  }

  find(vehicleId: string, routeId: string): PlannedPath | null {
    return this.byVehicle.get(vehicleId)?.find((plan) => plan.routeId === routeId) ?? null;
  }
}
