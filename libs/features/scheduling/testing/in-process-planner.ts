import type { VehicleModel } from '@quaymaster/motion';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { Planner } from '../src/planning/planner';
import { PlanningEngine } from '../src/planning/planning-engine';
import type { PlanningJob, PlanningResult } from '../src/planning/planning-job';

/** Solves in the calling thread and without a deadline: the same jobs give the same plans at every run. */
export class InProcessPlanner extends Planner {
  private readonly models = new Map<string, VehicleModel>();
  private readonly engine: PlanningEngine;

  constructor(map: VirtualMap) {
    super();
    this.engine = new PlanningEngine(map, this.models);
  }

  learn(model: VehicleModel): void {
    this.models.set(model.id, model);
  }

  async plan(job: PlanningJob): Promise<PlanningResult> {
    return this.engine.run(job, () => false);
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}
