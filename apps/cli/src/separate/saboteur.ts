import { randomUUID } from 'node:crypto';
import { connectMqtt } from '@quaymaster/mqtt';
import type { Clock } from '@quaymaster/ports';
import { parseVehicleTopic, vehicleTopics, type WireCommand, wireCommandSchema } from '@quaymaster/telemetry';
import type { MqttClient } from 'mqtt';

/** Commands that are said again to a vehicle: its newest ones. */
const REPEATED = 40;
/** Of a number that no living dispatcher has come to. */
const FAR_AHEAD = 1_000_000;
const FORGED_TTL_MS = 5000;

/** A command that was never given by whoever has the say now. */
export interface Forgery { readonly vehicleId: string; readonly command: WireCommand }

/**
 * What a network and a dead service's ghost can do at their worst, so that the protections are put to the test and not only left alone: it says commands again
 * that vehicles have had, and gives permissions of an epoch that is over.
 */
export class Saboteur {
  private readonly heard = new Map<string, WireCommand[]>();
  private epoch = 0;

  private constructor(private readonly client: MqttClient, private readonly clock: Clock, private readonly prefix: string) {}

  /**
   * @param link a broker user who may hear and speak commands of every vehicle
   * @param prefix beginning of the ids of the vehicles that are meant: others may be on the broker
   */
  static async open(link: { readonly url: string; readonly username: string; readonly password: string }, clock: Clock, prefix: string): Promise<Saboteur> {
    const client = await connectMqtt({ ...link, clientId: link.username, protocolVersion: 5 });
    const saboteur = new Saboteur(client, clock, prefix);
    client.on('message', (topic, payload) => { saboteur.hear(topic, payload); });
    await client.subscribeAsync(vehicleTopics.command('+'), { qos: 1 });
    return saboteur;
  }

  /** Says every vehicle's newest commands once more, oldest first. Returns how many. */
  async repeat(): Promise<number> {
    const all = [...this.heard].flatMap(([vehicleId, commands]) => commands.map((command) => ({ vehicleId, command })));
    for (const { vehicleId, command } of all) await this.say(vehicleId, command);
    return all.length;
  }

  /** Gives each vehicle a resume of the epoch before the newest one that was heard, fresh in everything else. */
  async forge(): Promise<readonly Forgery[]> {
    const nowMs = this.clock.nowMs();
    const forged = [...this.heard.keys()].map((vehicleId): Forgery => ({
      vehicleId,
      command: {
        commandId: `ghost-${randomUUID()}`, sequence: FAR_AHEAD, epoch: Math.max(0, this.epoch - 1), issuedAtMs: nowMs, ttlMs: FORGED_TTL_MS, params: { kind: 'resume' },
      },
    }));
    for (const { vehicleId, command } of forged) await this.say(vehicleId, command);
    return forged;
  }

  async close(): Promise<void> {
    await this.client.endAsync(!this.client.connected);
  }

  private async say(vehicleId: string, command: WireCommand): Promise<void> {
    await this.client.publishAsync(vehicleTopics.command(vehicleId), JSON.stringify(command), { qos: 1 });
  }

  private hear(topic: string, payload: Buffer): void {
    const address = parseVehicleTopic(topic);
    if (address?.vehicleId.startsWith(this.prefix) !== true) return;
    const command = wireCommandSchema.safeParse(JSON.parse(payload.toString('utf8')));
    if (!command.success || command.data.commandId.startsWith('ghost-')) return;
    this.epoch = Math.max(this.epoch, command.data.epoch);
    const commands = this.heard.get(address.vehicleId) ?? [];
    this.heard.set(address.vehicleId, [...commands.filter(({ commandId }) => commandId !== command.data.commandId), command.data].slice(-REPEATED));
  }
}
