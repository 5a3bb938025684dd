import { openSiteMap } from '@quaymaster/app-standalone';
import { SystemClock } from '@quaymaster/clock';
import type { JsonLogger } from '@quaymaster/nest-platform';
import type { Clock } from '@quaymaster/ports';
import { drawFleet, SimulatedFleet, TerminalOrders, type VehicleCredentials, vehicleKinds } from '@quaymaster/simulator';
import type { VirtualMap } from '@quaymaster/virtual-map';
import { Counter, Gauge } from 'prom-client';
import { HistoryFile } from '../history';
import type { TerminalIo } from '../terminal-io';
import { GatewayClient, GatewayRefusal } from '../up/gateway-client';
import type { Openings } from './openings';
import { playScenario } from './play-scenario';
import { runUntilAsked } from './run-until-asked';
import { sayScenarioWord } from './scenario-word';
import type { ServiceConfig } from './service.config';
import { StatusServer } from './status-server';

const ENDED: ReadonlySet<string> = new Set(['finished', 'failed', 'cancelled']);
const LOOK_MS = 2000;
/** A gateway that has gone is waited for: another one, or its successor, answers. */
const PATIENCE_MS = 20_000;

interface MissionPage { readonly items: readonly { readonly missionId: string; readonly state: string }[]; readonly next: string | null }

/** A terminal's vehicles and its operating system, from outside: registered and ordering over REST, connected over MQTT. Until it is asked to end. */
export function runSimulator(config: ServiceConfig, io: TerminalIo): Promise<number> {
  return runUntilAsked('simulator', config, io, async ({ ending, openings, logger }) => {
    let word = 'starting';
    const status = await openings.open(StatusServer.listen('simulator', config.QM_HTTP_HOST, config.QM_HTTP_PORT, () => word), (server) => server.close());
    const gateway = new GatewayClient(config.QM_GATEWAY_URL!.replace(/\/$/, ''), config.QM_GATEWAY_TOKEN ?? config.QM_FIRST_START_TOKEN!, PATIENCE_MS);
    const map = openSiteMap(config.QM_STORE_DIR, config.QM_MAP_FILE);
    const clock = new SystemClock();
    const fleet = await startFleet({ config, map, clock, gateway, openings, signal: ending.signal });
    if (fleet === null) return;
    const orders = await startOrders(config, map, gateway, openings, logger);
    measure(status, fleet);
    word = 'ready';
    io.out(`simulator is ready on http://${config.QM_HTTP_HOST}:${status.port} as ${config.QM_INSTANCE_ID}: ${fleet.vehicles.length} vehicles\n`);
    if (config.QM_SIMULATOR_SCENARIO !== undefined) await playScenario({ config, map, clock, fleet, orders, gateway, io, signal: ending.signal });
    await ending.requested();
    const contacts = fleet.contacts.contacts.length;
    if (config.QM_SIMULATOR_SCENARIO !== undefined) sayScenarioWord(io, { word: 'left', atMs: clock.nowMs(), contacts });
    if (contacts > 0) ending.status = 1;
  });
}

interface FleetTools {
  readonly config: ServiceConfig;
  readonly map: VirtualMap;
  readonly clock: Clock;
  readonly gateway: GatewayClient;
  readonly openings: Openings;
  readonly signal: AbortSignal;
}

