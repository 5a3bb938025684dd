import { randomBytes, timingSafeEqual } from 'node:crypto';
import { connectMqtt, EmbeddedBroker, type Principal } from '@quaymaster/mqtt';
import type { MqttClient } from 'mqtt';

/** Says whether a vehicle's password is right. */
export type VehicleGate = (vehicleId: string, password: string) => Promise<boolean>;

/** The embedded vehicle broker with the services' own way in. */
export class VehicleBroker {
  private gate: VehicleGate = async () => false;

  private constructor(private readonly broker: EmbeddedBroker, private readonly host: string, private readonly secrets: ReadonlyMap<string, string>) {}

  /** Services get secrets that live as long as the process. Vehicles are refused until `admit` says who may in. */
  static async start(host: string, port: number, services: readonly string[]): Promise<VehicleBroker> {
    const secrets = new Map(services.map((service) => [service, randomBytes(32).toString('base64url')]));
    const box: { broker?: VehicleBroker } = {};
    const embedded = await EmbeddedBroker.start({
      host, port, authenticate: async (username, password) => (box.broker === undefined ? null : box.broker.authenticate(username, password)),
    });
    box.broker = new VehicleBroker(embedded, host, secrets);
    return box.broker;
  }

  admit(gate: VehicleGate): void {
    this.gate = gate;
  }

  get port(): number {
    return this.broker.port;
  }

  get url(): string {
    return `mqtt://${this.host === '0.0.0.0' ? '127.0.0.1' : this.host}:${this.port}`;
  }

  connect(service: string): Promise<MqttClient> {
    const password = this.secrets.get(service);
    if (password === undefined) throw new RangeError(`${service} is not one of the broker's services`);
    return connectMqtt({ url: this.url, clientId: service, username: service, password });
  }

  close(): Promise<void> {
    return this.broker.close();
  }

  private async authenticate(username: string, password: string): Promise<Principal | null> {
    const secret = this.secrets.get(username);
    if (secret !== undefined) return isSame(secret, password) ? { kind: 'service', name: username } : null;
    return (await this.gate(username, password)) ? { kind: 'vehicle', vehicleId: username } : null;
  }
}

function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
