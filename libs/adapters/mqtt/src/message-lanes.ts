import { parseVehicleTopic } from '@quaymaster/telemetry';
import type { IPublishPacket, MqttClient } from 'mqtt';

type HandleMessage = MqttClient['handleMessage'];

/** Tries of the work on a message that its sender wants acknowledged; the pauses between them come to about 3 s. */
const ATTEMPTS = 5;
const PAUSE_MS = 200;

/**
 * Lets a client work on many messages at once: of one vehicle one after the other, in the order of arrival; of all together at most `maxInFlight`. The client
 * itself takes the next message when the last one is done, which is as fast as one answer of the bus after the other. While the limit is reached nothing more
 * is read from the connection: the broker feels it, memory does not.
 *
 * A message of QoS 1 is acknowledged when the work on it is done. Work that fails is tried again; after the last try the failure is reported and the message
 * acknowledged, since one that never is would close the broker's window for good.
 *
 * The client's `handleMessage` is set as ever; what is set is called by way of the lanes.
 */
export function installLanes(client: MqttClient, maxInFlight: number, onFault: (error: Error) => void): void {
  const lanes = new Map<string, Promise<void>>();
  const held: (() => void)[] = [];
  let running = 0;
  let handle: HandleMessage = (_packet, done) => { done(); };

  const once = (packet: IPublishPacket): Promise<void> => new Promise((resolve, reject) => {
    handle(packet, (error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
  const work = async (packet: IPublishPacket): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await once(packet);
        return;
      } catch (error) {
        if (packet.qos > 0 && attempt < ATTEMPTS && client.connected) {
          await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random())); });
          continue;
        }
        onFault(error instanceof Error ? error : new Error(String(error)));
        return;
      }
    }
  };
  const take: HandleMessage = (packet, done) => {
    const lane = parseVehicleTopic(packet.topic)?.vehicleId ?? packet.topic;
    running += 1;
    const before = lanes.get(lane) ?? Promise.resolve();
    const mine = before.then(() => work(packet)).then(() => {
      running -= 1;
      if (lanes.get(lane) === mine) lanes.delete(lane);
      if (packet.qos > 0) done();
      held.shift()?.();
    });
    lanes.set(lane, mine);
    if (packet.qos > 0) return;
    if (running < maxInFlight) done();
    else held.push(() => { done(); });
  };
  Object.defineProperty(client, 'handleMessage', { configurable: true, get: () => take, set: (next: HandleMessage) => { handle = next; } });
}
