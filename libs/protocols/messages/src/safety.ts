import { z } from 'zod';
import { idSchema, instantMsSchema, metresSchema, vehicleIdSchema } from './primitives';
import { jsonTopic } from './topic';

export const severitySchema = z.enum(['possible', 'warning', 'imminent']);
export type Severity = z.infer<typeof severitySchema>;

/** A predicted contact of two bodies. `a < b`; `b` may be a fused object, `object:<id>`. */
export const conflictSchema = z.object({
  conflictId: idSchema,
  phase: z.enum(['opened', 'updated', 'closed']),
  a: idSchema,
  b: idSchema,
  severity: severitySchema,
  /** Time from `observedAtMs` to first contact. */
  timeToContactS: z.number().nonnegative(),
  xM: metresSchema,
  yM: metresSchema,
  observedAtMs: instantMsSchema,
});
export type Conflict = z.infer<typeof conflictSchema>;
export const conflicts = jsonTopic<Conflict>('conflicts', conflictSchema);

export const deviationKindSchema = z.enum([
  'lateral', 'heading', 'off-surface', 'release-violation', 'overspeed', 'suspect', 'lost',
]);
export type DeviationKind = z.infer<typeof deviationKindSchema>;

/** A vehicle that is not where, or not as, its plan says. */
export const deviationSchema = z.object({
  deviationId: idSchema,
  phase: z.enum(['opened', 'updated', 'closed']),
  vehicleId: vehicleIdSchema,
  kind: deviationKindSchema,
  /** Size in the kind's unit: m, rad, m/s or s of silence. */
  size: z.number(),
  xM: metresSchema,
  yM: metresSchema,
  observedAtMs: instantMsSchema,
});
export type Deviation = z.infer<typeof deviationSchema>;
export const deviations = jsonTopic<Deviation>('deviations', deviationSchema);

/** A controlled stop request. Harmless to repeat; accepted whatever the epoch, order or load. */
export const stopRequestSchema = z.object({
  requestId: idSchema,
  vehicleIds: z.array(vehicleIdSchema).min(1),
  /** Who asks, e.g. `collision`, `operator:anna`. */
  source: idSchema,
  /** Conflict, deviation or incident that asks for it. */
  causeId: idSchema,
  reason: z.string().min(1).max(500),
  requestedAtMs: instantMsSchema,
});
export type StopRequest = z.infer<typeof stopRequestSchema>;
export const stopRequests = jsonTopic<StopRequest>('stop-requests', stopRequestSchema, { priority: true });
