import { type DynamicModule, Module } from '@nestjs/common';
import { FleetApiModule, type FleetApiOptions } from '@quaymaster/feature-fleet-api';
import { type Backends, BackendsModule, PlatformModule } from '@quaymaster/nest-platform';

/** REST, WebSocket and console for people and other systems. A service of its own on the back ends that it is given. */
@Module({})
export class GatewayApp {
  static forRoot(backends: Backends, options: FleetApiOptions): DynamicModule {
    return { module: GatewayApp, imports: [PlatformModule.forRoot({ service: 'gateway' }), BackendsModule.forRoot(backends), FleetApiModule.forRoot(options)] };
  }
}
