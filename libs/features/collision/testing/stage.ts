import {
  conflicts, connections, deviations, frames, heartbeats, plans, stopRequests, vehicleModels, type Conflict, type Connection, type Deviation, type Heartbeat,
  type StopRequest,
} from '@quaymaster/messages';
import type { Clock, MessageBus } from '@quaymaster/ports';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { Registry } from 'prom-client';
import type { CollisionCounters } from '../src/collision-counters';
import { type Actor, agv, tractor } from './actor';
import { Predictor } from './predictor';

const STEP_MS = 20;
const FRAME_STEPS = 5;
/** From a stop request to brakes. */
const OBEYS_AFTER_MS = 300;

type MovableClock = Clock & { advance(durationMs: number): void };

/** The predictor on the in-memory bus and a clock that the test moves, with vehicles that obey stops. */
export class Stage {
  readonly conflicts: Conflict[] = [];
  readonly deviations: Deviation[] = [];
  readonly stops: StopRequest[] = [];
  readonly heartbeats: Heartbeat[] = [];
  /** Least distance of any two vehicles so far [m]. */
  leastGapM = Infinity;
  obeys = true;
  /** Gaps of all pairs at every step take longer than the prediction. */
  measuresGaps = true;
  private readonly actors: Actor[] = [];
  private readonly obeyAtMs = new Map<string, number>();
  private steps = 0;
  private readonly predictors = new Map<string, Predictor>();

  private constructor(
    private readonly map: VirtualMap, readonly bus: MessageBus, readonly clock: MovableClock, private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param instances names of those that are at work at the beginning; one without a name is alone for good */
  static async open(
    map: VirtualMap, bus: MessageBus, clock: MovableClock, env: Readonly<Record<string, string>> = {}, instances: readonly string[] = [''],
  ): Promise<Stage> {
    const stage = new Stage(map, bus, clock, env);
    const take = <T>(into: T[]) => async (batch: readonly { message: T }[]) => { into.push(...batch.map(({ message }) => message)); };
    await bus.subscribe(conflicts, 'test', take(stage.conflicts));
    await bus.subscribe(deviations, 'test', take(stage.deviations));
    await bus.subscribe(stopRequests, 'test', take(stage.stops));
    await bus.subscribe(heartbeats, 'test', take(stage.heartbeats));
    for (const model of [agv, tractor]) await bus.publish(vehicleModels, model.id, { ...model, parts: model.parts.map((part) => ({ ...part, contourM: [...part.contourM] })) });
    for (const instance of instances) await stage.join(instance);
    await bus.idle();
    return stage;
  }

  get counters(): CollisionCounters {
    return this.predictor('').counters;
  }

  get registry(): Registry {
    return this.predictor('').registry;
  }

  predictor(instance: string): Predictor {
    return this.predictors.get(instance)!;
  }

  /** Starts an instance; one with a name is at work when it has listened to the others. */
  async join(instance: string): Promise<void> {
    const predictor = await Predictor.open(this.map, this.bus, this.clock, this.env, instance);
    this.predictors.set(instance, predictor);
    if (instance !== '') void predictor.presence.join();
  }

  /** Has an instance hand over; it is closed when it has done so. */
  leave(instance: string): Promise<void> {
    const predictor = this.predictor(instance);
    return predictor.presence.handOver().then(async () => {
      this.predictors.delete(instance);
      await predictor.close();
    });
  }

  async kill(instance: string): Promise<void> {
    const predictor = this.predictor(instance);
    this.predictors.delete(instance);
    await predictor.die();
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
      if (this.measuresGaps) for (const [i, a] of this.actors.entries()) for (const b of this.actors.slice(i + 1)) this.leastGapM = Math.min(this.leastGapM, a.gapTo(b));
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
    for (const predictor of this.predictors.values()) await predictor.close();
    await this.bus.close();
  }
}
