import { type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { MqttClient } from 'mqtt';
import { CommandDispatcher } from './command-dispatcher.service';
import { CommandJournal } from './command-journal';
import { CommandStore } from './command.store';
import { DispatchConfig } from './dispatch.config';
import { DispatchController } from './dispatch.controller';
import { LeaseKeeper } from './lease-keeper.service';
import { VehicleLink } from './vehicle-link';

export interface DispatchOptions {
  readonly config: DispatchConfig;
  /** A client of the vehicle broker with a service's rights, for dispatch alone. */
  readonly mqtt: MqttClient;
}

@Module({})
export class DispatchModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(CommandDispatcher) private readonly dispatcher: CommandDispatcher,
    @Inject(CommandJournal) private readonly journal: CommandJournal,
    @Inject(LeaseKeeper) private readonly leases: LeaseKeeper,
    @Inject(VehicleLink) private readonly link: VehicleLink,
  ) {}

  static forRoot(options: DispatchOptions): DynamicModule {
    return {
      module: DispatchModule,
      controllers: [DispatchController],
      providers: [
        { provide: DispatchConfig, useValue: options.config },
        { provide: VehicleLink, useFactory: () => new VehicleLink(options.mqtt) },
        CommandStore, CommandJournal, CommandDispatcher, LeaseKeeper,
      ],
      exports: [CommandDispatcher],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.dispatcher.start();
    await this.link.listen((ack) => { this.dispatcher.acknowledge(ack); });
    this.journal.start();
    this.leases.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.leases.stop();
    this.dispatcher.stop();
    await this.journal.stop();
  }
}
