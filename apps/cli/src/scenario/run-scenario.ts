import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstStartToken, openSiteMap, Standalone } from '@quaymaster/app-standalone';
import { PacedClock } from '@quaymaster/clock';
import { JsonLogger } from '@quaymaster/nest-platform';
import type { ScenarioName } from '@quaymaster/simulator';
import { terminalDefaults } from '@quaymaster/terminal';
import type { Environment } from '../command';
import { connectDemoFleet } from '../up/demo-fleet';
import { startDemoOrders } from '../up/demo-orders';
import { GatewayClient } from '../up/gateway-client';
import { CommandTally } from './command-tally';
import { incidentsOnBus } from './incident-feed';
import { reportIncident, type ScenarioReport } from './scenario-report';
import { ScenarioScript } from './scenario-script';

const LOOPBACK = '127.0.0.1';
/** Simulated time until traffic has filled the site. */
const WARM_UP_MS = 90_000;
/** Messages on their way inside the process beyond which simulated time stands still. */
const BACKLOG_LIMIT = 200;
/** From the start of the run, setting up included. One that is not over by then has failed; what it has seen is reported all the same. */
const LIMIT_MS = 165_000;

export interface ScenarioRunOptions {
  readonly scenario: ScenarioName;
  readonly seed: number;
  readonly vehicles: number;
  readonly unsafe: boolean;
  /** Simulated seconds a real second at most. */
  readonly maximumRate: number;
  readonly env: Environment;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly narrate: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * One scenario from traffic to closed incidents, in simulated time, on free ports and in a data folder of its own that is gone afterwards.
 */
export async function runScenario(options: ScenarioRunOptions): Promise<ScenarioReport> {
  const storeDir = mkdtempSync(join(tmpdir(), 'quaymaster-run-'));
  try {
    return await runIn(storeDir, options);
  } finally {
    rmSync(storeDir, { recursive: true, force: true });
  }
}

async function runIn(storeDir: string, options: ScenarioRunOptions): Promise<ScenarioReport> {
  const { scenario, seed, vehicles, unsafe, maximumRate, narrate } = options;
  const limit = AbortSignal.any([options.signal, AbortSignal.timeout(LIMIT_MS)]);
  const clock = new PacedClock({ startAtMs: Date.now(), maximumRate });
  const map = openSiteMap(storeDir, undefined, { ...terminalDefaults, seed });
  const token = firstStartToken(storeDir);
  const standalone = await Standalone.start({
    env: { QM_SCHEDULING_SEED: String(seed), ...options.env, ...(unsafe ? { QM_COLLISION_STOP: 'off' } : {}) }, clock, storeDir, map, http: { host: LOOPBACK, port: 0 },
    mqtt: { host: LOOPBACK, port: 0 }, consoleDir: undefined, firstStartToken: token, logger: new JsonLogger(options.logLevel),
  });
  const tally = new CommandTally();
  await tally.listen(standalone.bus);
  const gateway = new GatewayClient(standalone.httpUrl, token);
  const fleet = await connectDemoFleet({ standalone, map, clock, vehicles, seed });
  try {
    // Simulated time waits for what takes real time: frames on the wire, plans in the making.
    clock.holdWhile(() => standalone.isPlanning);
    clock.holdWhile(() => fleet.framesSent - standalone.ingest.taken > vehicles || standalone.backlog > BACKLOG_LIMIT);
    const orders = await startDemoOrders({ map, clock, bus: standalone.bus, gateway, vehicles, seed });
    const script = new ScenarioScript({ name: scenario, map, clock, incidents: incidentsOnBus(standalone.bus), fleet, gateway, warmUpMs: WARM_UP_MS, unsafe, onTriggered: () => { orders.finish(); }, narrate });
    clock.start();
    try {
      await script.play(limit);
    } catch (error) {
      if (!limit.aborted) throw error;
      narrate(`ended before its time: ${String(limit.reason)}`);
    }
    return {
      scenario, seed, vehicles, frames: standalone.ingest.accepted, conflicts: { warning: standalone.collision.warning, imminent: standalone.collision.imminent },
      incidents: [...script.incidents.values()].map(reportIncident), contacts: fleet.contacts.contacts.length,
      commands: { issued: tally.issued, finished: tally.ended('finished'), failed: tally.ended('failed'), expired: tally.ended('expired') },
    };
  } finally {
    // Vehicles first: simulated time waits for what they have sent to be taken, and the control plane's drain needs time to go on.
    await fleet.stop();
    await standalone.close();
    clock.stop();
  }
}
