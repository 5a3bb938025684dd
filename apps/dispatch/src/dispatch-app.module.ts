import { type DynamicModule, Module } from '@nestjs/common';
import { DispatchModule, type DispatchOptions } from '@quaymaster/feature-dispatch';
import { type Backends, BackendsModule, PlatformModule } from '@quaymaster/nest-platform';

/** The only writer to vehicles: commands until confirmed, leases. A service of its own on the back ends that it is given. */
@Module({})
export class DispatchApp {
  static forRoot(backends: Backends, options: DispatchOptions): DynamicModule {
    return { module: DispatchApp, imports: [PlatformModule.forRoot({ service: 'dispatch' }), BackendsModule.forRoot(backends), DispatchModule.forRoot(options)] };
  }
}
