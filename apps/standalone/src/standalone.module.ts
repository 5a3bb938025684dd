import { type DynamicModule, Module } from '@nestjs/common';
import { CollisionConfig, CollisionModule } from '@quaymaster/feature-collision';
import { DispatchConfig, DispatchModule } from '@quaymaster/feature-dispatch';
import { FleetApiConfig, FleetApiModule } from '@quaymaster/feature-fleet-api';
import { IngestConfig, IngestModule } from '@quaymaster/feature-ingest';
import { SchedulingConfig, SchedulingModule } from '@quaymaster/feature-scheduling';
import { type Backends, BackendsModule, PlatformModule } from '@quaymaster/nest-platform';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { MqttClient } from 'mqtt';
import type { Environment } from './standalone.config';

export interface StandaloneModuleOptions {
  readonly env: Environment;
  readonly backends: Required<Backends>;
  readonly map: VirtualMap;
  readonly ingestMqtt: MqttClient;
  readonly dispatchMqtt: MqttClient;
  readonly consoleDir: string | undefined;
  readonly firstStartToken: string;
  isKnownVehicle(vehicleId: string): boolean;
}

/** Every feature in one application. */
@Module({})
export class StandaloneModule {
  static forRoot(options: StandaloneModuleOptions): DynamicModule {
    const { env, map, consoleDir } = options;
    return {
      module: StandaloneModule,
      imports: [
        PlatformModule.forRoot({ service: 'standalone' }),
        BackendsModule.forRoot(options.backends),
        SchedulingModule.forRoot({ config: SchedulingConfig.from(env), map }),
        DispatchModule.forRoot({ config: DispatchConfig.from(env), mqtt: options.dispatchMqtt, instanceId: 'dispatch' }),
        CollisionModule.forRoot({ config: CollisionConfig.from(env), map }),
        IngestModule.forRoot({ config: IngestConfig.from(env), map, mqtt: options.ingestMqtt, isKnownVehicle: (id) => options.isKnownVehicle(id) }),
        FleetApiModule.forRoot({
          config: FleetApiConfig.from(env), map, mapName: map.name, firstStartToken: options.firstStartToken, ...(consoleDir === undefined ? {} : { consoleDir }),
        }),
      ],
    };
  }
}
