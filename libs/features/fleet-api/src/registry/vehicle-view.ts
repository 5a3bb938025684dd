import { connectionSchema, frameSchema, vehicleStatusSchema } from '@quaymaster/messages';
import { z } from 'zod';
import type { FleetView } from '../view/fleet-view.service';
import type { VehicleRegistry } from './vehicle-registry.service';

/** A vehicle as it is known now. */
export const vehicleViewSchema = z.object({
  vehicleId: z.string(),
  modelId: z.string(),
  /** False for one that reports without being in the registry. */
  isRegistered: z.boolean(),
  registeredAtMs: z.number().int().nullable(),
  isOnline: z.boolean(),
  connection: connectionSchema.nullable(),
  status: vehicleStatusSchema.nullable(),
  /** Its newest report. */
  frame: frameSchema.nullable(),
});
export type VehicleView = z.infer<typeof vehicleViewSchema>;

/** Undefined for a vehicle that is neither registered nor heard of. */
export function vehicleView(vehicleId: string, registry: VehicleRegistry, view: FleetView): VehicleView | undefined {
  const registered = registry.get(vehicleId);
  if (registered === undefined && !view.hasSeen(vehicleId)) return undefined;
  const frame = view.frames.get(vehicleId) ?? null;
  const status = view.parts.vehicles.get(vehicleId) ?? null;
  const connection = view.connections.get(vehicleId) ?? null;
  return {
    vehicleId, modelId: registered?.modelId ?? frame?.modelId ?? status?.modelId ?? connection?.modelId ?? '', isRegistered: registered !== undefined,
    registeredAtMs: registered?.createdAtMs ?? null, isOnline: view.isOnline(vehicleId), connection, status, frame,
  };
}
