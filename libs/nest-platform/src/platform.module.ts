import { type DynamicModule, Global, Module } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { HealthController } from './health.controller';
import { Readiness } from './readiness';

export interface PlatformOptions {
  readonly service: string;
}

/** Health, readiness and metrics; the registry is there for every module to add its own. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(options: PlatformOptions): DynamicModule {
    const registry = new Registry();
    registry.setDefaultLabels({ service: options.service });
    collectDefaultMetrics({ register: registry });
    return {
      module: PlatformModule,
      controllers: [HealthController],
      providers: [Readiness, { provide: Registry, useValue: registry }],
      exports: [Readiness, Registry],
    };
  }
}
