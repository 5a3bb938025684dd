import { z } from 'zod';
import { idSchema, instantMsSchema, metresSchema, polygonSchema, vehicleIdSchema } from './primitives';
import { jsonTopic } from './topic';

export const operatingModeSchema = z.enum(['AUTOMATIC', 'MANUAL', 'SERVICE', 'STARTUP']);
export type OperatingMode = z.infer<typeof operatingModeSchema>;

export const fusedObjectSchema = z.object({
  objectId: idSchema,
  kind: z.enum(['person', 'truck', 'car', 'container', 'unknown']),
  polygonM: polygonSchema,
  vxMps: z.number(),
  vyMps: z.number(),
});
export type FusedObject = z.infer<typeof fusedObjectSchema>;

/** Where the map says that a vehicle is; absent when its guided point is on no lane. */
export const mapMatchSchema = z.object({ block: z.number().int().nonnegative(), sM: metresSchema, tM: metresSchema });

/** One accepted report of a vehicle, in the site frame. Ordered by (bootId, sequence). */
export const frameSchema = z.object({
  vehicleId: vehicleIdSchema,
  /** Changes with each start of the vehicle's computer; rises. */
  bootId: z.number().int().nonnegative(),
  sequence: z.number().int().nonnegative(),
  observedAtMs: instantMsSchema,
  receivedAtMs: instantMsSchema,
  modelId: idSchema,
  mode: operatingModeSchema,
  /** Guided point. */
  xM: metresSchema,
  yM: metresSchema,
  headingRad: z.number(),
  speedMps: z.number(),
  accelerationMps2: z.number(),
  yawRateRadPs: z.number(),
  positionSigmaM: z.number().nonnegative(),
  /** Heading of each trailer minus the heading of the part before it. */
  hitchAnglesRad: z.array(z.number()).max(3),
  /** Route that the vehicle follows, '' if none, its guided point's arc length on it and how far it has permission to go. */
  routeId: z.string().max(128),
  routeSM: metresSchema,
  releasedToSM: metresSchema,
  /** A controlled stop is in force; only a resume lifts it. */
  stopped: z.boolean(),
  /** Its motion lease is alive. */
  leaseAlive: z.boolean(),
  /** Highest epoch and command sequence the vehicle has accepted. */
  epoch: z.number().int().nonnegative(),
  commandSequence: z.number().int().nonnegative(),
  errors: z.array(z.string().max(200)).max(16),
  objects: z.array(fusedObjectSchema).max(64),
  match: mapMatchSchema.nullable(),
});
export type Frame = z.infer<typeof frameSchema>;

export const frames = jsonTopic<Frame>('frames', frameSchema);
