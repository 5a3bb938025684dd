import { type DynamicModule, Module } from '@nestjs/common';
import { AnalyticsStore, Clock, MessageBus, StateStore } from '@quaymaster/ports';
import { DataSource } from 'typeorm';

/** Opened back ends of one process. A service lists those that it uses; whoever opened them closes them after the application. */
export interface Backends {
  readonly clock: Clock;
  readonly bus: MessageBus;
  readonly state?: StateStore;
  readonly analytics?: AnalyticsStore;
  readonly database?: DataSource;
}

/** Makes the back ends injectable under their ports' names, everywhere in the application. */
@Module({})
export class BackendsModule {
  static forRoot({ clock, bus, state, analytics, database }: Backends): DynamicModule {
    const opened: readonly (readonly [unknown, unknown])[] = [
      [Clock, clock], [MessageBus, bus], [StateStore, state], [AnalyticsStore, analytics], [DataSource, database],
    ];
    // A factory, because Nest would otherwise look into the value for properties of its own.
    const providers = opened.filter(([, value]) => value !== undefined).map(([provide, value]) => ({ provide: provide as typeof Clock, useFactory: () => value }));
    return { module: BackendsModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
