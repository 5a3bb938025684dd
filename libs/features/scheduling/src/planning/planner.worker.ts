import { parentPort, workerData } from 'node:worker_threads';
import type { VehicleModel } from '@quaymaster/motion';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { PlanningEngine } from './planning-engine';
import type { PlanningJob } from './planning-job';

export interface PlannerWorkerData {
  readonly map: VirtualMap;
  readonly models: Map<string, VehicleModel>;
}

/** A vehicle model that became known after the worker had started. */
export interface PlannerLesson {
  readonly model: VehicleModel;
}

export interface PlannerRequest {
  readonly jobId: number;
  readonly job: PlanningJob;
  readonly limitMs: number;
}

const { map, models } = workerData as PlannerWorkerData;
const engine = new PlanningEngine(map, models);

parentPort?.on('message', (message: PlannerRequest | PlannerLesson) => {
  if ('model' in message) {
    models.set(message.model.id, message.model);
    return;
  }
  const { jobId, job, limitMs } = message;
  // The deadline is one of real time: it bounds how long the machine works, whatever clock the site runs on.
  const deadlineMs = performance.now() + limitMs;
  try {
    parentPort?.postMessage({ jobId, result: engine.run(job, () => performance.now() > deadlineMs) });
  } catch (error) {
    parentPort?.postMessage({ jobId, error: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error) });
  }
});
