import type { Clock } from '@quaymaster/ports';
import type { SimulatedFleet, TerminalOrders } from '@quaymaster/simulator';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { incidentsOverRest } from '../scenario/incident-feed';
import { ScenarioScript } from '../scenario/scenario-script';
import type { TerminalIo } from '../terminal-io';
import type { GatewayClient } from '../up/gateway-client';
import { sayScenarioWord } from './scenario-word';
import type { ServiceConfig } from './service.config';

/** Traffic cannot be hurried in real time, and some of it gives no certain contact for a quarter of an hour. */
const INSISTS_MS = 120_000;

export interface PlayOptions {
  readonly config: ServiceConfig;
  readonly map: VirtualMap;
  readonly clock: Clock;
  readonly fleet: SimulatedFleet;
  readonly orders: TerminalOrders;
  readonly gateway: GatewayClient;
  readonly io: TerminalIo;
  readonly signal: AbortSignal;
}

/** Plays the configured scenario against the site, and says on standard output, a JSON object a line, that it has been triggered and how it is over. */
export async function playScenario({ config, map, clock, fleet, orders, gateway, io, signal }: PlayOptions): Promise<void> {
  const script = new ScenarioScript({
    name: config.QM_SIMULATOR_SCENARIO!, map, clock, fleet, gateway, warmUpMs: config.QM_SIMULATOR_WARM_UP_MS, unsafe: config.QM_SIMULATOR_UNSAFE.includes('no-stop'), insistsMs: INSISTS_MS,
    incidents: incidentsOverRest(gateway, clock, (error) => { io.note(`incidents were not read: ${String(error)}\n`); }),
    onTriggered: () => {
      orders.finish();
      sayScenarioWord(io, { word: 'triggered', atMs: clock.nowMs() });
    },
    narrate: (line) => { io.note(`${line}\n`); },
  });
  await script.play(signal).catch((error: unknown) => { if (!signal.aborted) throw error; });
  sayScenarioWord(io, { word: 'over', atMs: clock.nowMs(), isComplete: !signal.aborted, incidents: [...script.incidents.values()] });
}
