import { type Incident, incidents } from '@quaymaster/messages';
import type { Clock, MessageBus } from '@quaymaster/ports';
import type { GatewayClient } from '../up/gateway-client';

const POLL_MS = 300;

/** Tells of every incident, again whenever it has changed, until it is called off. */
export type IncidentFeed = (note: (incident: Incident) => void) => Promise<() => Promise<void>>;

export function incidentsOnBus(bus: MessageBus): IncidentFeed {
  return async (note) => {
    const subscription = await bus.subscribe(incidents, 'scenario-script', async (batch) => {
      for (const { message } of batch) note(message);
    });
    return () => subscription.close();
  };
}

/** As anybody outside sees them. A gateway that does not answer is asked again. */
export function incidentsOverRest(gateway: GatewayClient, clock: Clock, onFault: (error: unknown) => void): IncidentFeed {
  return async (note) => {
    let asking: Promise<void> | null = null;
    const ask = async (): Promise<void> => {
      try {
        const { items } = await gateway.get('/v1/incidents') as { readonly items: readonly Incident[] };
        for (const incident of items) note(incident);
      } catch (error) {
        onFault(error);
      }
    };
    const cancel = clock.every(POLL_MS, () => { asking ??= ask().finally(() => { asking = null; }); });
    return async () => {
      cancel();
      await asking;
    };
  };
}
