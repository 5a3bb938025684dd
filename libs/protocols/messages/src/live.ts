import { z } from 'zod';
import { runningPlanSchema } from './plans';
import { conflictSchema, deviationSchema } from './safety';
import { incidentSchema, missionSchema, vehicleModelSchema, vehicleStatusSchema } from './fleet';
import { instantMsSchema, vehicleIdSchema } from './primitives';

/** What changed in the picture of the site. In a snapshot: all there is. Conflicts and deviations with phase `closed` are gone. */
export const liveChangesSchema = z.object({
  /** Vehicles in the order in which they got their numbers: the first of the list has number `rosterFrom`. Numbers never change on one connection. */
  rosterFrom: z.number().int().nonnegative(),
  roster: z.array(vehicleIdSchema),
  models: z.array(vehicleModelSchema),
  vehicles: z.array(vehicleStatusSchema),
  plans: z.array(runningPlanSchema),
  missions: z.array(missionSchema),
  incidents: z.array(incidentSchema),
  conflicts: z.array(conflictSchema),
  deviations: z.array(deviationSchema),
});
export type LiveChanges = z.infer<typeof liveChangesSchema>;

/**
 * Text message of `/v1/live`. The first one is a snapshot; each delta's `version` is one higher than the message before it. A client that sees a gap
 * reconnects. Positions come beside it as binary messages (`decodePositions`).
 */
export const liveMessageSchema = z.object({
  type: z.enum(['snapshot', 'delta']),
  version: z.number().int().positive(),
  atMs: instantMsSchema,
  mapHash: z.string(),
  changes: liveChangesSchema,
});
export type LiveMessage = z.infer<typeof liveMessageSchema>;
