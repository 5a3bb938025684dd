import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CollisionApp } from '@quaymaster/app-collision';
import { DispatchApp } from '@quaymaster/app-dispatch';
import { GatewayApp } from '@quaymaster/app-gateway';
import { SchedulerApp } from '@quaymaster/app-scheduler';
import { openSiteMap } from '@quaymaster/app-standalone';
import { TelemetryIngestApp } from '@quaymaster/app-telemetry-ingest';
import type { KafkaBus } from '@quaymaster/bus-kafka';
import { SystemClock } from '@quaymaster/clock';
import { CollisionConfig } from '@quaymaster/feature-collision';
import { DispatchConfig } from '@quaymaster/feature-dispatch';
import { FleetApi, FleetApiConfig } from '@quaymaster/feature-fleet-api';
import { IngestConfig } from '@quaymaster/feature-ingest';
import { SchedulingConfig } from '@quaymaster/feature-scheduling';
import { sharedFilter } from '@quaymaster/mqtt';
import type { ReadinessCheck } from '@quaymaster/nest-platform';
import { fleetFilters } from '@quaymaster/telemetry';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { DataSource } from 'typeorm';
import type { TerminalIo } from '../terminal-io';
import { brokerCheck, BusWatch, DatabaseWatch } from './backend-watch';
import { BrokerAccounts } from './broker-accounts';
import { KnownVehicles } from './known-vehicles';
import type { ServiceSetup, SetupTools } from './run-service';
import type { ServiceConfig } from './service.config';
import { SiteLock } from './site-lock';
import { StatusServer } from './status-server';

export type ServiceRole = 'gateway' | 'telemetry-ingest' | 'collision' | 'scheduler' | 'dispatch';

const STANDBY_LOOK_MS = 1000;

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
  const bus = await backends.bus();
  const console = consoleDir();
  return {
    module: GatewayApp.forRoot({ clock: backends.clock, bus, database, analytics }, {
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
    module: TelemetryIngestApp.forRoot({ clock: backends.clock, bus, state, analytics }, {
      config: IngestConfig.from(env), map, mqtt, isKnownVehicle: (id) => known.isKnown(id),
      // Each frame goes to one of the instances. Words on connections go to all of them: they are few and may be told twice, and a broker keeps the last of
      // each vehicle only for those who do not share.
      filters: [sharedFilter(`${config.QM_KAFKA_PREFIX}telemetry-ingest`, fleetFilters.frames), fleetFilters.connections],
    }),
    checks: { bus: await watched(bus, { backends, openings }), broker: brokerCheck(mqtt) },
  };
}

async function setUpCollision({ settings: { config, env }, backends, openings }: SetupTools): Promise<ServiceSetup> {
  const bus = await backends.bus();
  return {
    module: CollisionApp.forRoot({ clock: backends.clock, bus }, { config: CollisionConfig.from(env), map: mapOf(config) }),
    checks: { bus: await watched(bus, { backends, openings }) },
  };
}

async function setUpScheduler({ settings: { config, env }, backends, openings, ending, logger, io }: SetupTools): Promise<ServiceSetup | null> {
  const map = mapOf(config);
  const database = await backends.database();
  const lock = await SiteLock.take(database) ?? await standBy(database, config, ending.signal, io);
  if (lock === null) return null;
  const held = await openings.open(lock, (taken) => taken.release());
  held.watch(backends.clock, () => {
    logger.error('another scheduler has taken the site over; this one ends', 'Run');
    ending.begin(1);
  });
  const bus = await backends.bus();
  return {
    module: SchedulerApp.forRoot({ clock: backends.clock, bus, database }, { config: SchedulingConfig.from(env), map }),
    checks: { bus: await watched(bus, { backends, openings }), database: await watchedDatabase(database, { backends, openings }) },
  };
}

/** Waits until the site has no scheduler. Null when the process is asked to end meanwhile. */
async function standBy(database: DataSource, config: ServiceConfig, signal: AbortSignal, io: TerminalIo): Promise<SiteLock | null> {
  const clock = new SystemClock();
  const standby = await StatusServer.listen('scheduler', config.QM_HTTP_HOST, config.QM_HTTP_PORT, () => 'standby');
  io.out(`scheduler stands by on http://${config.QM_HTTP_HOST}:${standby.port} as ${config.QM_INSTANCE_ID}\n`);
  try {
    for (;;) {
      await clock.sleep(STANDBY_LOOK_MS, signal).catch(() => undefined);
      if (signal.aborted) return null;
      // A database that is away is looked for again; the site's scheduler, if it has one, has lost it too.
      const lock = await SiteLock.take(database).catch(() => null);
      if (lock !== null) return lock;
    }
  } finally {
    await standby.close();
  }
}

async function setUpDispatch({ settings: { env }, backends, openings }: SetupTools): Promise<ServiceSetup> {
  const database = await backends.database();
  const mqtt = await backends.mqtt('dispatch');
  const bus = await backends.bus();
  return {
    module: DispatchApp.forRoot({ clock: backends.clock, bus, database }, { config: DispatchConfig.from(env), mqtt }),
    checks: { bus: await watched(bus, { backends, openings }), database: await watchedDatabase(database, { backends, openings }), broker: brokerCheck(mqtt) },
  };
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
