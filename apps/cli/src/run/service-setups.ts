import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CollisionApp } from '@quaymaster/app-collision';
import { DispatchApp } from '@quaymaster/app-dispatch';
import { GatewayApp } from '@quaymaster/app-gateway';
import { SchedulerApp } from '@quaymaster/app-scheduler';
import { openSiteMap } from '@quaymaster/app-standalone';
import { TelemetryIngestApp } from '@quaymaster/app-telemetry-ingest';
import type { KafkaBus } from '@quaymaster/bus-kafka';
import { CollisionConfig, Presence } from '@quaymaster/feature-collision';
import { DispatchConfig } from '@quaymaster/feature-dispatch';
import { FleetApi, FleetApiConfig } from '@quaymaster/feature-fleet-api';
import { IngestConfig } from '@quaymaster/feature-ingest';
import { SchedulingConfig } from '@quaymaster/feature-scheduling';
import { sharedFilter } from '@quaymaster/mqtt';
import type { ReadinessCheck } from '@quaymaster/nest-platform';
import { fleetFilters } from '@quaymaster/telemetry';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { DataSource } from 'typeorm';
import { brokerCheck, BusWatch, DatabaseWatch } from './backend-watch';
import { BrokerAccounts } from './broker-accounts';
import type { Ending } from './ending';
import { KnownVehicles } from './known-vehicles';
import type { ServiceSetup, SetupTools } from './run-service';
import type { ServiceConfig } from './service.config';
import { SignedBus } from './signed-bus';
import { SiteLock } from './site-lock';
import { StatusServer } from './status-server';

export type ServiceRole = 'gateway' | 'telemetry-ingest' | 'collision' | 'scheduler' | 'dispatch';

const STANDBY_LOOK_MS = 500;
/** Whoever shows frames, books them or gives permissions by them takes those of so many milliseconds together, so that a request carries several. */
const FRAMES_TOGETHER_MS = 30;

/** Opens what each service needs, and nothing else. Null: it was asked to end before it could begin. */
export const serviceSetups: Readonly<Record<ServiceRole, (tools: SetupTools) => Promise<ServiceSetup | null>>> = {
  gateway: setUpGateway,
  'telemetry-ingest': setUpIngest,
  collision: setUpCollision,
  scheduler: setUpScheduler,
  dispatch: setUpDispatch,
};

async function setUpGateway({ settings: { config, env }, backends, openings }: SetupTools): Promise<ServiceSetup> {
  const map = mapOf(config);
  const database = await backends.database();
  const analytics = await backends.analytics();
  // Its own broker link is no condition of readiness: without it vehicles cannot be registered, and everything else goes on.
  const vehicleAccounts = await BrokerAccounts.over(await backends.mqtt('gateway'));
  const bus = await backends.bus(FRAMES_TOGETHER_MS);
  const console = consoleDir();
  return {
    module: GatewayApp.forRoot({ clock: backends.clock, bus: new SignedBus(bus, `gateway/${config.QM_INSTANCE_ID}`), database, analytics }, {
      config: FleetApiConfig.from(env), map, mapName: map.name, firstStartToken: config.QM_FIRST_START_TOKEN ?? null, vehicleAccounts,
      ...(console === undefined ? {} : { consoleDir: console }),
    }),
    checks: { bus: await watched(bus, { backends, openings }), database: await watchedDatabase(database, { backends, openings }) },
    started: (app) => {
      const { firstToken } = app.get(FleetApi);
      if (config.QM_FIRST_START_TOKEN === undefined && firstToken !== null) keepFirstToken(config.QM_STORE_DIR, firstToken);
    },
  };
}

async function setUpIngest({ settings: { config, env }, backends, openings }: SetupTools): Promise<ServiceSetup> {
  const map = mapOf(config);
  const analytics = await backends.analytics();
  const state = await backends.state();
  const mqtt = await backends.mqtt('telemetry-ingest');
  const bus = await backends.bus();
  const known = await KnownVehicles.on(bus, backends.clock);
  await known.readIn(bus);
  return {
    module: TelemetryIngestApp.forRoot({ clock: backends.clock, bus: new SignedBus(bus, `telemetry-ingest/${config.QM_INSTANCE_ID}`), state, analytics }, {
      config: IngestConfig.from(env), map, mqtt, isKnownVehicle: (id) => known.isKnown(id),
      // Each frame goes to one of the instances. Words on connections go to all of them: they are few and may be told twice, and a broker keeps the last of
      // each vehicle only for those who do not share.
      filters: [sharedFilter(`${config.QM_KAFKA_PREFIX}telemetry-ingest`, fleetFilters.frames), fleetFilters.connections],
    }),
    checks: { bus: await watched(bus, { backends, openings }), broker: brokerCheck(mqtt) },
  };
}

