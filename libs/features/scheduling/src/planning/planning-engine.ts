import type { VehicleModel } from '@quaymaster/motion';
import { solve, verify, type Candidate, type Plan, type PlanningInstance, type PlanVehicle } from '@quaymaster/planning';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { spellRoute, type SpelledRoute } from './candidate-routes';
import type { JobVehicle, Obstacle, PlannedDrive, PlanningJob, PlanningResult, VehicleToKeep, VehicleToPlan } from './planning-job';
import { type PreparedRoute, RouteLibrary } from './route-library';
import { StandingBodies } from './standing-bodies';

/** One way to end, spelled out and measured. */
interface Option extends SpelledRoute {
  readonly slot: number;
  readonly prepared: PreparedRoute;
}

/**
 * Turns a planning job into a verified plan. Holds nothing but caches: the same job gives the same result. Runs wherever it is put, in the service or
 * in a worker thread.
 */
export class PlanningEngine {
  private readonly libraries = new Map<number, RouteLibrary>();

  constructor(private readonly map: VirtualMap, private readonly models: ReadonlyMap<string, VehicleModel>) {}

  run(job: PlanningJob, shouldStop: () => boolean): PlanningResult {
    const library = this.library(job.marginM);
    const blocked = new Set(job.blockedBlocks);
    const avoided = new Set([...blocked, ...job.obstructedBlocks]);
    const options = job.vehicles.map((vehicle) => this.options(vehicle, library, [avoided, blocked]));
    const vehicles = job.vehicles.map((vehicle, i) => this.planVehicle(vehicle, options[i]!, library));
    const instance: PlanningInstance = {
      blockCount: this.map.blocks.count, slotCount: this.map.slots.length, headwayS: job.headwayS, seed: job.seed,
      vehicles: this.withPasses(job, vehicles, options),
    };
    const plan = solve(instance, { iterations: job.iterations, shouldStop });
    const verdict = verify(instance, plan, {
      poseTable: (id, candidate) => options[indexOf(job, id)]![candidate]!.prepared.table,
      model: (id) => this.model(job.vehicles[indexOf(job, id)]!.modelId),
      standing: (id) => standing(job.vehicles[indexOf(job, id)]!),
    });
    return this.result(job, plan, options, verdict.ok, verdict.faults.map((fault) => `${fault.code}: ${fault.message}`));
  }

  /** @param closed sets of blocks not to use, tried in this order */
  private options(vehicle: JobVehicle, library: RouteLibrary, closed: readonly ReadonlySet<number>[]): readonly Option[] {
    const model = this.model(vehicle.modelId);
    if (vehicle.role === 'obstacle') return [];
    const prepare = (spelled: SpelledRoute, slot: number): Option => ({
      ...spelled, slot, prepared: library.prepare(spelled.blocks, spelled.endSM, spelled.stops.map((stop) => stop.sM), model),
    });
    if (vehicle.role === 'keep') return [prepare({ blocks: vehicle.on.blocks, stops: vehicle.stops, endSM: vehicle.endSM }, vehicle.slot)];
    const spelled: Option[] = [];
    for (const goal of vehicle.goals) {
      let route: SpelledRoute | null = null;
      for (const blocked of closed) route ??= spellRoute(this.map, vehicle.on, goal, model, blocked, (blocks) => library.route(blocks).blockStartSM);
      if (route !== null) spelled.push(prepare(route, goal.slot));
    }
    return spelled;
  }

  private planVehicle(vehicle: JobVehicle, options: readonly Option[], library: RouteLibrary): PlanVehicle {
    const model = this.model(vehicle.modelId);
    const common = {
      id: vehicle.id, speedMps: vehicle.speedMps, maximumSpeedMps: model.maximumSpeedMps, accelerationMps2: model.accelerationMps2,
      brakingMps2: model.brakingMps2,
    };
    if (vehicle.role === 'obstacle') {
      return { ...common, candidates: [], standsOn: this.obstacleBlocks(vehicle, library), priority: 0, immovableBecause: vehicle.because };
    }
    const candidates = options.map((option): Candidate => ({
      slot: option.slot, route: option.prepared.occupancy, startSM: vehicle.on.startSM, committedSM: vehicle.on.committedSM,
      stops: option.stops.map(({ sM, dwellS }) => ({ sM, dwellS })),
    }));
    const plan: PlanVehicle = { ...common, candidates, standsOn: this.reservedBlocks(vehicle, library), priority: vehicle.priority };
    if (candidates.length === 0) return { ...plan, immovableBecause: 'no free slot can be reached: every way leads over a blocked lane' };
    if (vehicle.role === 'plan') return plan;
    return vehicle.timed === null ? { ...plan, isBackground: true } : { ...plan, fixed: vehicle.timed };
  }

