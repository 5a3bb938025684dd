import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { VehicleModel } from '@quaymaster/motion';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { PlanningJob, PlanningResult } from './planning-job';
import type { PlannerRequest, PlannerWorkerData } from './planner.worker';

/** Beyond the solver's own deadline the worker is ended: a planner that hangs must not hold up the site. */
const GRACE_MS = 10_000;

/** Solves planning jobs, one at a time. */
export abstract class Planner {
  /** Makes a vehicle model known to later jobs. */
  abstract learn(model: VehicleModel): void;
  /** Rejects when the job could not be solved at all; the caller then keeps what is in force. */
  abstract plan(job: PlanningJob): Promise<PlanningResult>;
  abstract close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (result: PlanningResult) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Solves in a worker thread, so that the service stays responsive whatever the solver does. */
export class WorkerPlanner extends Planner {
  private worker: Worker | undefined;
  private readonly models = new Map<string, VehicleModel>();
  private nextJob = 1;
  private readonly waiting = new Map<number, Waiting>();

  constructor(private readonly map: VirtualMap, private readonly limitMs: number) {
    super();
  }

  learn(model: VehicleModel): void {
    this.models.set(model.id, model);
    this.worker?.postMessage({ model });
  }

  plan(job: PlanningJob): Promise<PlanningResult> {
    const jobId = this.nextJob;
    this.nextJob += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.fail(new Error(`the planner gave no answer within ${this.limitMs + GRACE_MS} ms and was ended`));
        void this.close();
      }, this.limitMs + GRACE_MS);
      this.waiting.set(jobId, { resolve, reject, timer });
      const request: PlannerRequest = { jobId, job, limitMs: this.limitMs };
      this.running().postMessage(request);
    });
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private running(): Worker {
    if (this.worker !== undefined) return this.worker;
    const workerData: PlannerWorkerData = { map: this.map, models: this.models };
    const worker = new Worker(join(__dirname, 'planner.worker.js'), { workerData });
    worker.on('message', (answer: { jobId: number; result?: PlanningResult; error?: string }) => { this.settle(answer); });
    worker.on('error', (error) => {
      if (this.worker === worker) this.worker = undefined;
      this.fail(error);
    });
    worker.unref();
    this.worker = worker;
    return worker;
  }

  private settle({ jobId, result, error }: { jobId: number; result?: PlanningResult; error?: string }): void {
    const waiting = this.waiting.get(jobId);
    if (waiting === undefined) return;
    this.waiting.delete(jobId);
    clearTimeout(waiting.timer);
    if (result !== undefined) waiting.resolve(result);
    else waiting.reject(new Error(error ?? 'the planner failed without a word'));
  }

  private fail(error: Error): void {
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.waiting.clear();
  }
}
