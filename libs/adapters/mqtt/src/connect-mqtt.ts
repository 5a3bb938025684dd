import { Socket } from 'node:net';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';

const KEEPALIVE_S = 5;
const RECONNECT_MIN_MS = 300;
const RECONNECT_SPREAD_MS = 700;

export interface MqttConnection {
  readonly url: string;
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** Published by the broker when this client is cut off. */
  readonly will?: { readonly topic: string; readonly payload: string; readonly retain: boolean };
}

/**
 * A client of a vehicle broker, MQTT 3.1.1. Nothing is queued while it is not connected: old frames are worthless, and commands are sent again by dispatch.
 *
 * @throws when the broker refuses it or cannot be reached the first time
 */
export async function connectMqtt(connection: MqttConnection): Promise<MqttClient> {
  const { url, clientId, username, password, will } = connection;
  const options: IClientOptions = {
    clientId, username, password, protocolVersion: 4, clean: true, keepalive: KEEPALIVE_S, queueQoSZero: false, resubscribe: true,
    // Each client at its own pace: after a broker's restart a fleet must not come back in one instant.
    reconnectPeriod: RECONNECT_MIN_MS + Math.floor(Math.random() * RECONNECT_SPREAD_MS),
    ...(will === undefined ? {} : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1 as const, retain: will.retain } }),
  };
  const client = await connectAsync(url, options, false);
  sendAtOnce(client);
  client.on('connect', () => { sendAtOnce(client); });
  client.on('error', () => undefined);
  return client;
}

/** Frames and commands are small and must not wait for the acknowledgement of earlier ones: a peer delays that by up to 40 ms. */
function sendAtOnce(client: MqttClient): void {
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
}
