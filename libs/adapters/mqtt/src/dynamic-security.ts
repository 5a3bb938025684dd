import { randomUUID } from 'node:crypto';
import { vehicleTopics } from '@quaymaster/telemetry';
import type { MqttClient } from 'mqtt';
import { BrokerRefusedError, BrokerUnavailableError } from './broker-errors';
import { subscribeTo } from './connect-mqtt';

const REQUESTS = '$CONTROL/dynamic-security/v1';
const RESPONSES = `${REQUESTS}/response`;
const ANSWER_MS = 5000;
/** Reason code of MQTT 5. */
const NOT_AUTHORIZED = 0x87;

interface Answer { readonly command: string; readonly error?: string; readonly correlationData?: string; readonly data?: unknown }
interface Acl { readonly acltype: 'publishClientSend' | 'publishClientReceive' | 'subscribeLiteral' | 'subscribePattern'; readonly topic: string; readonly priority: number; readonly allow: true }

/** What a service may do: topic filters that it may publish to, and filters that it may subscribe to, alone or as a member of a group. */
export interface ServiceRights {
  readonly publishes: readonly string[];
  readonly hears: readonly string[];
}

const each = '+';
/** The rights that each service needs, and no others. */
export const serviceRights = {
  ingest: { publishes: [], hears: [vehicleTopics.frame(each), vehicleTopics.connection(each)] },
  dispatch: { publishes: [vehicleTopics.command(each), vehicleTopics.lease(each)], hears: [vehicleTopics.acknowledgement(each), vehicleTopics.connection(each)] },
} as const satisfies Record<string, ServiceRights>;

/**
 * Clients and roles of a Mosquitto broker, over the topics of its dynamic security plugin. Every call is idempotent. A client that is replaced is cut off if
 * it is connected and enters again with what it was given.
 *
 * All calls reject with BrokerUnavailableError when the broker does not answer, with BrokerRefusedError when it refuses, with RangeError for an
 * empty password, and for a name that would change the meaning of a topic or is the administrator's own.
 */
export class DynamicSecurity {
  private readonly open = new Map<string, (answer: Answer) => void>();

  private constructor(private readonly client: MqttClient) {
    client.on('message', (topic, payload) => { if (topic === RESPONSES) this.hear(payload); });
  }

  /** @param client of a user who may administer the broker; stays the caller's */
  static async over(client: MqttClient): Promise<DynamicSecurity> {
    const security = new DynamicSecurity(client);
    await subscribeTo(client, [RESPONSES]);
    return security;
  }

  /** What no role allows is forbidden, hearing included: the plugin's own default lets clients hear what they could not subscribe to. */
  async forbidByDefault(): Promise<void> {
    const acls = [['publishClientSend', false], ['publishClientReceive', false], ['subscribe', false], ['unsubscribe', true]].map(([acltype, allow]) => ({ acltype, allow }));
    await this.ask({ command: 'setDefaultACLAccess', acls });
  }

  /** A vehicle enters under its id, as user and as client, speaks in its own name and hears its own commands and leases. */
  async putVehicle(vehicleId: string, password: string): Promise<void> {
    this.requireUser(vehicleId, password);
    const hears = [vehicleTopics.command(vehicleId), vehicleTopics.lease(vehicleId)];
    const publishes = [vehicleTopics.frame(vehicleId), vehicleTopics.acknowledgement(vehicleId), vehicleTopics.connection(vehicleId)];
    await this.putRole(vehicleRole(vehicleId), [
      ...publishes.map((topic) => allowed('publishClientSend', topic)), ...hears.flatMap((topic) => [allowed('subscribeLiteral', topic), allowed('publishClientReceive', topic)]),
    ]);
    await this.putClient({ username: vehicleId, clientid: vehicleId, password, roles: [{ rolename: vehicleRole(vehicleId) }] });
  }

  /** Cuts the vehicle off, if it is connected, and forgets it. */
  async removeVehicle(vehicleId: string): Promise<void> {
    this.requireUser(vehicleId);
    await this.remove(vehicleId, vehicleRole(vehicleId));
  }