/** Null when it was asked to end meanwhile. */
async function startFleet({ config, map, clock, gateway, openings, signal }: FleetTools): Promise<SimulatedFleet | null> {
  const seed = config.QM_SIMULATOR_SEED;
  const credentials: VehicleCredentials[] = [];
  for (const kind of vehicleKinds) await gateway.put(`/v1/vehicle-models/${kind.id}`, kind);
  for (const drawn of drawFleet(map, { count: config.QM_SIMULATOR_VEHICLES, seed })) {
    if (signal.aborted) return null;
    const vehicleId = `${config.QM_SIMULATOR_PREFIX}${drawn.vehicleId}`;
    credentials.push({ ...drawn, vehicleId, password: await passwordOf(gateway, vehicleId, drawn.modelId) });
  }
  const history = await openHistory(config, clock, openings);
  const unsafe = { withoutDeduplication: config.QM_SIMULATOR_UNSAFE.includes('no-deduplication'), withoutEpoch: config.QM_SIMULATOR_UNSAFE.includes('no-epoch') };
  const fleet = new SimulatedFleet({ map, credentials, brokerUrl: config.QM_MQTT_URL!, clock, seed, unsafe, effectLog: history === null ? undefined : (record) => { history.append(record); } });
  await openings.open(fleet.start(), () => fleet.stop());
  return fleet;
}

async function openHistory(config: ServiceConfig, clock: Clock, openings: Openings): Promise<HistoryFile | null> {
  if (config.QM_SIMULATOR_HISTORY_FILE === undefined) return null;
  return openings.open(HistoryFile.create(config.QM_SIMULATOR_HISTORY_FILE, 'vehicles', () => clock.nowMs()), (file) => file.close());
}

/** A vehicle that an earlier start registered gets a new password. */
export async function passwordOf(gateway: GatewayClient, vehicleId: string, modelId: string): Promise<string> {
  try {
    return (await gateway.post('/v1/vehicles', { vehicleId, modelId }) as { secret: string }).secret;
  } catch (error) {
    if (!(error instanceof GatewayRefusal) || error.code !== 'QM_VEHICLE_KNOWN') throw error;
    return (await gateway.post(`/v1/vehicles/${vehicleId}/secret`, {}) as { secret: string }).secret;
  }
}

async function startOrders(config: ServiceConfig, { transferPoints }: VirtualMap, gateway: GatewayClient, openings: Openings, logger: JsonLogger): Promise<TerminalOrders> {
  const clock = new SystemClock();
  const orders = await openings.open(new TerminalOrders({
    transferPoints, vehicles: config.QM_SIMULATOR_VEHICLES, seed: config.QM_SIMULATOR_SEED, clock, idPrefix: `${config.QM_SIMULATOR_PREFIX}order-${clock.nowMs().toString(36)}`,
    submit: async (mission) => { await gateway.post('/v1/missions', mission); },
  }), (started) => { started.finish(); });
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      await closeEnded(gateway, orders);
    } catch (error) {
      logger.warn(`missions were not read: ${String(error)}`, 'Run');
    } finally {
      isLooking = false;
    }
  };
  await openings.open(clock.every(LOOK_MS, () => { void look(); }), (cancel) => { cancel(); });
  orders.start();
  return orders;
}

/** Reads missions, newest first, as far back as one of the orders is still open. */
async function closeEnded(gateway: GatewayClient, orders: TerminalOrders): Promise<void> {
  const unseen = new Set(orders.open.keys());
  for (let after: string | null = ''; after !== null && unseen.size > 0;) {
    const page = await gateway.get(`/v1/missions${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`) as MissionPage;
    for (const { missionId, state } of page.items) {
      if (unseen.delete(missionId) && ENDED.has(state)) orders.closed(missionId);
    }
    after = page.next;
  }
}

function measure({ registry }: StatusServer, fleet: SimulatedFleet): void {
  new Gauge({ name: 'qm_simulator_vehicles', help: 'Simulated vehicles', registers: [registry], collect() { this.set(fleet.vehicles.length); } });
  new Gauge({ name: 'qm_simulator_contacts', help: 'Bodies that touched, by the simulator\'s own count', registers: [registry], collect() { this.set(fleet.contacts.contacts.length); } });
  new Counter({
    name: 'qm_simulator_frames_total', help: 'Frames that left the vehicles', registers: [registry],
    collect() {
      this.reset();
      this.inc(fleet.framesSent);
    },
  });
}
