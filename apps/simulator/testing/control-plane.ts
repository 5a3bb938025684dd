import { connectMqtt, EmbeddedBroker } from '@quaymaster/mqtt';
import {
  decodeFrame, fleetFilters, parseVehicleTopic, vehicleTopics, wireAcknowledgementSchema, wireConnectionSchema, type WireAcknowledgement, type WireCommand,
  type WireConnection, type WireFrame,
} from '@quaymaster/telemetry';

type Params = WireCommand['params'];
interface Waiter { readonly done: () => boolean; readonly resolve: () => void }

/** A real broker and the cloud's end of it, for tests: what vehicles say is collected, and waited for by events. */
export class ControlPlane {
  readonly frames: WireFrame[] = [];
  readonly acknowledgements: WireAcknowledgement[] = [];
  readonly connections: WireConnection[] = [];
  private readonly waiters = new Set<Waiter>();
  private serial = 0;

  private constructor(readonly broker: EmbeddedBroker, private readonly client: Awaited<ReturnType<typeof connectMqtt>>) {}

  static async start(passwords: ReadonlyMap<string, string>): Promise<ControlPlane> {
    const broker = await EmbeddedBroker.start({
      host: '127.0.0.1', port: 0,
      authenticate: async (username, password) => {
        if (username === 'cloud') return { kind: 'service', name: 'cloud' };
        return passwords.get(username) === password ? { kind: 'vehicle', vehicleId: username } : null;
      },
    });
    const client = await connectMqtt({ url: `mqtt://127.0.0.1:${broker.port}`, clientId: 'cloud', username: 'cloud', password: '' });
    const plane = new ControlPlane(broker, client);
    client.on('message', (topic, payload) => { plane.hear(topic, payload); });
    await client.subscribeAsync(Object.values(fleetFilters), { qos: 1 });
    return plane;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.broker.port}`;
  }

  async stop(): Promise<void> {
    await this.client.endAsync();
    await this.broker.close();
  }

  /** Sends a command with the next sequence and returns its id. */
  async command(vehicleId: string, params: Params, change: Partial<WireCommand> = {}): Promise<string> {
    this.serial += 1;
    const command: WireCommand = { commandId: `${params.kind}-${this.serial}`, sequence: this.serial, epoch: 1, issuedAtMs: 0, ttlMs: 5000, params, ...change };
    await this.client.publishAsync(vehicleTopics.command(vehicleId), JSON.stringify(command), { qos: 1 });
    return command.commandId;
  }

  async lease(vehicleId: string, sequence: number, ttlMs = 3000, epoch = 1): Promise<void> {
    await this.client.publishAsync(vehicleTopics.lease(vehicleId), JSON.stringify({ epoch, sequence, ttlMs }), { qos: 0 });
  }

  async raw(topic: string, payload: string): Promise<void> {
    await this.client.publishAsync(topic, payload, { qos: 1 });
  }

  /** States that a command was acknowledged with, in order. */
  ladder(commandId: string): WireAcknowledgement['state'][] {
    return this.acknowledgements.filter((ack) => ack.commandId === commandId).map((ack) => ack.state);
  }

  /** Resolves when the condition holds, looked at after each message. */
  until(done: () => boolean): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => { this.waiters.add({ done, resolve }); });
  }

  private hear(topic: string, payload: Buffer): void {
    const channel = parseVehicleTopic(topic)?.channel;
    if (channel === 'frame') {
      const decoded = decodeFrame(payload);
      if (decoded.kind === 'refused') throw new Error(`a vehicle sent a bad frame: ${decoded.because}`);
      this.frames.push(decoded.frame);
    } else if (channel === 'ack') this.acknowledgements.push(wireAcknowledgementSchema.parse(JSON.parse(payload.toString('utf8'))));
    else if (channel === 'connection') this.connections.push(wireConnectionSchema.parse(JSON.parse(payload.toString('utf8'))));
    for (const waiter of this.waiters) {
      if (!waiter.done()) continue;
      this.waiters.delete(waiter);
      waiter.resolve();
    }
  }
}
