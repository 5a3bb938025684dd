import type { LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CollisionCounters } from '@quaymaster/feature-collision';
import { VehicleRegistry } from '@quaymaster/feature-fleet-api';
import { IngestCounters } from '@quaymaster/feature-ingest';
import { SchedulerService } from '@quaymaster/feature-scheduling';
import { createService, startService, stopService } from '@quaymaster/nest-platform';
import { type Clock, MessageBus } from '@quaymaster/ports';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { type EmbeddedBackends, openEmbeddedBackends } from './embedded-backends';
import { freePort } from './free-port';
import type { Environment } from './standalone.config';
import { StandaloneModule } from './standalone.module';
import { VehicleBroker } from './vehicle-broker';

const INGEST = 'telemetry-ingest';
const DISPATCH = 'dispatch';

export interface StandaloneOptions {
  /** Keys of the features; checked by `readStandaloneConfig`. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly storeDir: string;
  readonly map: VirtualMap;
  readonly http: { readonly host: string; readonly port: number };
  readonly mqtt: { readonly host: string; readonly port: number };
  readonly consoleDir: string | undefined;
  readonly firstStartToken: string;
  readonly logger: LoggerService;
}

/** The control plane of a site in this process. */
export class Standalone {
  readonly registry: VehicleRegistry;
  readonly ingest: IngestCounters;
  readonly collision: CollisionCounters;
  readonly bus: MessageBus;
  private readonly scheduling: SchedulerService;

  private constructor(
    private readonly app: NestFastifyApplication, private readonly opened: EmbeddedBackends, private readonly broker: VehicleBroker,
    private readonly disconnect: () => Promise<void>, readonly httpUrl: string,
  ) {
    this.registry = app.get(VehicleRegistry);
    this.ingest = app.get(IngestCounters);
    this.collision = app.get(CollisionCounters);
    this.bus = app.get(MessageBus);
    this.scheduling = app.get(SchedulerService);
  }

  /** A port that is taken gives way to a free one. Rejects when something cannot be opened; then nothing stays open. */
  static async start(options: StandaloneOptions): Promise<Standalone> {
    const undo: (() => Promise<unknown>)[] = [];
    try {
      const broker = await VehicleBroker.start(options.mqtt.host, await freePort(options.mqtt.host, options.mqtt.port), [INGEST, DISPATCH]);
      undo.push(() => broker.close());
      const opened = await openEmbeddedBackends(options.storeDir, options.clock);
      undo.push(() => opened.close());
      const ingestMqtt = await broker.connect(INGEST);
      undo.push(() => ingestMqtt.endAsync(true));
      const dispatchMqtt = await broker.connect(DISPATCH);
      undo.push(() => dispatchMqtt.endAsync(true));
      const holder: { registry?: VehicleRegistry } = {};
      const app = await createService(StandaloneModule.forRoot({
        env: options.env, backends: opened.backends, map: options.map, ingestMqtt, dispatchMqtt, consoleDir: options.consoleDir,
        firstStartToken: options.firstStartToken, isKnownVehicle: (id) => holder.registry?.isKnown(id) ?? false,
      }), options.logger);
      undo.push(() => app.close());
      const registry = app.get(VehicleRegistry);
      holder.registry = registry;
      const port = await startService(app, options.http.host, await freePort(options.http.host, options.http.port));
      broker.admit((vehicleId, password) => registry.authenticate(vehicleId, password));
      const disconnect = async (): Promise<void> => { await Promise.all([ingestMqtt.endAsync(), dispatchMqtt.endAsync()]); };
      const host = options.http.host === '0.0.0.0' ? '127.0.0.1' : options.http.host;
      return new Standalone(app, opened, broker, disconnect, `http://${host}:${port}`);
    } catch (error) {
      for (const close of undo.reverse()) await close().catch(() => undefined);
      throw error;
    }
  }

  get mqttUrl(): string {
    return this.broker.url;
  }

  /** Messages on their way between the features. */
  get backlog(): number {
    return this.opened.backlog();
  }

  /** A plan is being made; a simulation lets its time stand still meanwhile. */
  get isPlanning(): boolean {
    return this.scheduling.scheduler.isPlanning;
  }

  /** Drains: no new work, running work finished and stored, then everything closed. */
  async close(): Promise<void> {
    await stopService(this.app);
    await this.disconnect();
    await this.broker.close();
    await this.opened.close();
  }
}
