import { Socket } from 'node:net';
import { connectAsync, ErrorWithSubackPacket, type IClientOptions, type MqttClient } from 'mqtt';
import { SubscriptionRefusedError } from './broker-errors';
import { REFUSED, watchSubscriptions } from './subscription-watch';

const KEEPALIVE_S = 5;
const RECONNECT_MIN_MS = 300;
/** The longest pause; a broker's restart takes a few seconds, and then a fleet should be back within the next few. */
const RECONNECT_MAX_MS = 5000;
/** As the embedded broker has it. */
const MAX_PACKET_BYTES = 256 * 1024;
/** Messages of QoS 1 that the broker sends ahead of their acknowledgement. */
const RECEIVE_MAXIMUM = 64;

export interface MqttConnection {
  readonly url: string;
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** Published by the broker when this client is cut off. */
  readonly will?: { readonly topic: string; readonly payload: string; readonly retain: boolean };
  /** 4, MQTT 3.1.1, is what the embedded broker speaks and the default; 5 for Mosquitto and others: shared subscriptions and reasons of refusals. */
  readonly protocolVersion?: 4 | 5;
  /** Hears what nobody's promise does: subscriptions lost by a reconnect, refused reconnects, errors of the connection. */
  readonly onFault?: (error: Error) => void;
}

/**
 * A client of a vehicle broker. Nothing is queued while it is not connected: old frames are worthless, and commands are sent again by dispatch. Once it was
 * connected it comes back by itself, also after a refusal, in pauses that grow and differ.
 *
 * @throws when the broker refuses it or cannot be reached the first time
 */
export async function connectMqtt(connection: MqttConnection): Promise<MqttClient> {
  const { url, clientId, username, password, will, protocolVersion = 4, onFault = () => undefined } = connection;
  const options: IClientOptions = {
    clientId, username, password, protocolVersion, clean: true, keepalive: KEEPALIVE_S, queueQoSZero: false, resubscribe: true, reconnectOnConnackError: true,
    reconnectPeriod: pauseMs(0),
    ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 0, receiveMaximum: RECEIVE_MAXIMUM, maximumPacketSize: MAX_PACKET_BYTES } } : {}),
    ...(will === undefined ? {} : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1 as const, retain: will.retain } }),
  };
  const client = await connectAsync(url, options, false);
  sendAtOnce(client);
  let attempts = 0;
  client.on('connect', () => {
    attempts = 0;
    client.options.reconnectPeriod = pauseMs(0);
    sendAtOnce(client);
  });
  // Each client at its own pace: after a broker's restart a fleet must not come back in one instant. The pause read next is the one after this attempt.
  client.on('reconnect', () => {
    attempts += 1;
    if (client.options.reconnectPeriod !== 0) client.options.reconnectPeriod = pauseMs(attempts);
  });
  client.on('error', (error) => { onFault(error); });
  watchSubscriptions(client, onFault);
  return client;
}

function pauseMs(attempts: number): number {
  return Math.floor(RECONNECT_MIN_MS + Math.random() * Math.min(RECONNECT_MAX_MS, 700 * 2 ** Math.min(attempts, 10)));
}

/**
 * The filter under which the members of a group share what matches `filter`: each message goes to one of them. The embedded broker has no groups.
 *
 * @throws RangeError when the group's name is none
 */
export function sharedFilter(group: string, filter: string): string {
  if (!/^[^/+#\0]+$/.test(group)) throw new RangeError(`a group's name must have no /, + or #, got ${group}`);
  return `$share/${group}/${filter}`;
}

/**
 * Subscribes, or says which filter the broker refuses.
 *
 * @throws SubscriptionRefusedError, or the client's error when the connection is lost
 */
export async function subscribeTo(client: MqttClient, filters: readonly string[], qos: 0 | 1 = 1): Promise<void> {
  for (const filter of filters) {
    try {
      await client.subscribeAsync(filter, { qos });
    } catch (cause) {
      // A lost connection is told with the same error, but without the broker's answer.
      const code = cause instanceof ErrorWithSubackPacket ? Number((cause as Partial<ErrorWithSubackPacket>).packet?.granted[0]) : NaN;
      throw code >= REFUSED ? new SubscriptionRefusedError(filter, code) : cause;
    }
  }
}

/** Frames and commands are small and must not wait for the acknowledgement of earlier ones: a peer delays that by up to 40 ms. */
function sendAtOnce(client: MqttClient): void {
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
}
