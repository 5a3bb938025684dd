import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  type Conflict, conflicts, type Connection, connections, type Deviation, deviations, type Frame, frames, type Heartbeat, heartbeats, type Incident, incidents, type Mission, missions, plans,
  type RequestResult, requestResults, type RunningPlan, type VehicleModelMessage, vehicleModels, type VehicleStatus, vehicleStatuses,
} from '@quaymaster/messages';
import { OnTopic } from '@quaymaster/nest-platform';
import type { Delivery } from '@quaymaster/ports';
import { RequestReconciler } from '../requests/request-reconciler.service';
import { AlarmExpiry } from './alarm-expiry.service';
import { FleetView } from './fleet-view.service';

/**
 * A group of its own for every start: each gateway needs the whole picture, compacted topics from their beginning, and the answers to its own requests, which
 * any instance's may be.
 */
export const fleetViewGroup = `gateway-${randomUUID().slice(0, 8)}`;
const BATCH = { maxBatch: 256 };

/** What the gateway hears on the bus. */
@Controller()
export class FleetViewController {
  constructor(private readonly view: FleetView, private readonly reconciler: RequestReconciler, private readonly expiry: AlarmExpiry) {}

  @OnTopic(vehicleModels, fleetViewGroup, BATCH)
  async onModels(@Payload() batch: readonly Delivery<VehicleModelMessage>[]): Promise<void> {
    for (const { message } of batch) this.view.model(message);
  }

  @OnTopic(vehicleStatuses, fleetViewGroup, BATCH)
  async onStatuses(@Payload() batch: readonly Delivery<VehicleStatus>[]): Promise<void> {
    for (const { message } of batch) this.view.status(message);
  }

  @OnTopic(plans, fleetViewGroup, BATCH)
  async onPlans(@Payload() batch: readonly Delivery<RunningPlan>[]): Promise<void> {
    for (const { message } of batch) this.view.plan(message);
  }

  @OnTopic(missions, fleetViewGroup, BATCH)
  async onMissions(@Payload() batch: readonly Delivery<Mission>[]): Promise<void> {
    for (const { message } of batch) this.view.mission(message);
  }

  @OnTopic(incidents, fleetViewGroup, BATCH)
  async onIncidents(@Payload() batch: readonly Delivery<Incident>[]): Promise<void> {
    for (const { message } of batch) this.view.incident(message);
  }

  @OnTopic(conflicts, fleetViewGroup, BATCH)
  async onConflicts(@Payload() batch: readonly Delivery<Conflict>[]): Promise<void> {
    for (const { message } of batch) this.view.conflict(message);
  }

  @OnTopic(deviations, fleetViewGroup, BATCH)
  async onDeviations(@Payload() batch: readonly Delivery<Deviation>[]): Promise<void> {
    for (const { message } of batch) this.view.deviation(message);
  }

  @OnTopic(heartbeats, fleetViewGroup)
  async onHeartbeats(@Payload() batch: readonly Delivery<Heartbeat>[]): Promise<void> {
    for (const { message } of batch) this.expiry.hear(message);
  }

  @OnTopic(connections, fleetViewGroup, BATCH)
  async onConnections(@Payload() batch: readonly Delivery<Connection>[]): Promise<void> {
    for (const { message } of batch) this.view.connection(message);
  }

  @OnTopic(frames, fleetViewGroup, { ...BATCH, newestOnly: true })
  async onFrames(@Payload() batch: readonly Delivery<Frame>[]): Promise<void> {
    for (const { message } of batch) this.view.frame(message);
  }

  @OnTopic(requestResults, fleetViewGroup)
  async onResults(@Payload() batch: readonly Delivery<RequestResult>[]): Promise<void> {
    for (const { message } of batch) await this.reconciler.accept(message);
  }
}
