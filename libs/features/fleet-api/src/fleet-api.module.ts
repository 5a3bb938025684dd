import { type BeforeApplicationShutdown, type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { ApiTokenStore } from './access/api-token.store';
import { ApiTokens } from './access/api-tokens.service';
import { TokensController } from './access/tokens.controller';
import { AuditController } from './audit/audit.controller';
import { AuditStore } from './audit/audit.store';
import { FleetApi } from './fleet-api';
import { FleetApiConfig } from './fleet-api.config';
import { GatewayGauges } from './gateway-gauges';
import { HistoryController } from './history/history.controller';
import { HttpEdge } from './http/http-edge';
import { LedgerStore } from './ledger/ledger.store';
import { LocalChanges } from './ledger/local-changes.service';
import { LiveHub } from './live/live-hub.service';
import { MapController } from './map/map.controller';
import { SiteMap } from './map/site-map';
import { describeApi } from './openapi/api-document';
import { ApiDocumentHolder } from './openapi/api-document-holder';
import { OpenApiController } from './openapi/openapi.controller';
import { RegistrationNews } from './registry/registration-news';
import { RegistryStore } from './registry/registry.store';
import { AccountsInRegistry, VehicleAccounts } from './registry/vehicle-accounts';
import { VehicleModelsController } from './registry/vehicle-models.controller';
import { VehicleRegistry } from './registry/vehicle-registry.service';
import { VehiclesController } from './registry/vehicles.controller';
import { RequestReconciler } from './requests/request-reconciler.service';
import { RequestsController } from './requests/requests.controller';
import { ResultWaiters } from './requests/result-waiters';
import { SchedulerRequests } from './requests/scheduler-requests.service';
import { StopBacklog } from './requests/stop-backlog';
import { AlarmExpiry } from './view/alarm-expiry.service';
import { CommandReader } from './view/command.store';
import { CommandsController } from './view/commands.controller';
import { FleetViewController } from './view/fleet-view.controller';
import { FleetView } from './view/fleet-view.service';
import { HoldsController } from './view/holds.controller';
import { IncidentsController } from './view/incidents.controller';
import { MissionsController } from './view/missions.controller';
import { PausesController } from './view/pauses.controller';
import { PictureController } from './view/picture.controller';
import { SchedulerTables } from './view/scheduler-tables.store';

export interface FleetApiOptions {
  readonly config: FleetApiConfig;
  readonly map: VirtualMap;
  readonly mapName: string;
  /** Built files of the console, served at `/`; without it there is no console. */
  readonly consoleDir?: string;
  /** A token that is valid for an admin from the start on; null: one is made when there is no token at all. */
  readonly firstStartToken: string | null;
  /** For a vehicle broker that keeps accounts of its own; without it the broker asks the registry. */
  readonly vehicleAccounts?: VehicleAccounts;
}

/** Version of the API, as its description says it. */
const API_VERSION = '1.0.0';

const API_CONTROLLERS = [
  VehiclesController, HistoryController, VehicleModelsController, MapController, MissionsController, IncidentsController, HoldsController, PausesController,
  PictureController, CommandsController, RequestsController, AuditController, TokensController,
];

class Start {
  constructor(readonly firstStartToken: string | null, readonly consoleDir: string | undefined) {}
}

@Module({})
export class FleetApiModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(@Inject(FleetApi) private readonly api: FleetApi, @Inject(Start) private readonly options: Start) {}

  static forRoot(options: FleetApiOptions): DynamicModule {
    return {
      module: FleetApiModule,
      controllers: [...API_CONTROLLERS, FleetViewController, OpenApiController],
      providers: [
        { provide: FleetApiConfig, useValue: options.config },
        // Factories, because Nest would otherwise look into the values for properties of its own.
        { provide: Start, useFactory: () => new Start(options.firstStartToken, options.consoleDir) },
        { provide: VehicleAccounts, useFactory: () => options.vehicleAccounts ?? new AccountsInRegistry() },
        { provide: SiteMap, useFactory: () => new SiteMap(options.map, options.mapName) },
        { provide: ApiDocumentHolder, useFactory: () => new ApiDocumentHolder(describeApi(API_CONTROLLERS, API_VERSION)) },
        ApiTokenStore, ApiTokens, AuditStore, LedgerStore, LocalChanges, RegistryStore, RegistrationNews, VehicleRegistry, ResultWaiters, StopBacklog, SchedulerRequests,
        RequestReconciler, SchedulerTables, CommandReader, FleetView, AlarmExpiry, LiveHub, GatewayGauges, HttpEdge, FleetApi,
      ],
      exports: [VehicleRegistry, FleetApi, FleetView],
    };
  }

  async onModuleInit(): Promise<void> {
    await this.api.start(this.options.firstStartToken, this.options.consoleDir);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.api.stop();
  }
}
