import { type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { AlarmLine } from './alarm-line.service';
import { CollisionConfig } from './collision.config';
import { CollisionController } from './collision.controller';
import { CollisionCounters } from './collision-counters';
import { CollisionMonitor } from './collision-monitor.service';
import { Ground } from './ground';

export interface CollisionOptions {
  readonly config: CollisionConfig;
  readonly map: VirtualMap;
}

@Module({})
export class CollisionModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(CollisionMonitor) private readonly monitor: CollisionMonitor, @Inject(AlarmLine) private readonly line: AlarmLine) {}

  static forRoot(options: CollisionOptions): DynamicModule {
    return {
      module: CollisionModule,
      controllers: [CollisionController],
      providers: [
        { provide: CollisionConfig, useValue: options.config },
        { provide: Ground, useFactory: () => new Ground(options.map) },
        CollisionCounters, AlarmLine, CollisionMonitor,
      ],
      exports: [CollisionCounters],
    };
  }

  onApplicationBootstrap(): void {
    this.monitor.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.monitor.stop();
    await this.line.drained();
  }
}
