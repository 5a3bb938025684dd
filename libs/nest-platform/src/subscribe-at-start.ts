import { ErrorWithSubackPacket, type ISubscriptionMap, type MqttClient } from 'mqtt';

const PATIENCE_MS = 30_000;
/** Reason codes from here on refuse. */
const REFUSED = 0x80;

/**
 * Subscribes with QoS 1 when a service starts. A connection that is lost before the broker has answered, as happens on a machine that is busy with starting many
 * services, comes back by itself; then the broker is asked again, for 30 s.
 *
 * @throws when the broker refuses, when the client is being closed, and the client's last error when the time is over
 */
export async function subscribeAtStart(client: MqttClient, filters: readonly string[]): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    try {
      // Without the mark the client keeps to itself what it has asked for once, answered or not.
      await client.subscribeAsync({ ...Object.fromEntries(filters.map((filter) => [filter, { qos: 1 }])), resubscribe: true } as ISubscriptionMap);
      return;
    } catch (error) {
      if (isRefusal(error) || client.disconnecting || patience.aborted) throw error;
      if (!client.connected) await connected(client, patience);
    }
  }
}

/** Resolves when the client is connected, or the time is over. */
async function connected(client: MqttClient, patience: AbortSignal): Promise<void> {
  let settle: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    settle = resolve;
    client.on('connect', settle);
    client.on('end', settle);
    patience.addEventListener('abort', settle);
  });
  client.off('connect', settle);
  client.off('end', settle);
  patience.removeEventListener('abort', settle);
}

/** A lost connection is told with the same error as a refusal, but without the broker's answer, whatever the declaration says. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ErrorWithSubackPacket)) return false;
  const { granted } = (error as { readonly packet?: { readonly granted?: readonly unknown[] } }).packet ?? {};
  return (granted ?? []).some((code) => Number(code) >= REFUSED);
}
