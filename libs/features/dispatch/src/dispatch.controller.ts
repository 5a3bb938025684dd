import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  commands, connections, frames, heartbeats, stopRequests, type Command, type Connection, type Frame, type Heartbeat, type StopRequest,
} from '@quaymaster/messages';
import { OnTopic, Peers } from '@quaymaster/nest-platform';
import type { Delivery } from '@quaymaster/ports';
import { CommandDispatcher } from './command-dispatcher.service';
import { LeaseKeeper } from './lease-keeper.service';

/** Work: each message is carried out once, and what came while nobody dispatched is carried out, or expires, afterwards. */
const GROUP = 'dispatch';
/** State of the moment, kept in memory alone: of use to whoever hears it now, and to nobody later. */
export const dispatchStateGroup = `${GROUP}-state`;

/** What dispatch hears on the bus. */
@Controller()
export class DispatchController {
  constructor(private readonly dispatcher: CommandDispatcher, private readonly leases: LeaseKeeper, private readonly peers: Peers) {}

  @OnTopic(commands, GROUP, { maxBatch: 64 })
  async onCommands(@Payload() batch: readonly Delivery<Command>[]): Promise<void> {
    await this.dispatcher.dispatch(batch.map((delivery) => delivery.message));
  }

  /** Every instance sends every stop: what Kafka gives to one of several waits for seconds when that one dies. The store is not waited for. */
  @OnTopic(stopRequests, dispatchStateGroup, { maxBatch: 64 })
  async onStopRequests(@Payload() batch: readonly Delivery<StopRequest>[]): Promise<void> {
    for (const { message } of batch) this.dispatcher.sendStop(message);
  }

  /** The way on which none is lost: one instance stores it, and sends it if it came while nobody listened. */
  @OnTopic(stopRequests, GROUP)
  async onStopsToStore(@Payload() batch: readonly Delivery<StopRequest>[]): Promise<void> {
    for (const { message } of batch) await this.dispatcher.storeStop(message);
  }

  @OnTopic(frames, dispatchStateGroup, { maxBatch: 64, newestOnly: true })
  async onFrames(@Payload() batch: readonly Delivery<Frame>[]): Promise<void> {
    for (const { message } of batch) this.dispatcher.report(message);
  }

  @OnTopic(connections, dispatchStateGroup)
  async onConnections(@Payload() batch: readonly Delivery<Connection>[]): Promise<void> {
    for (const { message } of batch) this.dispatcher.connect(message);
  }

  /** Declared, and so subscribed to, last: no lease is renewed by a dispatch that does not hear stops yet. */
  @OnTopic(heartbeats, dispatchStateGroup)
  async onHeartbeats(@Payload() batch: readonly Delivery<Heartbeat>[]): Promise<void> {
    for (const { message } of batch) {
      this.leases.hear(message);
      this.peers.hear(message);
    }
  }
}
