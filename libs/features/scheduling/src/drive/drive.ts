import { z } from 'zod';

/** A place on a drive where the vehicle stands until work is done. */
const driveStopSchema = z.object({
  /** Of the guided point on the route [m]. */
  sM: z.number(),
  dwellS: z.number(),
  kind: z.enum(['pickup', 'dropoff']),
  /** Transfer point. */
  place: z.string(),
  /** First report of standstill there, null before. */
  standingSinceMs: z.number().nullable(),
  done: z.boolean(),
});
export type DriveStop = z.infer<typeof driveStopSchema>;

export const driveSchema = z.object({
  routeId: z.string(),
  vehicleId: z.string(),
  modelId: z.string(),
  purpose: z.enum(['mission', 'park']),
  missionId: z.string(),
  incidentId: z.string(),
  blocks: z.array(z.number().int()),
  stops: z.array(driveStopSchema),
  /** Slot in which it ends. */
  slot: z.number().int(),
  startSM: z.number(),
  /** Where the guided point ends up [m]. */
  endSM: z.number(),
  /** Permission given so far [m]; never shrinks. */
  releasedToSM: z.number(),
  /** The vehicle reports this route. */
  adopted: z.boolean(),
  arrived: z.boolean(),
});

/** One vehicle's way along one route: what it was told, how far it may go and what it does on the way. */
export type Drive = z.infer<typeof driveSchema>;
