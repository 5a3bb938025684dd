import { type DynamicModule, Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { Planner, WorkerPlanner } from './planning/planner';
import { SchedulerService } from './scheduler.service';
import { SchedulingConfig } from './scheduling.config';
import { SchedulingController } from './scheduling.controller';
import { SiteMapHolder } from './site-map-holder';
import { OutboxRelay } from './store/outbox-relay.service';
import { SchedulingStore } from './store/scheduling.store';

export interface SchedulingOptions {
  readonly config: SchedulingConfig;
  readonly map: VirtualMap;
}

@Module({})
export class SchedulingModule implements OnModuleInit, OnApplicationShutdown {
  constructor(@Inject(SchedulerService) private readonly service: SchedulerService) {}

  static forRoot(options: SchedulingOptions): DynamicModule {
    return {
      module: SchedulingModule,
      controllers: [SchedulingController],
      providers: [
        { provide: SchedulingConfig, useValue: options.config },
        { provide: SiteMapHolder, useFactory: () => new SiteMapHolder(options.map) },
        { provide: Planner, useFactory: () => new WorkerPlanner(options.map, options.config.solverLimitMs) },
        SchedulingStore, OutboxRelay, SchedulerService,
      ],
      exports: [SchedulerService],
    };
  }

  /** Before the bus delivers anything: handlers lean on a scheduler that knows its state. */
  async onModuleInit(): Promise<void> {
    await this.service.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.service.stop();
  }
}
