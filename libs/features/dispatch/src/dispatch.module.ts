import { type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Peers } from '@quaymaster/nest-platform';
import { Clock } from '@quaymaster/ports';
import type { MqttClient } from 'mqtt';
import { CommandDispatcher } from './command-dispatcher.service';
import { CommandJournal } from './command-journal';
import { CommandStore } from './command.store';
import { DispatchConfig } from './dispatch.config';
import { DispatchController } from './dispatch.controller';
import { InstanceBeat } from './instance-beat.service';
import { LeaseKeeper } from './lease-keeper.service';
import { OrphanWatch } from './orphan-watch.service';
import { VehicleLink } from './vehicle-link';

export interface DispatchOptions {
  readonly config: DispatchConfig;
  /** A client of the vehicle broker with a service's rights, for dispatch alone. */
  readonly mqtt: MqttClient;
  /** Names this instance among those of its site. */
  readonly instanceId: string;
}

@Module({})
export class DispatchModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(CommandDispatcher) private readonly dispatcher: CommandDispatcher,
    @Inject(CommandJournal) private readonly journal: CommandJournal,
    @Inject(LeaseKeeper) private readonly leases: LeaseKeeper,
    @Inject(VehicleLink) private readonly link: VehicleLink,
    @Inject(InstanceBeat) private readonly beat: InstanceBeat,
    @Inject(OrphanWatch) private readonly orphans: OrphanWatch,
  ) {}

  static forRoot(options: DispatchOptions): DynamicModule {
    return {
      module: DispatchModule,
      controllers: [DispatchController],
      providers: [
        { provide: DispatchConfig, useValue: options.config },
        { provide: VehicleLink, useFactory: () => new VehicleLink(options.mqtt) },
        { provide: Peers, inject: [Clock], useFactory: (clock: Clock) => new Peers(options.instanceId, 'dispatch', clock) },
        CommandStore, CommandJournal, CommandDispatcher, InstanceBeat, OrphanWatch, LeaseKeeper,
      ],
      exports: [CommandDispatcher],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.link.listen((ack) => { this.dispatcher.acknowledge(ack); });
    this.beat.start();
    await this.orphans.start();
    this.dispatcher.start();
    this.journal.start();
    this.leases.start();
  }

  async onApplicationShutdown(): Promise<void> {
    // What has just gone out is answered within moments: whoever takes over need not guess what became of it.
    await this.dispatcher.settled();
    this.dispatcher.stop();
    await this.journal.stop();
    this.orphans.stop();
    this.leases.stop();
    await this.beat.stop();
  }
}
