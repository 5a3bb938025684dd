import { type INestApplication, Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  conflicts, connections, deviations, frames, heartbeats, plans, stopRequests, vehicleModels, type Conflict, type Connection, type Deviation, type Heartbeat,
  type StopRequest,
} from '@quaymaster/messages';
import { BusServer } from '@quaymaster/nest-platform';
import { Clock, MessageBus } from '@quaymaster/ports';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { Registry } from 'prom-client';
import { CollisionConfig } from '../src/collision.config';
import { CollisionCounters } from '../src/collision-counters';
import { CollisionModule } from '../src/collision.module';
import { type Actor, agv, tractor } from './actor';

const STEP_MS = 20;
const FRAME_STEPS = 5;
/** From a stop request to brakes. */
const OBEYS_AFTER_MS = 300;

type MovableClock = Clock & { advance(durationMs: number): void };

@Module({})
class StageAdapters {}

/** The predictor as a Nest application on the in-memory bus and a clock that the test moves, with vehicles that obey stops. */
export class Stage {
  readonly conflicts: Conflict[] = [];
  readonly deviations: Deviation[] = [];
  readonly stops: StopRequest[] = [];
  readonly heartbeats: Heartbeat[] = [];
  readonly registry = new Registry();
  /** Least distance of any two vehicles so far [m]. */
  leastGapM = Infinity;
  obeys = true;
  private readonly actors: Actor[] = [];
  private readonly obeyAtMs = new Map<string, number>();
  private steps = 0;
  private app!: INestApplication;

  private constructor(readonly bus: MessageBus, readonly clock: MovableClock) {}

  static async open(map: VirtualMap, bus: MessageBus, clock: MovableClock, env: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const stage = new Stage(bus, clock);
    const providers = [{ provide: MessageBus, useValue: bus }, { provide: Clock, useValue: clock }, { provide: Registry, useValue: stage.registry }];
    const module = await Test.createTestingModule({
      imports: [{ module: StageAdapters, global: true, providers, exports: providers }, CollisionModule.forRoot({ config: CollisionConfig.from(env), map })],
    }).compile();
    stage.app = module.createNestApplication(new FastifyAdapter());
    stage.app.useLogger(false);
    stage.app.connectMicroservice({ strategy: new BusServer(bus) });
    await stage.app.init();
    await stage.app.startAllMicroservices();
    const take = <T>(into: T[]) => async (batch: readonly { message: T }[]) => { into.push(...batch.map(({ message }) => message)); };
    await bus.subscribe(conflicts, 'test', take(stage.conflicts));
    await bus.subscribe(deviations, 'test', take(stage.deviations));
    await bus.subscribe(stopRequests, 'test', take(stage.stops));
    await bus.subscribe(heartbeats, 'test', take(stage.heartbeats));
    for (const model of [agv, tractor]) await bus.publish(vehicleModels, model.id, { ...model, parts: model.parts.map((part) => ({ ...part, contourM: [...part.contourM] })) });
    await bus.idle();
    return stage;
  }

  get counters(): CollisionCounters {
    return this.app.get(CollisionCounters);
  }

  async enter(...actors: Actor[]): Promise<void> {
    for (const actor of actors) {
      this.actors.push(actor);
      await this.bus.publish(plans, actor.vehicleId, { ...actor.plan, publishedAtMs: this.clock.nowMs() });
    }
    await this.bus.idle();
  }

  /** Lets time pass in steps of 20 ms; each vehicle reports every 100 ms, each at its own beat. */
  async run(durationS: number, each: () => void = () => undefined): Promise<void> {
    for (let elapsedMs = 0; elapsedMs < durationS * 1000; elapsedMs += STEP_MS) {
      this.clock.advance(STEP_MS);
      this.steps += 1;
      each();
      const nowMs = this.clock.nowMs();
      for (const [i, actor] of this.actors.entries()) {
        if (this.obeys && nowMs >= (this.obeyAtMs.get(actor.vehicleId) ?? Infinity)) actor.stopped = true;
        actor.step(STEP_MS / 1000);
        if (actor.connected && (this.steps + i) % FRAME_STEPS === 0) await this.bus.publish(frames, actor.vehicleId, actor.frame(nowMs));
      }
      for (const [i, a] of this.actors.entries()) for (const b of this.actors.slice(i + 1)) this.leastGapM = Math.min(this.leastGapM, a.gapTo(b));
      await this.bus.idle();
      for (const stop of this.stops) {
        for (const id of stop.vehicleIds) if (!this.obeyAtMs.has(id)) this.obeyAtMs.set(id, stop.requestedAtMs + OBEYS_AFTER_MS);
      }
    }
  }

  async disconnect(actor: Actor, state: Connection['state']): Promise<void> {
    actor.connected = false;
    await this.bus.publish(connections, actor.vehicleId, {
      vehicleId: actor.vehicleId, bootId: actor.bootId, modelId: actor.model.id, state, atMs: this.clock.nowMs(),
    });
    await this.bus.idle();
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.bus.close();
  }
}
