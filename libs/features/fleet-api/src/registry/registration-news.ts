import { Injectable, Logger } from '@nestjs/common';
import { vehicleRegistrations } from '@quaymaster/messages';
import { Clock, MessageBus } from '@quaymaster/ports';
import type { RegisteredVehicle } from './registry.store';

/** Tells the bus which vehicles may report. What the bus does not take is told again at the next look. */
@Injectable()
export class RegistrationNews {
  private readonly log = new Logger(RegistrationNews.name);
  private readonly told = new Map<string, RegisteredVehicle>();

  constructor(private readonly bus: MessageBus, private readonly clock: Clock) {}

  /** Publishes what has changed since it was told last, all of it the first time. Never rejects. */
  async tell(vehicles: Iterable<RegisteredVehicle>): Promise<void> {
    const gone = new Map(this.told);
    const news: Promise<void>[] = [];
    for (const vehicle of vehicles) {
      gone.delete(vehicle.vehicleId);
      const before = this.told.get(vehicle.vehicleId);
      if (before?.modelId !== vehicle.modelId || before.createdAtMs !== vehicle.createdAtMs) news.push(this.publish(vehicle, null));
    }
    for (const vehicle of gone.values()) news.push(this.publish(vehicle, this.clock.nowMs()));
    const failure = (await Promise.allSettled(news)).find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) this.log.warn(`registrations were not published and will be again: ${String(failure.reason)}`);
  }

  private async publish(vehicle: RegisteredVehicle, removedAtMs: number | null): Promise<void> {
    const { vehicleId, modelId, createdAtMs } = vehicle;
    const before = this.told.get(vehicleId);
    if (removedAtMs === null) this.told.set(vehicleId, vehicle);
    else this.told.delete(vehicleId);
    try {
      await this.bus.publish(vehicleRegistrations, vehicleId, { vehicleId, modelId, registeredAtMs: createdAtMs, removedAtMs });
    } catch (error) {
      if (before === undefined) this.told.delete(vehicleId);
      else this.told.set(vehicleId, before);
      throw error;
    }
  }
}