  /** A service enters under its name, in as many instances as it likes, and may do what `rights` say. */
  async putService(name: string, password: string, rights: ServiceRights): Promise<void> {
    this.requireUser(name, password);
    await this.putRole(serviceRole(name), [
      ...rights.publishes.map((topic) => allowed('publishClientSend', topic)),
      ...rights.hears.flatMap((topic) => [allowed('subscribePattern', topic), allowed('subscribePattern', `$share/+/${topic}`), allowed('publishClientReceive', topic)]),
    ]);
    await this.putClient({ username: name, password, roles: [{ rolename: serviceRole(name) }] });
  }

  async removeService(name: string): Promise<void> {
    this.requireUser(name);
    await this.remove(name, serviceRole(name));
  }

  private requireUser(name: string, password?: string): void {
    if (!/^[^/+#$\s\0]{1,128}$/u.test(name)) throw new RangeError('a broker user needs a name of 1 to 128 letters without /, +, #, $ or space');
    if (name === this.client.options.username) throw new RangeError(`${name} administers the broker: its own rights are not changed here`);
    if (password === '') throw new RangeError(`${name} needs a password`);
  }

  private async putRole(rolename: string, acls: readonly Acl[]): Promise<void> {
    if (!await this.ask({ command: 'createRole', rolename, acls }, 'already exists')) await this.ask({ command: 'modifyRole', rolename, acls });
  }

  private async putClient(client: { readonly username: string; readonly password: string; readonly clientid?: string; readonly roles: readonly object[] }): Promise<void> {
    if (!await this.ask({ command: 'createClient', ...client }, 'already exists')) await this.ask({ command: 'modifyClient', ...client });
  }

  private async remove(username: string, rolename: string): Promise<void> {
    await this.ask({ command: 'deleteClient', username }, 'not found');
    await this.ask({ command: 'deleteRole', rolename }, 'not found');
  }

  /** False when the broker refused with the words that are expected. */
  private async ask(request: { readonly command: string } & Readonly<Record<string, unknown>>, expected?: string): Promise<boolean> {
    const answer = await this.send(request);
    if (answer.error === undefined) return true;
    if (expected !== undefined && answer.error.endsWith(expected)) return false;
    throw new BrokerRefusedError(`the broker refuses ${request.command}: ${answer.error}`);
  }

  private async send(request: { readonly command: string }): Promise<Answer> {
    if (!this.client.connected) throw new BrokerUnavailableError(`the broker is away: ${request.command} was not sent`);
    const correlationData = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.open.set(correlationData, resolve);
        const fail = (cause?: Error): void => {
          const isForbidden = cause !== undefined && 'code' in cause && cause.code === NOT_AUTHORIZED;
          reject(isForbidden ? new BrokerRefusedError(`${this.client.options.username ?? ''} may not administer the broker`, { cause })
            : new BrokerUnavailableError(`the broker did not answer ${request.command}`, { cause }));
        };
        timer = setTimeout(fail, ANSWER_MS);
        this.client.publish(REQUESTS, JSON.stringify({ commands: [{ ...request, correlationData }] }), { qos: 1 }, (error) => { if (error instanceof Error) fail(error); });
      });
    } finally {
      clearTimeout(timer);
      this.open.delete(correlationData);
    }
  }

  private hear(payload: Buffer): void {
    let responses: readonly Answer[] = [];
    try {
      responses = (JSON.parse(payload.toString('utf8')) as { readonly responses?: readonly Answer[] }).responses ?? [];
    } catch {
      // Not the plugin's: whoever waits is told by the time that runs out.
    }
    for (const answer of responses) this.open.get(answer.correlationData ?? '')?.(answer);
  }
}

const vehicleRole = (vehicleId: string): string => `vehicle:${vehicleId}`;
const serviceRole = (name: string): string => `service:${name}`;
const allowed = (acltype: Acl['acltype'], topic: string): Acl => ({ acltype, topic, priority: 0, allow: true });
