import { z } from 'zod';
import { idSchema, instantMsSchema, metresSchema, vehicleIdSchema } from './primitives';
import { jsonTopic } from './topic';

/** The route that a vehicle is running: what the predictor sweeps its body along. */
export const runningPlanSchema = z.object({
  vehicleId: vehicleIdSchema,
  routeId: idSchema,
  pathXyM: z.array(metresSchema).min(4),
  limitFromSM: z.array(metresSchema).min(1),
  limitMps: z.array(z.number().positive()).min(1),
  publishedAtMs: instantMsSchema,
});
export type RunningPlan = z.infer<typeof runningPlanSchema>;
export const plans = jsonTopic<RunningPlan>('plans', runningPlanSchema);
