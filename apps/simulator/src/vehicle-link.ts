import { connectMqtt } from '@quaymaster/mqtt';
import { vehicleTopics, type WireAcknowledgement, type WireConnection } from '@quaymaster/telemetry';

type Client = Awaited<ReturnType<typeof connectMqtt>>;

export interface LinkIdentity {
  readonly brokerUrl: string;
  readonly vehicleId: string;
  readonly password: string;
  readonly modelId: string;
}

export interface LinkListener {
  onCommand(payload: string): void;
  onLease(payload: string): void;
}

/** One boot's connection to the broker: its own credentials, its last will, and its words. */
export class VehicleLink {
  /** While set nothing is sent or heard, and the socket stays as it is. */
  silent = false;

  private constructor(
    private readonly client: Client, private readonly identity: LinkIdentity, readonly bootId: number, private readonly nowMs: () => number,
  ) {}

  /** Connects, listens and says ONLINE, and again after each reconnect. @throws when the broker refuses or is not there */
  static async open(identity: LinkIdentity, bootId: number, nowMs: () => number, listener: LinkListener): Promise<VehicleLink> {
    const { vehicleId, password, brokerUrl } = identity;
    const will = { topic: vehicleTopics.connection(vehicleId), payload: JSON.stringify(word(identity, bootId, 'CONNECTION_BROKEN', nowMs())), retain: true };
    const client = await connectMqtt({ url: brokerUrl, clientId: vehicleId, username: vehicleId, password, will });
    const link = new VehicleLink(client, identity, bootId, nowMs);
    client.on('message', (topic, payload) => {
      if (link.silent) return;
      if (topic === vehicleTopics.command(vehicleId)) listener.onCommand(payload.toString('utf8'));
      else if (topic === vehicleTopics.lease(vehicleId)) listener.onLease(payload.toString('utf8'));
    });
    await client.subscribeAsync([vehicleTopics.command(vehicleId), vehicleTopics.lease(vehicleId)], { qos: 1 });
    await link.say('ONLINE');
    client.on('connect', () => { link.say('ONLINE').catch(() => undefined); });
    return link;
  }

  /** Returns whether the frame left the vehicle. */
  frame(bytes: Uint8Array): boolean {
    if (this.silent || !this.client.connected) return false;
    this.client.publish(vehicleTopics.frame(this.identity.vehicleId), Buffer.from(bytes), { qos: 0 });
    return true;
  }

  /** A lost acknowledgement is asked for again by the resend of its command. */
  acknowledge(ack: WireAcknowledgement): void {
    if (this.silent || !this.client.connected) return;
    this.client.publish(vehicleTopics.acknowledgement(this.identity.vehicleId), JSON.stringify(ack), { qos: 1 });
  }

  /** Leaves in good order; no last will. */
  async close(): Promise<void> {
    // Without a broker nothing that is under way will ever be confirmed.
    const cut = new Promise<void>((resolve) => { this.client.once('close', resolve); });
    if (!this.silent && this.client.connected) await Promise.race([this.say('OFFLINE'), cut]);
    await Promise.race([this.client.endAsync(!this.client.connected), cut]);
    await this.client.endAsync(true);
  }

  /** Cuts the connection as a dead computer does; the broker speaks the last will. */
  async cut(): Promise<void> {
    this.silent = true;
    await this.client.endAsync(true);
  }

  private async say(state: WireConnection['state']): Promise<void> {
    if (this.silent) return;
    const { identity, bootId } = this;
    await this.client.publishAsync(vehicleTopics.connection(identity.vehicleId), JSON.stringify(word(identity, bootId, state, this.nowMs())), { qos: 1, retain: true });
  }
}

function word({ vehicleId, modelId }: LinkIdentity, bootId: number, state: WireConnection['state'], atMs: number): WireConnection {
  return { vehicleId, bootId, modelId, state, atMs };
}
