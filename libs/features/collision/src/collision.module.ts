import { type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Peers } from '@quaymaster/nest-platform';
import { Clock } from '@quaymaster/ports';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { AlarmLine } from './alarm-line.service';
import { CollisionConfig } from './collision.config';
import { CollisionController } from './collision.controller';
import { CollisionCounters } from './collision-counters';
import { CollisionMonitor } from './collision-monitor.service';
import { Ground } from './ground';
import { Presence } from './presence.service';
import { Territory } from './territory';

export interface CollisionOptions {
  readonly config: CollisionConfig;
  readonly map: VirtualMap;
  /** Names this instance among several, which share the map; it works from when `Presence.join` is called. Without a name it is the only one, at work from the start. */
  readonly instanceId?: string;
}

@Module({})
export class CollisionModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(CollisionMonitor) private readonly monitor: CollisionMonitor, @Inject(Presence) private readonly presence: Presence,
    @Inject(AlarmLine) private readonly line: AlarmLine,
  ) {}

  static forRoot(options: CollisionOptions): DynamicModule {
    return {
      module: CollisionModule,
      controllers: [CollisionController],
      providers: [
        { provide: CollisionConfig, useValue: options.config },
        { provide: Ground, useFactory: () => new Ground(options.map) },
        { provide: Peers, useFactory: (clock: Clock) => new Peers(options.instanceId ?? '', 'collision', clock), inject: [Clock] },
        Territory, CollisionCounters, AlarmLine, CollisionMonitor, Presence,
      ],
      exports: [CollisionCounters, Presence],
    };
  }

  onApplicationBootstrap(): void {
    this.presence.start();
    this.monitor.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.presence.stop();
    this.monitor.stop();
    await this.line.drained();
  }
}
