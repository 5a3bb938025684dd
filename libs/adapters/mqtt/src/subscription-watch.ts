import type { ISubscriptionMap, MqttClient } from 'mqtt';
import { SubscriptionLostError, SubscriptionRefusedError } from './broker-errors';

/** A subscription that is not confirmed this long after a connect is asked for again. */
const CONFIRMED_WITHIN_MS = 5000;
/** A subscription that was refused after a reconnect is asked for again after this long and up to twice that: rights may be on their way to the broker. */
const AGAIN_MS = 1000;
/** Reason codes from here on refuse. */
export const REFUSED = 0x80;

type Qos = 0 | 1 | 2;

/**
 * After a reconnect the client subscribes again by itself, and tells nobody when the broker refuses: it would go on and hear nothing. Watched here are all
 * filters that were granted once. What is refused or not confirmed later is reported, and asked for until it is granted.
 *
 * A first subscription that is refused is its caller's: their promise rejects.
 */
export function watchSubscriptions(client: MqttClient, onFault: (error: Error) => void): void {
  const wanted = new Map<string, Qos>();
  const asked = new Map<number, readonly { readonly topic: string; readonly qos: Qos }[]>();
  let confirmed = new Set<string>();
  let timers: NodeJS.Timeout[] = [];

  const ask = (filter: string): void => {
    const qos = wanted.get(filter);
    // Without the mark the client keeps to itself what it believes to be subscribed.
    if (qos !== undefined && client.connected) client.subscribe({ [filter]: { qos }, resubscribe: true } as ISubscriptionMap, () => undefined);
  };
  const settle = (filter: string, qos: Qos, code: number): void => {
    if (code < REFUSED) {
      wanted.set(filter, qos);
      confirmed.add(filter);
    } else if (wanted.has(filter)) {
      onFault(new SubscriptionRefusedError(filter, code));
      timers.push(setTimeout(() => { ask(filter); }, AGAIN_MS * (1 + Math.random())));
    }
  };
  const check = (): void => {
    const missing = [...wanted.keys()].filter((filter) => !confirmed.has(filter));
    for (const filter of missing) {
      onFault(new SubscriptionLostError(`the broker has not confirmed the subscription ${filter} within ${CONFIRMED_WITHIN_MS} ms`));
      ask(filter);
    }
    if (missing.length > 0) timers.push(setTimeout(check, CONFIRMED_WITHIN_MS));
  };
  const rest = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    asked.clear();
    confirmed = new Set();
  };

  client.on('packetsend', (packet) => {
    if (packet.cmd === 'subscribe' && packet.messageId !== undefined) asked.set(packet.messageId, packet.subscriptions);
    else if (packet.cmd === 'unsubscribe') for (const filter of packet.unsubscriptions) wanted.delete(filter);
  });
  client.on('packetreceive', (packet) => {
    if (packet.cmd !== 'suback' || packet.messageId === undefined) return;
    const subscriptions = asked.get(packet.messageId) ?? [];
    asked.delete(packet.messageId);
    packet.granted.forEach((code, i) => {
      const subscription = subscriptions[i];
      if (subscription !== undefined) settle(subscription.topic, subscription.qos, Number(code));
    });
  });
  client.on('connect', () => { timers.push(setTimeout(check, CONFIRMED_WITHIN_MS)); });
  client.on('close', rest);
}
