import { type INestApplication, Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Topic } from '@quaymaster/messages';
import { BusServer } from '@quaymaster/nest-platform';
import { Clock, type Delivery, MessageBus, type MessageHeader, type SubscribeOptions, type Subscription } from '@quaymaster/ports';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { Registry } from 'prom-client';
import { CollisionConfig } from '../src/collision.config';
import { CollisionCounters } from '../src/collision-counters';
import { CollisionModule } from '../src/collision.module';
import { Presence } from '../src/presence.service';

@Module({})
class PredictorAdapters {}

/**
 * One instance's way to the bus: its groups are its own, as broadcast groups are, and what they are sent after their end is nobody's. Cut off, it neither hears nor
 * is heard.
 */
class OwnBus extends MessageBus {
  isCut = false;

  constructor(private readonly bus: MessageBus, private readonly name: string) {
    super();
  }

  async publish<T>(topic: Topic<T>, key: string, message: T, header?: Partial<MessageHeader>): Promise<void> {
    if (!this.isCut) await this.bus.publish(topic, key, message, header);
  }

  async subscribe<T>(topic: Topic<T>, group: string, handle: (batch: readonly Delivery<T>[]) => Promise<void>, options?: SubscribeOptions): Promise<Subscription> {
    let isOver = false;
    await this.bus.subscribe(topic, `${group}-${this.name}`, async (batch) => { if (!this.isCut && !isOver) await handle(batch); }, options);
    return { close: async () => { isOver = true; } };
  }

  idle(): Promise<void> {
    return this.bus.idle();
  }

  close(): Promise<void> {
    return this.bus.close();
  }
}

/** One instance of the predictor as a Nest application. */
export class Predictor {
  private constructor(readonly instanceId: string, readonly registry: Registry, private readonly app: INestApplication, private readonly own: OwnBus) {}

  static async open(map: VirtualMap, bus: MessageBus, clock: Clock, env: Readonly<Record<string, string>>, instanceId = ''): Promise<Predictor> {
    const own = new OwnBus(bus, instanceId);
    const registry = new Registry();
    const providers = [{ provide: MessageBus, useValue: own }, { provide: Clock, useValue: clock }, { provide: Registry, useValue: registry }];
    const module = await Test.createTestingModule({
      imports: [
        { module: PredictorAdapters, global: true, providers, exports: providers },
        CollisionModule.forRoot({ config: CollisionConfig.from(env), map, ...(instanceId === '' ? {} : { instanceId }) }),
      ],
    }).compile();
    const app = module.createNestApplication(new FastifyAdapter());
    app.useLogger(false);
    app.connectMicroservice({ strategy: new BusServer(own) });
    await app.init();
    await app.startAllMicroservices();
    return new Predictor(instanceId, registry, app, own);
  }

  get counters(): CollisionCounters {
    return this.app.get(CollisionCounters);
  }

  get presence(): Presence {
    return this.app.get(Presence);
  }

  /** Ends as a process does that is killed: nothing is finished, nothing is said. */
  async die(): Promise<void> {
    this.own.isCut = true;
    await this.app.close();
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
