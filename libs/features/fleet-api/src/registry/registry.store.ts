import { Injectable } from '@nestjs/common';
import { type VehicleModelMessage, vehicleModelSchema } from '@quaymaster/messages';
import { DataSource, type EntityManager } from 'typeorm';

export interface RegisteredVehicle {
  readonly vehicleId: string;
  readonly modelId: string;
  /** SHA-256 of the broker password, hex. */
  readonly secretHash: string;
  readonly createdAtMs: number;
}

interface VehicleRow { vehicle_id: string; model_id: string; secret_hash: string; created_at_ms: string }

/** Vehicles and their models in the relational store. */
@Injectable()
export class RegistryStore {
  constructor(private readonly database: DataSource) {}

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  async models(): Promise<readonly VehicleModelMessage[]> {
    const rows: { body: unknown }[] = await this.database.query('SELECT body FROM vehicle_model ORDER BY id');
    return rows.map((row) => vehicleModelSchema.parse(row.body));
  }

  async vehicles(): Promise<readonly RegisteredVehicle[]> {
    const rows: VehicleRow[] = await this.database.query('SELECT * FROM vehicle ORDER BY vehicle_id');
    return rows.map((row) => ({
      vehicleId: row.vehicle_id, modelId: row.model_id, secretHash: row.secret_hash, createdAtMs: Number(row.created_at_ms),
    }));
  }

  async putModel(model: VehicleModelMessage, manager: EntityManager): Promise<void> {
    await manager.query('INSERT INTO vehicle_model (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body', [model.id, JSON.stringify(model)]);
  }

  async removeModel(id: string, manager: EntityManager): Promise<'removed' | 'used' | 'unknown'> {
    const known: unknown[] = await manager.query('SELECT 1 FROM vehicle_model WHERE id = $1 FOR UPDATE', [id]);
    if (known.length === 0) return 'unknown';
    const users: unknown[] = await manager.query('SELECT 1 FROM vehicle WHERE model_id = $1 LIMIT 1', [id]);
    if (users.length > 0) return 'used';
    await manager.query('DELETE FROM vehicle_model WHERE id = $1', [id]);
    return 'removed';
  }

  async insertVehicle(vehicle: RegisteredVehicle, manager: EntityManager): Promise<'inserted' | 'known' | 'no-model'> {
    // Locked, so that the model cannot be removed before this is committed.
    const model: unknown[] = await manager.query('SELECT 1 FROM vehicle_model WHERE id = $1 FOR SHARE', [vehicle.modelId]);
    if (model.length === 0) return 'no-model';
    const rows: unknown[] = await manager.query(
      `INSERT INTO vehicle (vehicle_id, model_id, secret_hash, created_at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (vehicle_id) DO NOTHING RETURNING vehicle_id`,
      [vehicle.vehicleId, vehicle.modelId, vehicle.secretHash, vehicle.createdAtMs],
    );
    return rows.length > 0 ? 'inserted' : 'known';
  }

  /** False when there is no such vehicle. */
  async replaceSecret(vehicleId: string, secretHash: string, manager: EntityManager): Promise<boolean> {
    const [, count]: [unknown, number] = await manager.query('UPDATE vehicle SET secret_hash = $2 WHERE vehicle_id = $1', [vehicleId, secretHash]);
    return count > 0;
  }

  /** False when there is no such vehicle. */
  async removeVehicle(vehicleId: string, manager: EntityManager): Promise<boolean> {
    const [, count]: [unknown, number] = await manager.query('DELETE FROM vehicle WHERE vehicle_id = $1', [vehicleId]);
    return count > 0;
  }
}
