import { commandEventSchema, commandSchema, stopRequestSchema } from '@quaymaster/messages';
import { wireCommandSchema } from '@quaymaster/telemetry';
import { z } from 'zod';

/** Instant of a record [ms since the Unix epoch], and its place among those of its file: of two records of one instant the lower one came first. */
const placed = { at: z.number().nonnegative(), n: z.number().int().nonnegative() };
const id = z.string().min(1).max(128);
const count = z.number().int().nonnegative();
/** The message on the bus that a record was made of, and the process that it came from. */
const heard = { ...placed, messageId: z.string().min(1), source: z.string() };
const atVehicle = { ...placed, vehicleId: id, bootId: count };

/** What was run. `protections` tells which of the vehicles' own were in force. */
const runSchema = z.object({
  ...placed, kind: z.literal('run'), scenario: z.string().min(1), seed: z.number().int(), roles: z.array(z.string().min(1)),
  protections: z.object({ deduplication: z.boolean(), epoch: z.boolean() }),
  /** Time after which dispatch gives up on a stop that no vehicle confirms [ms]. */
  stopExpiryMs: z.number().int().positive(),
});
const issuedSchema = z.object({ ...heard, kind: z.literal('issued'), command: commandSchema });
const stopRequestedSchema = z.object({ ...heard, kind: z.literal('stop-requested'), request: stopRequestSchema });
const eventSchema = z.object({ ...heard, kind: z.literal('event'), event: commandEventSchema });
/** What the run did to a process. */
const faultSchema = z.object({ ...placed, kind: z.literal('fault'), action: z.enum(['killed', 'paused', 'continued', 'started']), role: z.string().min(1), instance: z.string().min(1) });
/** A command that the run itself said to a vehicle, past everybody who may give one. */
const forgedSchema = z.object({ ...placed, kind: z.literal('forged'), vehicleId: id, command: wireCommandSchema });
const effectSchema = z.object({
  ...atVehicle, kind: z.literal('effect'), commandId: id, command: z.enum(['stop', 'resume', 'route', 'release']), sequence: count, epoch: count,
  issuedAtMs: z.number().nonnegative(), outcome: z.enum(['applied', 'repeated', 'refused']), because: z.string(),
});
const motionSchema = z.object({
  ...atVehicle, kind: z.literal('motion'), stopped: z.boolean(), cause: z.enum(['stop', 'resume', 'lease-lapse', 'reboot', 'hand', 'unexplained']), commandId: z.string(),
});
const reportingSchema = z.object({ ...atVehicle, kind: z.literal('reporting'), reporting: z.boolean() });
const contactSchema = z.object({ ...placed, kind: z.literal('contact'), vehicleIds: z.tuple([id, id]), xM: z.number(), yM: z.number(), speedsMps: z.tuple([z.number(), z.number()]) });

/** Those who write a history: who listens on the bus, and who moves the vehicles. */
export const historyPartSchema = z.enum(['bus', 'vehicles']);
export type HistoryPart = z.infer<typeof historyPartSchema>;
/** Last record of a part: how many came before it. A part without one has been cut off. */
const endSchema = z.object({ ...placed, kind: z.literal('end'), part: historyPartSchema, records: count });

export const historyRecordSchema = z.discriminatedUnion('kind', [
  runSchema, issuedSchema, stopRequestedSchema, eventSchema, faultSchema, forgedSchema, effectSchema, motionSchema, reportingSchema, contactSchema, endSchema,
]);
export type HistoryRecord = z.infer<typeof historyRecordSchema>;
export type HistoryKind = HistoryRecord['kind'];
export type RecordOf<K extends HistoryKind> = Extract<HistoryRecord, { kind: K }>;

/** Which part a record belongs to. */
export const partOf: Readonly<Record<Exclude<HistoryKind, 'end'>, HistoryPart>> = {
  run: 'bus', issued: 'bus', 'stop-requested': 'bus', event: 'bus', fault: 'bus', forged: 'bus', effect: 'vehicles', motion: 'vehicles', reporting: 'vehicles', contact: 'vehicles',
};

/** A record before its file gives it its place. */
export type Unplaced<R extends { n: number } = HistoryRecord> = R extends R ? Omit<R, 'n'> : never;

/** Order of records in time. */
export const historyOrder = (a: HistoryRecord, b: HistoryRecord): number => a.at - b.at || a.n - b.n;
