import { Logger } from '@nestjs/common';
import type { Planner } from './planner';
import type { PlanningJob, PlanningResult } from './planning-job';

/** At most one planning job at a time: plans are made on the state that the one before left. */
export class PlanningLane {
  private readonly log = new Logger(PlanningLane.name);
  private finished: (() => void) | null = null;
  private running = false;

  constructor(private readonly planner: Planner, private readonly onSettled: () => void) {}

  get busy(): boolean {
    return this.running;
  }

  /** Starts a job; `apply` runs in the tick after its result has come, null stands for a job that failed. */
  start(job: PlanningJob, apply: (result: PlanningResult | null) => void): void {
    if (this.running) throw new RangeError('a planning job is running');
    this.running = true;
    this.planner.plan(job).then(
      (result) => { this.finished = () => { apply(result); }; },
      (error: unknown) => {
        this.log.error(`planning failed: ${String(error)}`);
        this.finished = () => { apply(null); };
      },
    ).finally(() => { this.onSettled(); });
  }

  /** Applies a result that has come, within a tick. */
  settle(): void {
    if (this.finished === null) return;
    const apply = this.finished;
    this.finished = null;
    this.running = false;
    apply();
  }
}
