import { type DynamicModule, Module } from '@nestjs/common';
import { IngestModule, type IngestOptions } from '@quaymaster/feature-ingest';
import { type Backends, BackendsModule, PlatformModule } from '@quaymaster/nest-platform';

/** Takes frames off the vehicle broker, judges, places and publishes them; archives in its own consumer group. A service of its own on the back ends that it is given. */
@Module({})
export class TelemetryIngestApp {
  static forRoot(backends: Backends, options: IngestOptions): DynamicModule {
    return { module: TelemetryIngestApp, imports: [PlatformModule.forRoot({ service: 'telemetry-ingest' }), BackendsModule.forRoot(backends), IngestModule.forRoot(options)] };
  }
}
