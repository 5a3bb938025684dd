import { type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, MessageBus, StateStore } from '@quaymaster/ports';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { MqttClient } from 'mqtt';
import { FrameArchive, FrameArchiveController } from './frame-archive';
import { FrameIntake } from './frame-intake.service';
import type { IngestConfig } from './ingest.config';
import { IngestCounters } from './ingest-counters';

export interface IngestOptions {
  readonly config: IngestConfig;
  readonly map: VirtualMap;
  /** A client of the vehicle broker with a service's rights, for ingest alone. */
  readonly mqtt: MqttClient;
  /** Filters under which the broker is asked for frames and connections; without it every instance hears all of both. */
  readonly filters?: readonly string[];
  isKnownVehicle(vehicleId: string): boolean;
}

@Module({})
export class IngestModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(FrameIntake) private readonly intake: FrameIntake, @Inject(FrameArchive) private readonly archive: FrameArchive) {}

  static forRoot(options: IngestOptions): DynamicModule {
    return {
      module: IngestModule,
      controllers: [FrameArchiveController],
      providers: [
        IngestCounters, FrameArchive,
        {
          provide: FrameIntake, inject: [MessageBus, StateStore, Clock, IngestCounters],
          useFactory: (bus: MessageBus, store: StateStore, clock: Clock, counters: IngestCounters) => new FrameIntake(options, bus, store, clock, counters),
        },
      ],
      exports: [IngestCounters],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    this.archive.start();
    await this.intake.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.intake.stop();
    await this.archive.stop();
  }
}
