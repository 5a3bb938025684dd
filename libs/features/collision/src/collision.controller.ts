import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  connections, frames, plans, vehicleModels, type Connection, type Frame, type RunningPlan, type VehicleModelMessage,
} from '@quaymaster/messages';
import { OnTopic } from '@quaymaster/nest-platform';
import type { Delivery } from '@quaymaster/ports';
import { AlarmLine } from './alarm-line.service';
import { CollisionMonitor } from './collision-monitor.service';

const GROUP = 'collision';

/** What the predictor hears on the bus. */
@Controller()
export class CollisionController {
  constructor(private readonly monitor: CollisionMonitor, private readonly line: AlarmLine) {}

  @OnTopic(frames, GROUP, { maxBatch: 64 })
  async onFrames(@Payload() batch: readonly Delivery<Frame>[]): Promise<void> {
    for (const { message } of batch) this.monitor.report(message);
    await this.line.drained();
  }

  @OnTopic(plans, GROUP, { maxBatch: 64 })
  async onPlans(@Payload() batch: readonly Delivery<RunningPlan>[]): Promise<void> {
    for (const { message } of batch) this.monitor.learnPlan(message);
    await this.line.drained();
  }

  @OnTopic(vehicleModels, GROUP)
  async onModels(@Payload() batch: readonly Delivery<VehicleModelMessage>[]): Promise<void> {
    for (const { message } of batch) this.monitor.learnModel(message);
  }

  @OnTopic(connections, GROUP)
  async onConnections(@Payload() batch: readonly Delivery<Connection>[]): Promise<void> {
    for (const { message } of batch) this.monitor.connect(message);
    await this.line.drained();
  }
}
