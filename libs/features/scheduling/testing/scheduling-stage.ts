import { setImmediate } from 'node:timers/promises';
import { type INestApplication, Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  commands, frames, incidents, missions, operatorRequests, requestResults, stopRequests, vehicleModels, vehicleStatuses, type Command, type Incident, type Mission,
  type OperatorRequest, type RequestResult, type StopRequest, type VehicleStatus,
} from '@quaymaster/messages';
import { BusServer } from '@quaymaster/nest-platform';
import { Clock, MessageBus } from '@quaymaster/ports';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { DataSource } from 'typeorm';
import { Planner } from '../src/planning/planner';
import { SchedulingConfig } from '../src/scheduling.config';
import { SchedulingModule } from '../src/scheduling.module';
import { InProcessPlanner } from './in-process-planner';
import { agv, type ObedientVehicle } from './obedient-vehicle';

const STEP_MS = 200;
/** More transactions than follow from one message: its answer, the decision, the outbox. */
const ROUNDS = 8;

type MovableClock = Clock & { advance(durationMs: number): void };

@Module({})
class StageAdapters {}

/** The scheduler as a Nest application on a bus, a store and a clock that the test brings, with vehicles that report and obey. */
export class SchedulingStage {
  readonly commands: Command[] = [];
  readonly stops: StopRequest[] = [];
  readonly results: RequestResult[] = [];
  readonly missions: Mission[] = [];
  readonly incidents: Incident[] = [];
  readonly statuses = new Map<string, VehicleStatus>();
  readonly vehicles: ObedientVehicle[] = [];
  private app!: INestApplication;

  private constructor(readonly bus: MessageBus, readonly clock: MovableClock, private readonly database: DataSource) {}

  static async open(
    map: VirtualMap, bus: MessageBus, clock: MovableClock, database: DataSource, vehicles: readonly ObedientVehicle[], env: Readonly<Record<string, string>> = {},
  ): Promise<SchedulingStage> {
    const stage = new SchedulingStage(bus, clock, database);
    stage.vehicles.push(...vehicles);
    const providers = [{ provide: MessageBus, useValue: bus }, { provide: Clock, useValue: clock }, { provide: DataSource, useValue: database }];
    const module = await Test.createTestingModule({
      imports: [{ module: StageAdapters, global: true, providers, exports: providers }, SchedulingModule.forRoot({ config: SchedulingConfig.from(env), map })],
    }).overrideProvider(Planner).useValue(new InProcessPlanner(map)).compile();
    stage.app = module.createNestApplication(new FastifyAdapter());
    stage.app.useLogger(false);
    stage.app.connectMicroservice({ strategy: new BusServer(bus) });
    await stage.app.init();
    await stage.app.startAllMicroservices();
    await stage.listen();
    await bus.publish(vehicleModels, agv.id, agv);
    await stage.report();
    return stage;
  }

  /** Lets time pass, one tick of the scheduler at a time; vehicles report before each. */
  async run(durationS: number): Promise<void> {
    for (let atMs = 0; atMs < durationS * 1000; atMs += STEP_MS) {
      await this.report();
      this.clock.advance(STEP_MS);
      await this.settle();
    }
  }

  async ask(requestId: string, body: OperatorRequest['body'], actor = 'anna'): Promise<void> {
    await this.bus.publish(operatorRequests, requestId, { requestId, actor, requestedAtMs: this.clock.nowMs(), body });
    await this.settle();
  }

  /** What `commands` carried of one kind. */
  commandsOf(kind: Command['params']['kind']): Command[] {
    return this.commands.filter(({ params }) => params.kind === kind);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.bus.close();
  }

  /**
   * Lets deliveries and ticks that are under way end: a query waits its turn behind the transaction that is running. It does not wait for the bus to be
   * idle, for that is never so while a delivery waits for its next try.
   */
  async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      await setImmediate();
      await this.database.query('SELECT 1');
    }
  }

  private async report(): Promise<void> {
    for (const vehicle of this.vehicles) await this.bus.publish(frames, vehicle.id, vehicle.report(this.clock.nowMs()));
    await setImmediate();
  }

  private async listen(): Promise<void> {
    const { bus } = this;
    await bus.subscribe(commands, 'stage', async (batch) => {
      for (const { message } of batch) {
        this.commands.push(message);
        this.vehicles.find(({ id }) => id === message.vehicleId)?.obey(message);
      }
    });
    await bus.subscribe(stopRequests, 'stage', async (batch) => {
      for (const { message } of batch) {
        this.stops.push(message);
        for (const vehicle of this.vehicles) vehicle.heed(message);
      }
    });
    const take = <T>(into: T[]) => async (batch: readonly { message: T }[]) => { into.push(...batch.map(({ message }) => message)); };
    await bus.subscribe(requestResults, 'stage', take(this.results));
    await bus.subscribe(missions, 'stage', take(this.missions));
    await bus.subscribe(incidents, 'stage', take(this.incidents));
    await bus.subscribe(vehicleStatuses, 'stage', async (batch) => { for (const { message } of batch) this.statuses.set(message.vehicleId, message); });
  }
}
