import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { firstStartToken, openSiteMap, Standalone, type StandaloneConfig } from '@quaymaster/app-standalone';
import { SystemClock } from '@quaymaster/clock';
import { JsonLogger } from '@quaymaster/nest-platform';
import type { ScenarioName, SimulatedFleet, TerminalOrders } from '@quaymaster/simulator';
import { terminalDefaults } from '@quaymaster/terminal';
import type { Environment } from '../command';
import { incidentsOnBus } from '../scenario/incident-feed';
import { ScenarioScript } from '../scenario/scenario-script';
import type { TerminalIo } from '../terminal-io';
import { connectDemoFleet } from './demo-fleet';
import { startDemoOrders } from './demo-orders';
import { GatewayClient } from './gateway-client';

/** A drain that takes longer than this is cut short; what it has not stored was not acknowledged either [ms]. */
const DRAIN_LIMIT_MS = 9000;
/** Traffic has filled the site by then. */
const WARM_UP_MS = 90_000;

export interface SiteOptions {
  readonly env: Environment;
  readonly config: StandaloneConfig;
  readonly vehicles: number;
  readonly seed: number;
  readonly scenario: ScenarioName | undefined;
  readonly untilClosed: boolean;
  readonly unsafe: boolean;
  readonly hasConsole: boolean;
}

/** Runs the site in real time until it is asked to end; the exit status says whether it ended in good order. */
export async function runSite(options: SiteOptions, io: TerminalIo): Promise<number> {
  const { config, env, vehicles, seed } = options;
  const ending = new AbortController();
  const forget = io.onEnd(() => { ending.abort(new Error('asked to end')); });
  const clock = new SystemClock();
  const map = openSiteMap(config.QM_STORE_DIR, config.QM_MAP_FILE, { ...terminalDefaults, seed });
  const token = firstStartToken(config.QM_STORE_DIR);
  const standalone = await Standalone.start({
    env, clock, storeDir: config.QM_STORE_DIR, map, http: { host: config.QM_HTTP_HOST, port: config.QM_HTTP_PORT },
    mqtt: { host: config.QM_MQTT_HOST, port: config.QM_MQTT_PORT }, consoleDir: options.hasConsole ? consoleDir() : undefined, firstStartToken: token,
    logger: new JsonLogger(config.QM_LOG_LEVEL),
  });
  io.out(options.hasConsole ? `Console: ${standalone.httpUrl}/#token=${token} token: ${token}\n` : `REST: ${standalone.httpUrl}/v1 token: ${token}\n`);
  io.out(`MQTT: ${standalone.mqttUrl}\n`);
  let fleet: SimulatedFleet | undefined;
  let orders: TerminalOrders | undefined;
  let status = 0;
  try {
    if (vehicles > 0) {
      const gateway = new GatewayClient(standalone.httpUrl, token);
      fleet = await connectDemoFleet({ standalone, map, clock, vehicles, seed });
      orders = await startDemoOrders({ map, clock, bus: standalone.bus, gateway, vehicles, seed });
      io.out(`${vehicles} simulated vehicles are at work; Ctrl-C ends\n`);
      if (options.scenario !== undefined) {
        const script = new ScenarioScript({
          name: options.scenario, map, clock, incidents: incidentsOnBus(standalone.bus), fleet, gateway, warmUpMs: WARM_UP_MS, unsafe: options.unsafe, onTriggered: () => { orders?.finish(); },
          narrate: (line) => { io.out(`${line}\n`); },
        });
        await script.play(ending.signal).catch((error: unknown) => { if (!ending.signal.aborted) throw error; });
        if (!options.untilClosed && !ending.signal.aborted) orders.start();
        if (options.untilClosed && !ending.signal.aborted) status = fleet.contacts.contacts.length > 0 ? 1 : 0;
      }
    }
    if (!options.untilClosed && !ending.signal.aborted) await new Promise<void>((resolve) => { ending.signal.addEventListener('abort', () => { resolve(); }, { once: true }); });
  } finally {
    forget();
    const cut = setTimeout(() => {
      io.note('quaymaster: the drain took too long and was cut short\n');
      process.exit(1);
    }, DRAIN_LIMIT_MS);
    orders?.finish();
    // First the control plane: vehicles that leave while it watches would be taken for lost.
    await standalone.close();
    await fleet?.stop();
    clearTimeout(cut);
  }
  return status;
}

/** Built console files, undefined when they were not built. */
function consoleDir(): string | undefined {
  const dir = join(__dirname, '..', '..', '..', 'console', 'dist');
  return existsSync(join(dir, 'index.html')) ? dir : undefined;
}
