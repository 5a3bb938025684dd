import { z } from 'zod';
import { idSchema, instantMsSchema, metresSchema, vehicleIdSchema } from './primitives';
import { jsonTopic } from './topic';

/** A route to follow: the path of the guided point with its speed limits. It gives no permission to move. */
export const routeParamsSchema = z.object({
  kind: z.literal('route'),
  routeId: idSchema,
  /** `[x0, y0, x1, y1, …]` [m]; neighbouring points at most 2 m apart in curves. */
  pathXyM: z.array(metresSchema).min(4),
  /** Piecewise constant speed limit along the path: `limitMps[i]` holds from `limitFromSM[i]`. */
  limitFromSM: z.array(metresSchema).min(1),
  limitMps: z.array(z.number().positive()).min(1),
  /** Where on the path the vehicle's guided point is expected to be now. */
  startSM: metresSchema,
});
export const commandParamsSchema = z.discriminatedUnion('kind', [
  /** Brake to standstill and stay there until a resume. */
  z.object({ kind: z.literal('stop'), reason: z.string().max(500) }),
  /** Lift the controlled stop. The vehicle moves only if it also has a release and a lease. */
  z.object({ kind: z.literal('resume') }),
  routeParamsSchema,
  /** Permission to move on a route up to an arc length of its guided point. Never moves backwards. */
  z.object({ kind: z.literal('release'), routeId: idSchema, releasedToSM: metresSchema }),
]);
export type CommandParams = z.infer<typeof commandParamsSchema>;
export type CommandKind = CommandParams['kind'];

/** What dispatch must do. Its id is made by whoever originates it; the same id is the same command. */
export const commandSchema = z.object({
  commandId: idSchema,
  vehicleId: vehicleIdSchema,
  /** Fencing number of the scheduler that issues it; 0 for a stop from elsewhere. */
  epoch: z.number().int().nonnegative(),
  issuedAtMs: instantMsSchema,
  expiresAtMs: instantMsSchema,
  /** Incident, mission, or request that caused it. */
  causeId: idSchema,
  actor: idSchema,
  params: commandParamsSchema,
});
export type Command = z.infer<typeof commandSchema>;
export const commands = jsonTopic<Command>('commands', commandSchema);

export const commandStateSchema = z.enum([
  'accepted', 'dispatched', 'received', 'running', 'finished', 'failed', 'rejected', 'expired', 'superseded',
]);
export type CommandState = z.infer<typeof commandStateSchema>;

const RUNGS: readonly CommandState[] = ['accepted', 'dispatched', 'received', 'running'];

/** Place of a state on the ladder that a command climbs; it never goes back, and every end is on the last rung. */
export function commandRung(state: CommandState): number {
  const rung = RUNGS.indexOf(state);
  return rung === -1 ? RUNGS.length : rung;
}

/** True for states that never change again. */
export function isCommandEnd(state: CommandState): boolean {
  return commandRung(state) === RUNGS.length;
}

/** What became of a command. */
export const commandEventSchema = z.object({
  commandId: idSchema,
  vehicleId: vehicleIdSchema,
  kind: z.enum(['stop', 'resume', 'route', 'release']),
  state: commandStateSchema,
  sequence: z.number().int().nonnegative(),
  epoch: z.number().int().nonnegative(),
  causeId: idSchema,
  because: z.string().max(500),
  atMs: instantMsSchema,
});
export type CommandEvent = z.infer<typeof commandEventSchema>;
export const commandEvents = jsonTopic<CommandEvent>('command-events', commandEventSchema);
