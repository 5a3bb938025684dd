import { ApiTokenEntity } from './access/api-token.entity';
import { AuditEntryEntity } from './audit/audit-entry.entity';
import { OperatorRequestEntity } from './ledger/operator-request.entity';
import { CreateFleetApi1764000000300 } from './migrations/1764000000300-create-fleet-api';
import { VehicleEntity, VehicleModelEntity } from './registry/registry.entities';

export { FleetApi } from './fleet-api';
export { FleetApiConfig, fleetApiConfigSchema } from './fleet-api.config';
export { FleetApiModule } from './fleet-api.module';
export type { FleetApiOptions } from './fleet-api.module';
export { VehicleAccounts } from './registry/vehicle-accounts';
export { fleetViewGroup } from './view/fleet-view.controller';
export { FleetView } from './view/fleet-view.service';
export { RegistryRefusedError, VehicleRegistry } from './registry/vehicle-registry.service';
export type { IssuedVehicle, RegistryRefusal } from './registry/vehicle-registry.service';
export type { RegisteredVehicle } from './registry/registry.store';
export const fleetApiEntities = [VehicleModelEntity, VehicleEntity, ApiTokenEntity, OperatorRequestEntity, AuditEntryEntity];
export const fleetApiMigrations = [CreateFleetApi1764000000300];
