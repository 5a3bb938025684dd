import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  conflicts, connections, deviations, frames, heartbeats, plans, vehicleModels, type Conflict, type Connection, type Deviation, type Frame, type Heartbeat, type RunningPlan,
  type VehicleModelMessage,
} from '@quaymaster/messages';
import { OnTopic } from '@quaymaster/nest-platform';
import type { Delivery } from '@quaymaster/ports';
import { AlarmLine } from './alarm-line.service';
import { CollisionMonitor } from './collision-monitor.service';

/** The world as the predictor sees it, kept in memory alone: every instance hears everything, plans and models from their beginning. */
export const collisionGroup = 'collision';

/** What the predictor hears on the bus. */
@Controller()
export class CollisionController {
  constructor(private readonly monitor: CollisionMonitor, private readonly line: AlarmLine) {}

  @OnTopic(frames, collisionGroup, { maxBatch: 64, newestOnly: true })
  async onFrames(@Payload() batch: readonly Delivery<Frame>[]): Promise<void> {
    for (const { message } of batch) this.monitor.report(message);
    await this.line.drained();
  }

  @OnTopic(plans, collisionGroup, { maxBatch: 64 })
  async onPlans(@Payload() batch: readonly Delivery<RunningPlan>[]): Promise<void> {
    for (const { message } of batch) this.monitor.learnPlan(message);
    await this.line.drained();
  }

  @OnTopic(vehicleModels, collisionGroup)
  async onModels(@Payload() batch: readonly Delivery<VehicleModelMessage>[]): Promise<void> {
    for (const { message } of batch) this.monitor.learnModel(message);
  }

  @OnTopic(connections, collisionGroup)
  async onConnections(@Payload() batch: readonly Delivery<Connection>[]): Promise<void> {
    for (const { message } of batch) this.monitor.connect(message);
    await this.line.drained();
  }

  @OnTopic(heartbeats, collisionGroup)
  async onHeartbeats(@Payload() batch: readonly Delivery<Heartbeat>[]): Promise<void> {
    for (const { message } of batch) this.monitor.hearPeer(message);
  }

  // What these two lead to goes to their own topics: to wait for it here would be to wait for oneself when the bus is full.
  @OnTopic(conflicts, collisionGroup, { maxBatch: 64 })
  async onConflicts(@Payload() batch: readonly Delivery<Conflict>[]): Promise<void> {
    for (const { message, header } of batch) this.monitor.hearConflict(message, AlarmLine.instanceOf(header));
  }

  @OnTopic(deviations, collisionGroup, { maxBatch: 64 })
  async onDeviations(@Payload() batch: readonly Delivery<Deviation>[]): Promise<void> {
    for (const { message, header } of batch) this.monitor.hearDeviation(message, AlarmLine.instanceOf(header));
  }
}
