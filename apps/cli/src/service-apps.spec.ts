import type { DynamicModule } from '@nestjs/common';
import { CollisionApp } from '@quaymaster/app-collision';
import { DispatchApp } from '@quaymaster/app-dispatch';
import { GatewayApp } from '@quaymaster/app-gateway';
import { SchedulerApp } from '@quaymaster/app-scheduler';
import { compileOpenDrive } from '@quaymaster/app-standalone';
import { TelemetryIngestApp } from '@quaymaster/app-telemetry-ingest';
import { InMemoryBus } from '@quaymaster/bus-memory';
import { SystemClock } from '@quaymaster/clock';
import { type Database, openDatabase } from '@quaymaster/database';
import { CollisionConfig } from '@quaymaster/feature-collision';
import { DispatchConfig, dispatchEntities, dispatchMigrations } from '@quaymaster/feature-dispatch';
import { FleetApiConfig, fleetApiEntities, fleetApiMigrations } from '@quaymaster/feature-fleet-api';
import { IngestConfig } from '@quaymaster/feature-ingest';
import { SchedulingConfig, schedulingEntities, schedulingMigrations } from '@quaymaster/feature-scheduling';
import { connectMqtt, EmbeddedBroker } from '@quaymaster/mqtt';
import { type Backends, createService, JsonLogger, Readiness, startService, stopService } from '@quaymaster/nest-platform';
import { AnalyticsStore, AnalyticsUnavailableError } from '@quaymaster/ports';
import { InMemoryStateStore } from '@quaymaster/state-memory';
import { generateTerminal, terminalDefaults } from '@quaymaster/terminal';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { MqttClient } from 'mqtt';

/** A site without history: the services must not care. */
class NoHistory extends AnalyticsStore {
  appendFrames(): Promise<void> { return absent(); }
  telemetry(): Promise<never> { return absent(); }
  fleetMinutes(): Promise<never> { return absent(); }
  countFrames(): Promise<never> { return absent(); }
  async close(): Promise<void> { await Promise.resolve(); }
}
const absent = (): Promise<never> => Promise.reject(new AnalyticsUnavailableError('there is no history here'));

let map: VirtualMap;
let database: Database;
let broker: EmbeddedBroker;
let mqtt: MqttClient;

beforeAll(async () => {
  map = compileOpenDrive('terminal', generateTerminal({ ...terminalDefaults, cranes: 1, yardBlocks: 1, slots: 8 }).xodr);
  database = await openDatabase({
    entities: [...dispatchEntities, ...schedulingEntities, ...fleetApiEntities], migrations: [...dispatchMigrations, ...schedulingMigrations, ...fleetApiMigrations],
  });
  broker = await EmbeddedBroker.start({ host: '127.0.0.1', port: 0, authenticate: async (name) => ({ kind: 'service', name }) });
  mqtt = await connectMqtt({ url: `mqtt://127.0.0.1:${broker.port}`, clientId: 'service', username: 'service', password: '' });
}, 60_000);

afterAll(async () => {
  await mqtt.endAsync(true);
  await broker.close();
  await database.close();
});

const services: readonly (readonly [string, (backends: Backends) => DynamicModule])[] = [
  ['telemetry-ingest', (backends) => TelemetryIngestApp.forRoot(backends, { config: IngestConfig.from({}), map, mqtt, isKnownVehicle: () => true })],
  ['collision', (backends) => CollisionApp.forRoot(backends, { config: CollisionConfig.from({}), map })],
  ['scheduler', (backends) => SchedulerApp.forRoot(backends, { config: SchedulingConfig.from({}), map })],
  ['dispatch', (backends) => DispatchApp.forRoot(backends, { config: DispatchConfig.from({}), mqtt, instanceId: 'dispatch' })],
  ['gateway', (backends) => GatewayApp.forRoot(backends, { config: FleetApiConfig.from({}), map, mapName: map.name, firstStartToken: 'token-of-the-first-start' })],
];

it.each(services)('%s answers /live, /ready and /metrics on a port of its own, and drains', async (name, make) => {
  const clock = new SystemClock();
  const bus = new InMemoryBus({ clock });
  const backends: Backends = { clock, bus, state: new InMemoryStateStore(clock), analytics: new NoHistory(), database: database.dataSource };
  const app = await createService(make(backends), new JsonLogger('error'));
  const port = await startService(app, '127.0.0.1', 0);
  const status = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  expect([await status('/live'), await status('/ready')]).toEqual([200, 200]);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toContain(`service="${name}"`);
  app.get(Readiness).drain();
  expect([await status('/live'), await status('/ready')]).toEqual([200, 503]);
  await stopService(app);
  await bus.close();
  await expect(fetch(`http://127.0.0.1:${port}/live`)).rejects.toThrow();
}, 30_000);