async function setUpCollision({ settings: { config, env }, backends, openings }: SetupTools): Promise<ServiceSetup> {
  const map = mapOf(config);
  const bus = await backends.bus();
  return {
    module: CollisionApp.forRoot(
      { clock: backends.clock, bus: new SignedBus(bus, `collision/${config.QM_INSTANCE_ID}`) }, { config: CollisionConfig.from(env), map, instanceId: config.QM_INSTANCE_ID },
    ),
    checks: { bus: await watched(bus, { backends, openings }) },
    // It hears the bus now, and not before.
    started: (app) => app.get(Presence).join(),
    // Without a predictor's heartbeats for 3 s every vehicle brakes; a release must not stop the site.
    handOver: (app) => app.get(Presence).handOver(),
  };
}

async function setUpScheduler(tools: SetupTools): Promise<ServiceSetup | null> {
  const { settings: { config, env }, backends, openings } = tools;
  const map = mapOf(config);
  const database = await backends.database();
  if (!await holdSite(database, tools)) return null;
  const bus = await backends.bus(FRAMES_TOGETHER_MS);
  return {
    module: SchedulerApp.forRoot({ clock: backends.clock, bus: new SignedBus(bus, `scheduler/${config.QM_INSTANCE_ID}`), database }, { config: SchedulingConfig.from(env), map }),
    checks: { bus: await watched(bus, { backends, openings }), database: await watchedDatabase(database, { backends, openings }) },
  };
}

async function setUpDispatch({ settings: { config, env }, backends, openings }: SetupTools): Promise<ServiceSetup> {
  const database = await backends.database();
  const mqtt = await backends.mqtt('dispatch');
  const bus = await backends.bus(FRAMES_TOGETHER_MS);
  return {
    module: DispatchApp.forRoot({ clock: backends.clock, bus: new SignedBus(bus, `dispatch/${config.QM_INSTANCE_ID}`), database }, {
      config: DispatchConfig.from(env), mqtt, instanceId: config.QM_INSTANCE_ID,
    }),
    checks: { bus: await watched(bus, { backends, openings }), database: await watchedDatabase(database, { backends, openings }), broker: brokerCheck(mqtt) },
  };
}

/** False when the process was asked to end before it got the right to be the site's scheduler. */
async function holdSite(database: DataSource, tools: SetupTools): Promise<boolean> {
  // A database that is away while it stands by is looked for again; whoever has the site has lost it too.
  const lock = await SiteLock.take(database) ?? await standBy('scheduler', tools, () => SiteLock.take(database).catch(() => null));
  if (lock === null) return false;
  const held = await tools.openings.open(lock, (taken) => taken.release());
  held.watch(tools.backends.clock, () => { giveWay('scheduler', tools.ending, tools); });
  return true;
}

/** Waits until this instance is wanted. Null when the process is asked to end before. */
async function standBy<T>(role: ServiceRole, { settings: { config }, backends, ending: { signal }, io }: SetupTools, take: () => Promise<T | null>): Promise<T | null> {
  const standby = await StatusServer.listen(role, config.QM_HTTP_HOST, config.QM_HTTP_PORT, () => 'standby');
  io.out(`${role} stands by on http://${config.QM_HTTP_HOST}:${standby.port} as ${config.QM_INSTANCE_ID}\n`);
  try {
    for (;;) {
      await backends.clock.sleep(STANDBY_LOOK_MS, signal).catch(() => undefined);
      if (signal.aborted) return null;
      const taken = await take();
      if (taken !== null) return taken;
    }
  } finally {
    await standby.close();
  }
}

function giveWay(role: ServiceRole, ending: Ending, { logger }: SetupTools): void {
  logger.error(`another ${role} is at work on this site; this one ends`, 'Run');
  ending.begin(1);
}

type WatchTools = Pick<SetupTools, 'backends' | 'openings'>;

async function watched(bus: KafkaBus, { backends, openings }: WatchTools): Promise<ReadinessCheck> {
  return (await openings.open(new BusWatch(bus, backends.clock), (watch) => { watch.close(); })).check;
}

async function watchedDatabase(database: DataSource, { backends, openings }: WatchTools): Promise<ReadinessCheck> {
  return (await openings.open(new DatabaseWatch(database, backends.clock), (watch) => { watch.close(); })).check;
}

function mapOf(config: ServiceConfig): VirtualMap {
  return openSiteMap(config.QM_STORE_DIR, config.QM_MAP_FILE);
}

/** Built console files, undefined when they were not built. */
function consoleDir(): string | undefined {
  const dir = join(__dirname, '..', '..', '..', 'console', 'dist');
  return existsSync(join(dir, 'index.html')) ? dir : undefined;
}

/** The token that was made because none was given and none was stored: told in a file that its owner alone can read, and nowhere else. */
function keepFirstToken(storeDir: string, token: string): void {
  mkdirSync(storeDir, { recursive: true });
  writeFileSync(join(storeDir, 'first-start-token'), `${token}\n`, { mode: 0o600 });
}
