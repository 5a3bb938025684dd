import { type DynamicModule, Module } from '@nestjs/common';
import { CollisionModule, type CollisionOptions } from '@quaymaster/feature-collision';
import { type Backends, BackendsModule, PlatformModule } from '@quaymaster/nest-platform';

/** Predicts contacts, notices deviations, asks for stops. A service of its own on the back ends that it is given. */
@Module({})
export class CollisionApp {
  static forRoot(backends: Backends, options: CollisionOptions): DynamicModule {
    return { module: CollisionApp, imports: [PlatformModule.forRoot({ service: 'collision' }), BackendsModule.forRoot(backends), CollisionModule.forRoot(options)] };
  }
}
