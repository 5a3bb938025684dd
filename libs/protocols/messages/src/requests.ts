import { z } from 'zod';
import { idSchema, instantMsSchema, metresSchema, vehicleIdSchema } from './primitives';
import { jsonTopic } from './topic';

/**
 * What people and other systems ask of the scheduler. Persisted by the gateway before it is published; the scheduler handles each
 * `requestId` once and answers on `request-results`.
 */
export const operatorRequestSchema = z.object({
  requestId: idSchema,
  actor: idSchema,
  requestedAtMs: instantMsSchema,
  body: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('submit-mission'), missionId: idSchema, pickup: idSchema, dropoff: idSchema, priority: z.number().int() }),
    z.object({ kind: z.literal('cancel-mission'), missionId: idSchema }),
    /** Pause: hold the vehicles of a region (a zone, a polygon, the whole site), or single vehicles, and bring them to parking. */
    z.object({
      kind: z.literal('pause'),
      reason: z.string().min(1).max(500),
      scope: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('site') }),
        z.object({ kind: z.literal('zone'), zoneId: idSchema }),
        z.object({ kind: z.literal('polygon'), polygonXyM: z.array(metresSchema).min(6) }),
        z.object({ kind: z.literal('vehicles'), vehicleIds: z.array(vehicleIdSchema).min(1) }),
      ]),
    }),
    /** The cause is gone; vehicles that caused it have been looked at and may be moved again. */
    z.object({ kind: z.literal('clear-incident'), incidentId: idSchema, note: z.string().max(500) }),
    z.object({ kind: z.literal('approve-plan'), incidentId: idSchema, planId: idSchema }),
    z.object({ kind: z.literal('stop-vehicle'), vehicleId: vehicleIdSchema, reason: z.string().min(1).max(500) }),
    z.object({ kind: z.literal('release-hold'), holdId: idSchema }),
  ]),
});
export type OperatorRequest = z.infer<typeof operatorRequestSchema>;
export const operatorRequests = jsonTopic<OperatorRequest>('operator-requests', operatorRequestSchema, { priority: true });

export const requestResultSchema = z.object({
  requestId: idSchema,
  outcome: z.enum(['done', 'refused']),
  /** Stable code of a refusal, '' when done. */
  code: z.string(),
  message: z.string(),
  /** What it made or changed, e.g. an incident id. */
  resourceId: z.string(),
  atMs: instantMsSchema,
});
export type RequestResult = z.infer<typeof requestResultSchema>;
export const requestResults = jsonTopic<RequestResult>('request-results', requestResultSchema);
