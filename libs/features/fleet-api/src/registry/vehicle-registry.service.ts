import { Injectable, Logger } from '@nestjs/common';
import { type VehicleModelMessage, vehicleModels } from '@quaymaster/messages';
import { type Cancel, Clock, FleetError, MessageBus } from '@quaymaster/ports';
import type { EntityManager } from 'typeorm';
import { hashOf, isSameHash, makeSecret } from '../access/secret';
import { FleetApiConfig } from '../fleet-api.config';
import { RegistrationNews } from './registration-news';
import { type RegisteredVehicle, RegistryStore } from './registry.store';
import { VehicleAccountError, VehicleAccounts } from './vehicle-accounts';

export type RegistryRefusal = 'QM_VEHICLE_KNOWN' | 'QM_VEHICLE_UNKNOWN' | 'QM_MODEL_UNKNOWN' | 'QM_MODEL_USED';

/** The registry says no; the code says why. Nothing was changed. */
export class RegistryRefusedError extends FleetError {
  readonly retryable = false;
  constructor(readonly code: RegistryRefusal, message: string) {
    super(message);
  }
}

/** A vehicle with the password of its broker account, which is told once. Its user name is its id. */
export interface IssuedVehicle {
  readonly vehicleId: string;
  readonly modelId: string;
  readonly secret: string;
}

const UNKNOWN_SECRET = hashOf(makeSecret());

/**
 * The vehicles and vehicle models of the site. Questions are answered from memory. Changes are given a transaction to take part in, and are taken over into
 * memory by `adopt…` when it is committed; `register`, `putModel` and so on do both.
 */
@Injectable()
export class VehicleRegistry {
  private readonly log = new Logger(VehicleRegistry.name);
  private readonly vehicleById = new Map<string, RegisteredVehicle>();
  private readonly modelById = new Map<string, VehicleModelMessage>();
  private cancel: Cancel = () => undefined;
  private revision = 0;

  constructor(
    private readonly store: RegistryStore, private readonly bus: MessageBus, private readonly clock: Clock, private readonly config: FleetApiConfig,
    private readonly accounts: VehicleAccounts, private readonly news: RegistrationNews,
  ) {}

  /** Reads the registry and publishes every model and every registration. */
  async start(): Promise<void> {
    await this.refresh();
    for (const model of this.modelById.values()) await this.bus.publish(vehicleModels, model.id, model);
    this.cancel = this.clock.every(this.config.refreshMs, () => {
      this.refresh().catch((error: unknown) => { this.log.warn(`the registry could not be read anew: ${String(error)}`); });
    });
  }

  stop(): void {
    this.cancel();
  }

  isKnown(vehicleId: string): boolean {
    return this.vehicleById.has(vehicleId);
  }

  get(vehicleId: string): RegisteredVehicle | undefined {
    return this.vehicleById.get(vehicleId);
  }

  get vehicles(): readonly RegisteredVehicle[] {
    return [...this.vehicleById.values()];
  }

  get models(): readonly VehicleModelMessage[] {
    return [...this.modelById.values()];
  }

  model(id: string): VehicleModelMessage | undefined {
    return this.modelById.get(id);
  }

  /** Whether this is the password of the vehicle's broker account. Takes as long for a vehicle that does not exist. */
  async authenticate(vehicleId: string, password: string): Promise<boolean> {
    const vehicle = this.vehicleById.get(vehicleId);
    const isRight = isSameHash(vehicle?.secretHash ?? UNKNOWN_SECRET, hashOf(password));
    return vehicle !== undefined && isRight;
  }

  /** @throws RegistryRefusedError QM_VEHICLE_KNOWN, QM_MODEL_UNKNOWN; VehicleAccountError */
  async register(vehicleId: string, modelId: string): Promise<IssuedVehicle> {
    const issued = await this.store.transaction((manager) => this.registerIn(manager, vehicleId, modelId));
    await this.adoptVehicle(issued);
    return issued;
  }

  /** Gives a vehicle a new password; the old one ends. @throws RegistryRefusedError QM_VEHICLE_UNKNOWN; VehicleAccountError */
  async renewSecret(vehicleId: string): Promise<IssuedVehicle> {
    const issued = await this.store.transaction((manager) => this.renewIn(manager, vehicleId));
    await this.adoptVehicle(issued);
    return issued;
  }

  /** @throws RegistryRefusedError QM_VEHICLE_UNKNOWN; VehicleAccountError */
  async remove(vehicleId: string): Promise<void> {
    await this.store.transaction((manager) => this.removeIn(manager, vehicleId));
    await this.dropVehicle(vehicleId);
  }

