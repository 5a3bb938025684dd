import { Injectable, Logger } from '@nestjs/common';
import { subscribeAtStart } from '@quaymaster/nest-platform';
import { fleetFilters, parseVehicleTopic, wireAcknowledgementSchema, type WireAcknowledgement } from '@quaymaster/telemetry';
import type { MqttClient } from 'mqtt';

/** Dispatch's end of the vehicle broker. */
@Injectable()
export class VehicleLink {
  private readonly log = new Logger(VehicleLink.name);

  constructor(private readonly mqtt: MqttClient) {}

  /** Hands bytes to the broker. A lost publication is the resender's business, so nothing is awaited. */
  publish(topic: string, payload: string, qos: 0 | 1): void {
    if (!this.mqtt.connected) return;
    this.mqtt.publish(topic, payload, { qos }, (error) => {
      if (error) this.log.warn(`${topic}: ${error.message}`);
    });
  }

  async listen(onAcknowledgement: (ack: WireAcknowledgement) => void): Promise<void> {
    this.mqtt.on('message', (topic, payload) => {
      const address = parseVehicleTopic(topic);
      if (address?.channel !== 'ack') return;
      const ack = this.parse(payload);
      // The broker vouches for the topic only: a payload that names another vehicle is not believed.
      if (ack === null || ack.vehicleId !== address.vehicleId) {
        this.log.warn(`QM_ACK_INVALID: acknowledgement on ${topic} refused`);
        return;
      }
      onAcknowledgement(ack);
    });
    await subscribeAtStart(this.mqtt, [fleetFilters.acknowledgements]);
  }

  private parse(payload: Buffer): WireAcknowledgement | null {
    try {
      const result = wireAcknowledgementSchema.safeParse(JSON.parse(payload.toString('utf8')));
      return result.success ? result.data : null;
    } catch {
      return null;
    }
  }
}
