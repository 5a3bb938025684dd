import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  conflicts, connections, deviations, frames, heartbeats, operatorRequests, stopRequests, vehicleModels, type Conflict, type Connection, type Deviation, type Frame,
  type Heartbeat, type OperatorRequest, type StopRequest, type VehicleModelMessage,
} from '@quaymaster/messages';
import { OnTopic } from '@quaymaster/nest-platform';
import { Clock, type Delivery } from '@quaymaster/ports';
import { SchedulerService } from './scheduler.service';

/** Work: each message is acted on once for the site, and those of a time without a scheduler are acted on afterwards. */
const GROUP = 'scheduling';
/** What a scheduler must know, kept in memory alone: whoever takes over reads all of it for itself, compacted topics from their beginning and the others from now. */
export const schedulingStateGroup = `${GROUP}-state`;

/** What the scheduler hears on the bus. */
@Controller()
export class SchedulingController {
  constructor(private readonly service: SchedulerService, private readonly clock: Clock) {}

  @OnTopic(frames, schedulingStateGroup, { maxBatch: 256, newestOnly: true })
  async onFrames(@Payload() batch: readonly Delivery<Frame>[]): Promise<void> {
    for (const { message } of batch) this.service.scheduler.picture.report(message);
  }

  @OnTopic(connections, schedulingStateGroup)
  async onConnections(@Payload() batch: readonly Delivery<Connection>[]): Promise<void> {
    for (const { message } of batch) this.service.scheduler.picture.connect(message);
  }

  @OnTopic(vehicleModels, schedulingStateGroup)
  async onModels(@Payload() batch: readonly Delivery<VehicleModelMessage>[]): Promise<void> {
    for (const { message } of batch) this.service.learnModel(message);
  }

  @OnTopic(heartbeats, schedulingStateGroup)
  async onHeartbeats(@Payload() batch: readonly Delivery<Heartbeat>[]): Promise<void> {
    for (const { message } of batch) this.service.predictors.hear(message);
  }

  @OnTopic(conflicts, GROUP)
  async onConflicts(@Payload() batch: readonly Delivery<Conflict>[]): Promise<void> {
    for (const { message } of batch) this.service.scheduler.alarms.conflict(message, this.clock.monotonicMs());
  }

  @OnTopic(deviations, GROUP)
  async onDeviations(@Payload() batch: readonly Delivery<Deviation>[]): Promise<void> {
    const { alarms, incidents } = this.service.scheduler;
    for (const { message } of batch) {
      const atFault = alarms.deviation(message, this.clock.monotonicMs());
      if (atFault === null) continue;
      incidents.accuse(atFault, this.clock.nowMs());
      if (message.kind === 'lost' && message.phase === 'opened') this.service.scheduler.raise(alarms.lost(message), this.clock.nowMs());
    }
    this.service.kick();
  }

  @OnTopic(stopRequests, GROUP)
  async onStopRequests(@Payload() batch: readonly Delivery<StopRequest>[]): Promise<void> {
    for (const { message } of batch) if (message.source !== 'scheduler') this.service.scheduler.stopAsked(message, this.clock.nowMs());
    this.service.kick();
  }

  @OnTopic(operatorRequests, GROUP)
  async onRequests(@Payload() batch: readonly Delivery<OperatorRequest>[]): Promise<void> {
    for (const { message } of batch) await this.service.handle(message);
  }
}