  /** Adds a model or replaces the one of that id, and publishes it. */
  async putModel(model: VehicleModelMessage): Promise<void> {
    await this.store.transaction((manager) => this.store.putModel(model, manager));
    await this.adoptModel(model);
  }

  /** @throws RegistryRefusedError QM_MODEL_UNKNOWN, QM_MODEL_USED */
  async removeModel(id: string): Promise<void> {
    await this.store.transaction((manager) => this.removeModelIn(manager, id));
    this.dropModel(id);
  }

  async registerIn(manager: EntityManager, vehicleId: string, modelId: string): Promise<IssuedVehicle> {
    const secret = makeSecret();
    const outcome = await this.store.insertVehicle({ vehicleId, modelId, secretHash: hashOf(secret), createdAtMs: this.clock.nowMs() }, manager);
    if (outcome === 'known') throw new RegistryRefusedError('QM_VEHICLE_KNOWN', `vehicle ${vehicleId} is registered already`);
    if (outcome === 'no-model') throw new RegistryRefusedError('QM_MODEL_UNKNOWN', `there is no vehicle model ${modelId}`);
    await this.account(vehicleId, () => this.accounts.admit(vehicleId, secret));
    return { vehicleId, modelId, secret };
  }

  async renewIn(manager: EntityManager, vehicleId: string): Promise<IssuedVehicle> {
    const secret = makeSecret();
    const modelId = this.vehicleById.get(vehicleId)?.modelId;
    if (modelId === undefined || !(await this.store.replaceSecret(vehicleId, hashOf(secret), manager))) throw unknownVehicle(vehicleId);
    await this.account(vehicleId, () => this.accounts.admit(vehicleId, secret));
    return { vehicleId, modelId, secret };
  }

  async removeIn(manager: EntityManager, vehicleId: string): Promise<void> {
    if (!(await this.store.removeVehicle(vehicleId, manager))) throw unknownVehicle(vehicleId);
    await this.account(vehicleId, () => this.accounts.withdraw(vehicleId));
  }

  async putModelIn(manager: EntityManager, model: VehicleModelMessage): Promise<void> {
    await this.store.putModel(model, manager);
  }

  async removeModelIn(manager: EntityManager, id: string): Promise<void> {
    const outcome = await this.store.removeModel(id, manager);
    if (outcome === 'used') throw new RegistryRefusedError('QM_MODEL_USED', `vehicles of model ${id} are registered`);
    if (outcome === 'unknown') throw new RegistryRefusedError('QM_MODEL_UNKNOWN', `there is no vehicle model ${id}`);
  }

  async adoptVehicle({ vehicleId, modelId, secret }: IssuedVehicle): Promise<void> {
    this.revision += 1;
    const createdAtMs = this.vehicleById.get(vehicleId)?.createdAtMs ?? this.clock.nowMs();
    this.vehicleById.set(vehicleId, { vehicleId, modelId, secretHash: hashOf(secret), createdAtMs });
    await this.news.tell(this.vehicleById.values());
  }

  async dropVehicle(vehicleId: string): Promise<void> {
    this.revision += 1;
    this.vehicleById.delete(vehicleId);
    await this.news.tell(this.vehicleById.values());
  }

  async adoptModel(model: VehicleModelMessage): Promise<void> {
    this.revision += 1;
    this.modelById.set(model.id, model);
    await this.bus.publish(vehicleModels, model.id, model);
  }

  dropModel(id: string): void {
    this.revision += 1;
    this.modelById.delete(id);
  }

  /** Last in its transaction: nothing that the store could still refuse comes after it but the commit, and a change that is repeated puts it right. */
  private async account(vehicleId: string, change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      throw new VehicleAccountError(vehicleId, error);
    }
  }

  private async refresh(): Promise<void> {
    const before = this.revision;
    const models = await this.store.models();
    const vehicles = await this.store.vehicles();
    // What was read may be older than a change of ours; the next round has it.
    if (before !== this.revision) return;
    replace(this.modelById, models.map((model) => [model.id, model]));
    replace(this.vehicleById, vehicles.map((vehicle) => [vehicle.vehicleId, vehicle]));
    await this.news.tell(vehicles);
  }
}

function replace<T>(map: Map<string, T>, entries: readonly (readonly [string, T])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

function unknownVehicle(vehicleId: string): RegistryRefusedError {
  return new RegistryRefusedError('QM_VEHICLE_UNKNOWN', `there is no vehicle ${vehicleId}`);
}
