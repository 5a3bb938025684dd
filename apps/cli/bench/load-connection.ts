import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { vehicleTopics, type WireAcknowledgement, type WireCommand, wireCommandSchema, type WireConnection } from '@quaymaster/telemetry';
import { generate, type IConnackPacket, type Packet, parser, type Parser } from 'mqtt-packet';

export interface LoadIdentity { readonly vehicleId: string; readonly password: string; readonly modelId: string; readonly bootId: number }

/**
 * A vehicle's connection to the broker, with as little work on this side as MQTT 3.1.1 allows: the machine that is measured carries the load too. Hears its
 * commands and leases as a vehicle does.
 */
export class LoadConnection {
  private readonly reader: Parser = parser();
  private packetId = 2;

  private constructor(private readonly socket: Socket, private readonly identity: LoadIdentity, private readonly onCommand: (command: WireCommand) => void) {}

  /** @throws when the broker refuses, or is not there */
  static async open(brokerUrl: string, identity: LoadIdentity, onCommand: (command: WireCommand) => void): Promise<LoadConnection> {
    const { hostname, port } = new URL(brokerUrl);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    const connection = new LoadConnection(socket, identity, onCommand);
    await connection.greet();
    return connection;
  }

  /** Sends a frame. */
  frame(bytes: Uint8Array): void {
    this.send({ cmd: 'publish', topic: vehicleTopics.frame(this.identity.vehicleId), payload: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), qos: 0, retain: false, dup: false });
  }

  acknowledge(commandId: string, nowMs: number): void {
    const { vehicleId, bootId } = this.identity;
    const word: WireAcknowledgement = { commandId, vehicleId, bootId, state: 'finished', because: '', atMs: nowMs };
    this.packetId = (this.packetId % 60_000) + 2;
    this.send({ cmd: 'publish', topic: vehicleTopics.acknowledgement(vehicleId), payload: JSON.stringify(word), qos: 1, messageId: this.packetId, retain: false, dup: false });
  }

  async close(): Promise<void> {
    if (this.socket.destroyed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  private async greet(): Promise<void> {
    const { vehicleId, password, modelId, bootId } = this.identity;
    const answers = new Map<string, (packet: Packet) => void>();
    const answer = (cmd: string): Promise<Packet> => new Promise((resolve) => { answers.set(cmd, resolve); });
    this.reader.on('packet', (packet) => {
      answers.get(packet.cmd)?.(packet);
      if (packet.cmd === 'publish') this.hear(packet);
    });
    this.socket.on('data', (bytes) => { this.reader.parse(bytes); });
    this.socket.on('error', () => undefined);
    const greeted = answer('connack');
    this.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: vehicleId, keepalive: 0, username: vehicleId, password: Buffer.from(password) });
    const { returnCode } = (await greeted) as IConnackPacket;
    if (returnCode !== 0) throw new Error(`the broker refused ${vehicleId} with ${returnCode}`);
    const subscribed = answer('suback');
    this.send({ cmd: 'subscribe', messageId: 1, subscriptions: [vehicleTopics.command(vehicleId), vehicleTopics.lease(vehicleId)].map((topic) => ({ topic, qos: 1 as const })) });
    await subscribed;
    const word: WireConnection = { vehicleId, bootId, modelId, state: 'ONLINE', atMs: Date.now() };
    this.send({ cmd: 'publish', topic: vehicleTopics.connection(vehicleId), payload: JSON.stringify(word), qos: 1, messageId: 1, retain: true, dup: false });
  }

  private hear(packet: Packet): void {
    if (packet.cmd !== 'publish') return;
    if (packet.qos === 1) this.send({ cmd: 'puback', messageId: packet.messageId! });
    if (packet.topic !== vehicleTopics.command(this.identity.vehicleId)) return;
    const parsed = wireCommandSchema.safeParse(JSON.parse(packet.payload.toString()));
    if (parsed.success) this.onCommand(parsed.data);
  }

  private send(packet: Packet): void {
    if (!this.socket.destroyed) this.socket.write(generate(packet));
  }
}
