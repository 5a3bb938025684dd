import { Injectable, Logger } from '@nestjs/common';
import { ApiTokens } from './access/api-tokens.service';
import { HttpEdge } from './http/http-edge';
import { LiveHub } from './live/live-hub.service';
import { VehicleRegistry } from './registry/vehicle-registry.service';
import { RequestReconciler } from './requests/request-reconciler.service';
import { FleetView } from './view/fleet-view.service';
import { SchedulerTables } from './view/scheduler-tables.store';

/** Starts and ends the gateway. */
@Injectable()
export class FleetApi {
  private readonly log = new Logger(FleetApi.name);
  private token: string | null = null;

  // Each of them is started and ended in an order that only this class knows.
  constructor(
    private readonly edge: HttpEdge, private readonly tokens: ApiTokens, private readonly registry: VehicleRegistry, private readonly tables: SchedulerTables,
    private readonly view: FleetView, private readonly reconciler: RequestReconciler, private readonly live: LiveHub,
  ) {}

  /** The token of the first start in clear: the one that was given, or the one made for an empty table. Null when there is none to tell. */
  get firstToken(): string | null {
    return this.token;
  }

  /** Before the bus delivers anything and before routes are registered. */
  async start(firstStartToken: string | null, consoleDir: string | undefined): Promise<void> {
    this.edge.prepare(consoleDir);
    this.token = await this.tokens.start(firstStartToken);
    for (const mission of await this.tables.missions()) this.view.mission(mission);
    for (const incident of await this.tables.incidents()) this.view.incident(incident);
    await this.registry.start();
    this.reconciler.start();
    this.live.attach(this.edge.server);
    this.log.log(`${this.registry.vehicles.length} vehicles of ${this.registry.models.length} models are registered`);
  }

  /** Live clients first: the HTTP server does not end while they are there. */
  async stop(): Promise<void> {
    await this.live.close();
    await this.reconciler.stop();
    this.registry.stop();
    this.tokens.stop();
  }
}
