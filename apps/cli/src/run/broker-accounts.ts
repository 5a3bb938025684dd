import { VehicleAccounts } from '@quaymaster/feature-fleet-api';
import { DynamicSecurity } from '@quaymaster/mqtt';
import type { MqttClient } from 'mqtt';

/** Accounts of a Mosquitto broker with its dynamic security plugin. */
export class BrokerAccounts extends VehicleAccounts {
  private constructor(private readonly security: DynamicSecurity) {
    super();
  }

  /** @param client of a user who may administer the broker */
  static async over(client: MqttClient): Promise<BrokerAccounts> {
    return new BrokerAccounts(await DynamicSecurity.over(client));
  }

  admit(vehicleId: string, password: string): Promise<void> {
    return this.security.putVehicle(vehicleId, password);
  }

  withdraw(vehicleId: string): Promise<void> {
    return this.security.removeVehicle(vehicleId);
  }
}
