import { missions } from '@quaymaster/messages';
import type { Clock, MessageBus } from '@quaymaster/ports';
import { TerminalOrders } from '@quaymaster/simulator';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { GatewayClient } from './gateway-client';

export interface DemoOrdersOptions {
  readonly map: VirtualMap;
  readonly clock: Clock;
  readonly bus: MessageBus;
  readonly gateway: GatewayClient;
  readonly vehicles: number;
  readonly seed: number;
}

const ENDED: ReadonlySet<string> = new Set(['finished', 'failed', 'cancelled']);

/** A terminal operating system that orders over REST, as a real one would, and hears what became of its orders. */
export async function startDemoOrders({ map, clock, bus, gateway, vehicles, seed }: DemoOrdersOptions): Promise<TerminalOrders> {
  const orders = new TerminalOrders({
    transferPoints: map.transferPoints, vehicles, seed, clock, idPrefix: `order-${clock.nowMs().toString(36)}`,
    submit: async (mission) => { await gateway.post('/v1/missions', mission); },
  });
  await bus.subscribe(missions, 'demo-orders', async (batch) => {
    for (const { message } of batch) if (ENDED.has(message.state)) orders.closed(message.missionId);
  });
  orders.start();
  return orders;
}
