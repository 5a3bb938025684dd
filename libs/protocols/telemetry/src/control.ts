import { z } from 'zod';

const idSchema = z.string().min(1).max(128);

/**
 * A command on the wire. A vehicle accepts it when its id is new, it has not expired (`ttlMs` from receipt), and, except for a stop, `epoch` is not lower
 * than the highest it has accepted in a command or a lease, `sequence` is higher than the last one of that epoch, and `issuedAtMs` is not before that of any
 * stop it has taken. All of this it remembers across a reboot. A known id is answered with the stored result, never applied again. A stop is accepted
 * whatever its epoch and sequence (it has 0 for both), and may come several times and from several senders under one id.
 */
export const wireCommandSchema = z.object({
  commandId: idSchema,
  sequence: z.number().int().nonnegative(),
  epoch: z.number().int().nonnegative(),
  issuedAtMs: z.number().int().nonnegative(),
  ttlMs: z.number().int().positive(),
  params: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('stop'), reason: z.string() }),
    z.object({ kind: z.literal('resume') }),
    z.object({
      kind: z.literal('route'), routeId: idSchema, pathXyM: z.array(z.number()).min(4),
      limitFromSM: z.array(z.number()).min(1), limitMps: z.array(z.number().positive()).min(1), startSM: z.number(),
    }),
    z.object({ kind: z.literal('release'), routeId: idSchema, releasedToSM: z.number() }),
  ]),
});
export type WireCommand = z.infer<typeof wireCommandSchema>;

/**
 * Permission to move at all, lapsing by itself: `ttlMs` after receipt the vehicle brakes to a controlled stop unless renewed. Several senders may renew it;
 * while one is alive, only a higher `sequence` of its epoch, or a higher epoch, renews it. Leases reach every vehicle each second, so that within that time
 * of a change of epoch no vehicle obeys the old one, had it a command of the new one or not. `sequence` is a time in milliseconds, and needs more than 32
 * bits.
 */
export const wireLeaseSchema = z.object({ epoch: z.number().int().nonnegative(), sequence: z.number().int().nonnegative(), ttlMs: z.number().int().positive() });
export type WireLease = z.infer<typeof wireLeaseSchema>;

/**
 * Ladder of a command at the vehicle. `received`: taken; `running`: acting on it (a stop while it brakes); `finished`: done (a stop: standstill; a route,
 * release or resume: in force); `rejected`: refused, with the reason; `failed`: taken but could not be done.
 */
export const wireAcknowledgementSchema = z.object({
  commandId: idSchema,
  vehicleId: idSchema,
  bootId: z.number().int().nonnegative(),
  state: z.enum(['received', 'running', 'finished', 'failed', 'rejected']),
  because: z.string().max(500),
  atMs: z.number().int().nonnegative(),
});
export type WireAcknowledgement = z.infer<typeof wireAcknowledgementSchema>;

export const wireConnectionSchema = z.object({
  vehicleId: idSchema,
  bootId: z.number().int().nonnegative(),
  modelId: idSchema,
  state: z.enum(['ONLINE', 'OFFLINE', 'CONNECTION_BROKEN']),
  atMs: z.number().int().nonnegative(),
});
export type WireConnection = z.infer<typeof wireConnectionSchema>;