  /** Notes for every candidate whom it can drive past. */
  private withPasses(job: PlanningJob, vehicles: readonly PlanVehicle[], options: readonly (readonly Option[])[]): PlanVehicle[] {
    const bodies = new StandingBodies();
    job.vehicles.forEach((vehicle, i) => { bodies.add(vehicle, this.model(vehicle.modelId), vehicles[i]!.standsOn, options[i]![0]?.prepared); });
    return vehicles.map((vehicle, i) => ({
      ...vehicle,
      candidates: vehicle.candidates.map((candidate, c) => ({
        ...candidate, passes: bodies.passedBy(vehicle.id, candidate, options[i]![c]!.prepared, this.model(job.vehicles[i]!.modelId)),
      })),
    }));
  }

  /** Blocks that a vehicle touches between where it is and where it will get to in any case. */
  private reservedBlocks(vehicle: VehicleToPlan | VehicleToKeep, library: RouteLibrary): Int32Array {
    const { blocks, startSM, committedSM } = vehicle.on;
    const model = this.model(vehicle.modelId);
    const route = library.route(blocks);
    const lengthM = route.blockStartSM[blocks.length]!;
    const { occupancy } = library.prepare(blocks, Math.min(committedSM + 0.01, lengthM), [], model);
    return touchedBetween(occupancy.block, occupancy.enterSM, occupancy.exitSM, startSM, committedSM);
  }

  private obstacleBlocks(vehicle: Obstacle, library: RouteLibrary): Int32Array {
    const blocks = new Set<number>();
    const found = new Int32Array(256);
    for (const contour of vehicle.contoursM) {
      const count = library.locator.touching(contour, found);
      for (let i = 0; i < count; i += 1) blocks.add(found[i]!);
    }
    if (vehicle.on !== null) {
      for (const block of this.reservedBlocks({ ...vehicle, role: 'plan', on: vehicle.on, goals: [], priority: 0 }, library)) blocks.add(block);
    }
    return Int32Array.from([...blocks].sort((a, b) => a - b));
  }

  private result(job: PlanningJob, plan: Plan, options: readonly (readonly Option[])[], verified: boolean, faults: readonly string[]): PlanningResult {
    const drives = plan.vehicles.map((planned): PlannedDrive => {
      const index = indexOf(job, planned.id);
      const vehicle = job.vehicles[index]!;
      const option = options[index]![planned.candidate]!;
      if (vehicle.role === 'obstacle') throw new RangeError(`${planned.id} is an obstacle and cannot have been planned`);
      return {
        id: planned.id, blocks: option.blocks, startSM: vehicle.on.startSM, committedSM: vehicle.on.committedSM, endSM: option.endSM, stops: option.stops,
        slot: option.slot, occupancy: option.prepared.occupancy, timed: planned.timed, arrivalS: planned.arrivalS, isNew: vehicle.role === 'plan',
      };
    });
    return {
      drives, orders: plan.orders, makespanS: plan.makespanS, lowerBoundS: plan.lowerBoundS, lbSource: plan.lbSource, gapRatio: plan.gapRatio, verified, faults,
      notPlanned: plan.notPlanned.filter(({ id }) => job.vehicles[indexOf(job, id)]!.role !== 'obstacle'),
    };
  }

  private library(marginM: number): RouteLibrary {
    let library = this.libraries.get(marginM);
    if (library === undefined) this.libraries.set(marginM, library = new RouteLibrary(this.map, marginM));
    return library;
  }

  private model(modelId: string): VehicleModel {
    const model = this.models.get(modelId);
    if (model === undefined) throw new RangeError(`vehicle model ${modelId} is not known to the planner`);
    return model;
  }
}

function indexOf(job: PlanningJob, id: string): number {
  return job.vehicles.findIndex((vehicle) => vehicle.id === id);
}

function standing(vehicle: JobVehicle): number[][] {
  return vehicle.role === 'obstacle' ? vehicle.contoursM.map((contour) => [...contour]) : [];
}

function touchedBetween(block: Int32Array, enterSM: Float64Array, exitSM: Float64Array, fromSM: number, toSM: number): Int32Array {
  const touched = new Set<number>();
  for (let i = 0; i < block.length; i += 1) if (enterSM[i]! <= toSM && exitSM[i]! >= fromSM) touched.add(block[i]!);
  return Int32Array.from([...touched].sort((a, b) => a - b));
}
