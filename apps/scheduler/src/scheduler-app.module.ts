import { type DynamicModule, Module } from '@nestjs/common';
import { SchedulingModule, type SchedulingOptions } from '@quaymaster/feature-scheduling';
import { type Backends, BackendsModule, PlatformModule } from '@quaymaster/nest-platform';

/** The one writer of a site: incidents, holds, missions, plans and their execution. A service of its own on the back ends that it is given. */
@Module({})
export class SchedulerApp {
  static forRoot(backends: Backends, options: SchedulingOptions): DynamicModule {
    return { module: SchedulerApp, imports: [PlatformModule.forRoot({ service: 'scheduler' }), BackendsModule.forRoot(backends), SchedulingModule.forRoot(options)] };
  }
}
