import { z } from 'zod';
import { idSchema, instantMsSchema, metresSchema, polygonSchema, vehicleIdSchema } from './primitives';
import { jsonTopic } from './topic';

export const vehiclePartSchema = z.object({
  contourM: polygonSchema,
  axleBehindHitchM: z.number().nonnegative(),
  hitchForwardM: z.number(),
});
/** Contour and limits of a class of vehicles; the fields mean what `VehicleModel` of the motion kernel says. */
export const vehicleModelSchema = z.object({
  id: idSchema,
  parts: z.array(vehiclePartSchema).min(1).max(4),
  frontM: z.number().positive(),
  rearM: z.number().nonnegative(),
  widthM: z.number().positive(),
  maximumSpeedMps: z.number().positive(),
  accelerationMps2: z.number().positive(),
  brakingMps2: z.number().positive(),
});
export type VehicleModelMessage = z.infer<typeof vehicleModelSchema>;
export const vehicleModels = jsonTopic<VehicleModelMessage>('vehicle-models', vehicleModelSchema);

/** A vehicle that may report, or no longer may; compacted by vehicle. Its password stays with the registry. */
export const vehicleRegistrationSchema = z.object({
  vehicleId: vehicleIdSchema,
  modelId: idSchema,
  registeredAtMs: instantMsSchema,
  /** Null while it is registered. */
  removedAtMs: instantMsSchema.nullable(),
});
export type VehicleRegistration = z.infer<typeof vehicleRegistrationSchema>;
export const vehicleRegistrations = jsonTopic<VehicleRegistration>('vehicle-registrations', vehicleRegistrationSchema);

/** Came online, left in good order, or was cut off (last will). */
export const connectionSchema = z.object({
  vehicleId: vehicleIdSchema,
  bootId: z.number().int().nonnegative(),
  modelId: idSchema,
  state: z.enum(['ONLINE', 'OFFLINE', 'CONNECTION_BROKEN']),
  atMs: instantMsSchema,
});
export type Connection = z.infer<typeof connectionSchema>;
export const connections = jsonTopic<Connection>('connections', connectionSchema);

export const holdReasonSchema = z.enum(['incident', 'operator', 'comms', 'inspection']);
export const holdSchema = z.object({
  holdId: idSchema,
  vehicleId: vehicleIdSchema,
  reason: holdReasonSchema,
  /** Incident id, or who placed it. Only the owner lifts it. */
  owner: idSchema,
  placedAtMs: instantMsSchema,
});
export type Hold = z.infer<typeof holdSchema>;

/** How the scheduler sees a vehicle; published on change and compacted by vehicle. */
export const vehicleStatusSchema = z.object({
  vehicleId: vehicleIdSchema,
  modelId: idSchema,
  activity: z.enum(['idle', 'driving', 'working', 'waiting', 'held', 'parking', 'parked', 'immovable', 'offline']),
  missionId: z.string(),
  incidentId: z.string(),
  routeId: z.string(),
  /** Why it stands still, nearest cause first, in words for an operator. */
  because: z.array(z.string()),
  holds: z.array(holdSchema),
  atMs: instantMsSchema,
});
export type VehicleStatus = z.infer<typeof vehicleStatusSchema>;
export const vehicleStatuses = jsonTopic<VehicleStatus>('vehicle-status', vehicleStatusSchema);

export const missionStateSchema = z.enum(['submitted', 'waiting', 'assigned', 'running', 'interrupted', 'finished', 'failed', 'cancelled']);
/** Carry something from one transfer point to another. */
export const missionSchema = z.object({
  missionId: idSchema,
  pickup: idSchema,
  dropoff: idSchema,
  priority: z.number().int(),
  state: missionStateSchema,
  /** '' until a vehicle has it. */
  vehicleId: z.string(),
  because: z.string(),
  createdAtMs: instantMsSchema,
  updatedAtMs: instantMsSchema,
});
export type Mission = z.infer<typeof missionSchema>;
export const missions = jsonTopic<Mission>('missions', missionSchema);

export const incidentStateSchema = z.enum([
  'detected', 'holding', 'held', 'planning', 'proposed', 'approved', 'clearing', 'parked', 'resuming', 'closed', 'failed',
]);
export type IncidentState = z.infer<typeof incidentStateSchema>;
export const planSummarySchema = z.object({
  planId: idSchema,
  vehicles: z.number().int(),
  makespanS: z.number(),
  lowerBoundS: z.number(),
  gap: z.number(),
  lbSource: z.string(),
  verified: z.boolean(),
});
export const incidentSchema = z.object({
  incidentId: idSchema,
  state: incidentStateSchema,
  cause: z.enum(['imminent-conflict', 'lost-vehicle', 'deviation', 'operator']),
  causeText: z.string(),
  /** Vehicles that are the cause; they move again only when it is cleared. */
  causedBy: z.array(vehicleIdSchema),
  /** Vehicles around which the danger is. */
  around: z.array(vehicleIdSchema),
  /** Outline of the region on the map, `[x, y, …]`; empty if the danger is only around vehicles, or everywhere. */
  regionXyM: z.array(metresSchema),
  wholeSite: z.boolean(),
  members: z.array(vehicleIdSchema),
  /** From the decision to hold to reported standstill, for members that were moving. */
  timeToStopMs: z.record(z.string(), z.number()),
  plan: planSummarySchema.nullable(),
  slots: z.record(z.string(), z.string()),
  parked: z.array(vehicleIdSchema),
  notParked: z.array(z.object({ vehicle: vehicleIdSchema, reason: z.string() })),
  resumed: z.array(vehicleIdSchema),
  missionsInterrupted: z.array(idSchema),
  missionsFinished: z.array(idSchema),
  timeline: z.array(z.object({ atMs: instantMsSchema, state: incidentStateSchema, text: z.string() })),
  /** When somebody said that the cause is gone, null before. */
  clearedAtMs: instantMsSchema.nullable(),
  openedAtMs: instantMsSchema,
  updatedAtMs: instantMsSchema,
});
export type Incident = z.infer<typeof incidentSchema>;
export const incidents = jsonTopic<Incident>('incidents', incidentSchema);

/** An instance of a service that vehicles or its peers depend on says each second that it is at work. */
export const heartbeatSchema = z.object({
  service: z.enum(['scheduler', 'collision', 'dispatch']),
  /** Names the instance among those of its service; '' from one that has no peers. */
  instance: z.string().max(100).default(''),
  epoch: z.number().int().nonnegative(),
  atMs: instantMsSchema,
  /** It goes on for a moment, and others should take its share now. */
  isLeaving: z.boolean().default(false),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;
export const heartbeats = jsonTopic<Heartbeat>('heartbeats', heartbeatSchema, { priority: true });
