import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaBus } from '@quaymaster/bus-kafka';
import { SystemClock } from '@quaymaster/clock';
import { connectMqtt, DynamicSecurity, serviceRights } from '@quaymaster/mqtt';
import { vehicleTopics } from '@quaymaster/telemetry';
import type { MqttClient } from 'mqtt';
import pg from 'pg';
import { singleTopics, spreadTopics } from '../run/topics';
import { type ProcessEnv, ServiceProcess } from './service-process';

/** Keys of the servers that separate services need. */
export const SERVER_KEYS = [
  'QM_KAFKA_BROKERS', 'QM_POSTGRES_URL', 'QM_POSTGRES_PASSWORD', 'QM_CLICKHOUSE_URL', 'QM_CLICKHOUSE_USERNAME', 'QM_CLICKHOUSE_PASSWORD', 'QM_REDIS_URL', 'QM_REDIS_PASSWORD',
  'QM_MQTT_URL', 'QM_MQTT_USERNAME', 'QM_MQTT_PASSWORD',
] as const;

/**
 * A site of its own on servers that others use too: a schema, an analytics database, a prefix for topics, groups and cache keys, and two broker accounts, all
 * of which are gone after `close`. Vehicles' topics are the one thing that sites on a broker share: their ids must be.
 */
export class ServiceSite {
  readonly id = randomBytes(4).toString('hex');
  readonly dir = mkdtempSync(join(tmpdir(), 'quaymaster-services-'));
  readonly storeDir = join(this.dir, 'store');
  readonly mapFile = join(this.dir, 'terminal.xodr');
  /** An admin's. */
  token = randomBytes(24).toString('base64url');
  readonly processes: ServiceProcess[] = [];
  private readonly schema = `site_${this.id}`;
  private readonly passwords = { ingest: randomBytes(18).toString('base64url'), dispatch: randomBytes(18).toString('base64url') };
  private serial = 0;

  private constructor(private readonly servers: ProcessEnv, xodr: string) {
    writeFileSync(this.mapFile, xodr);
  }

  /** @param servers addresses and passwords, by SERVER_KEYS. @param xodr the site's map, as OpenDRIVE */
  static async open(servers: ProcessEnv, xodr: string): Promise<ServiceSite> {
    const site = new ServiceSite(servers, xodr);
    await site.sql(`CREATE SCHEMA ${site.schema}`);
    await site.onBroker(async (security) => {
      await security.putService(site.account('ingest'), site.passwords.ingest, serviceRights.ingest);
      await security.putService(site.account('dispatch'), site.passwords.dispatch, serviceRights.dispatch);
    });
    return site;
  }

  /** Everything that may not be seen in what a service says. */
  get secrets(): readonly string[] {
    const given = Object.entries(this.servers).filter(([key]) => key.endsWith('_PASSWORD')).map(([, value]) => value ?? '');
    return [...given, this.token, this.passwords.ingest, this.passwords.dispatch].filter((text) => text !== '');
  }

  start(role: string, more: ProcessEnv = {}): ServiceProcess {
    const started = ServiceProcess.start(role, { ...this.env(role), ...more });
    this.processes.push(started);
    return started;
  }

  env(role: string): ProcessEnv {
    this.serial += 1;
    const { QM_POSTGRES_URL: postgres, QM_CLICKHOUSE_URL: clickhouse } = this.servers;
    const own = role === 'telemetry-ingest' ? 'ingest' as const : role === 'dispatch' ? 'dispatch' as const : null;
    return {
      ...Object.fromEntries(SERVER_KEYS.map((key) => [key, this.servers[key]])), QM_POSTGRES_URL: `${postgres!}?options=-c%20search_path%3D${this.schema}`,
      QM_CLICKHOUSE_URL: `${new URL(clickhouse!).origin}/${this.schema}`, QM_KAFKA_PREFIX: this.prefix, QM_INSTANCE_ID: `${role}-${this.serial}`, QM_HTTP_PORT: '0',
      QM_MAP_FILE: this.mapFile, QM_STORE_DIR: this.storeDir,
      ...(role === 'gateway' || role === 'simulator' ? { QM_FIRST_START_TOKEN: this.token } : {}),
      ...(own === null ? {} : { QM_MQTT_USERNAME: this.account(own), QM_MQTT_PASSWORD: this.passwords[own] }),
    };
  }

  /** A broker user who may hear and speak every vehicle's commands; gone with the site. */
  async witness(): Promise<{ readonly url: string; readonly username: string; readonly password: string }> {
    const [username, password] = [this.account('witness'), randomBytes(18).toString('base64url')];
    const commands = [vehicleTopics.command('+')];
    await this.onBroker((security) => security.putService(username, password, { publishes: commands, hears: commands }));
    return { url: this.servers['QM_MQTT_URL']!, username, password };
  }

  async sql(text: string): Promise<void> {
    const { hostname: host, port, username, pathname } = new URL(this.servers['QM_POSTGRES_URL']!);
    const client = new pg.Client({ host, port: Number(port || 5432), user: username, password: this.servers['QM_POSTGRES_PASSWORD']!, database: pathname.slice(1) });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  }

  /** Ends what still runs, and leaves nothing of the site on the servers. */
  async close(vehicleIds: readonly string[]): Promise<void> {
    await Promise.all(this.processes.map((one) => one.kill()));
    await this.sql(`DROP SCHEMA ${this.schema} CASCADE`);
    await this.onBroker(async (security, client) => {
      for (const name of ['ingest', 'dispatch', 'witness']) await security.removeService(this.account(name));
      for (const vehicleId of vehicleIds) {
        await security.removeVehicle(vehicleId);
        // The broker keeps the last word of a vehicle; an empty one ends that.
        await client.publishAsync(vehicleTopics.connection(vehicleId), '', { qos: 1, retain: true });
      }
    });
    await fetch(`${new URL(this.servers['QM_CLICKHOUSE_URL']!).origin}/`, {
      method: 'POST', body: `DROP DATABASE IF EXISTS ${this.schema}`,
      headers: { 'X-ClickHouse-User': this.servers['QM_CLICKHOUSE_USERNAME']!, 'X-ClickHouse-Key': this.servers['QM_CLICKHOUSE_PASSWORD']! },
    });
    const bus = new KafkaBus({ brokers: this.servers['QM_KAFKA_BROKERS']!.split(','), clock: new SystemClock(), instanceId: 'sweeper', prefix: this.prefix });
    await bus.deleteTopics([...spreadTopics.names, ...singleTopics.names]);
    await bus.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private get prefix(): string {
    return `site-${this.id}-`;
  }

  private account(service: string): string {
    return `${this.prefix}${service}`;
  }

  private async onBroker(work: (security: DynamicSecurity, client: MqttClient) => Promise<void>): Promise<void> {
    const client = await connectMqtt({
      url: this.servers['QM_MQTT_URL']!, username: this.servers['QM_MQTT_USERNAME']!, password: this.servers['QM_MQTT_PASSWORD']!, clientId: `site-${this.id}`, protocolVersion: 5,
    });
    try {
      await work(await DynamicSecurity.over(client), client);
    } finally {
      await client.endAsync();
    }
  }
}
