import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { AnalyticsUnavailableError } from '@quaymaster/ports';
import { expectSchema, makeSchema, migrateServer } from './analytics-schema';
import { ClickHouseAnalyticsStore } from './click-house-analytics-store';

/** Where a ClickHouse server is. */
export interface AnalyticsServer {
  /** `http://host:8123/database`, or https; without a database it is `default`. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface AnalyticsOptions extends Omit<AnalyticsServer, 'url'> {
  /** ClickHouse server, as `AnalyticsServer` has it; without it the embedded engine is used. Its table is made by `migrateAnalytics`, the embedded engine's by itself. */
  readonly url?: string | undefined;
  /** Folder of the embedded engine, of one process at a time; without it the data live in a temporary folder and go with the process. */
  readonly dataDir?: string | undefined;
  /** Frames older than this are dropped, a day at a time. Default 30. */
  readonly retentionDays?: number;
}

/** Below the 3 s after which a server closes an idle connection: none is used that the other side is about to close. */
const IDLE_SOCKET_TTL_MS = 2500;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 4;
/** Every failure is thrown to the caller, who logs it once; the client would print it again. */
const QUIET = { level: ClickHouseLogLevel.OFF };

/** The part of the optional package `chdb` that is used. */
interface EmbeddedEngine {
  createChdbConnection(options: { path: string }): NonNullable<ClickHouseClientConfigOptions['connection']>;
}

/**
 * Opens the analytics store. It never rejects: where the store cannot be had now, or the embedded engine is not installed, the store's calls reject with
 * AnalyticsUnavailableError and say why, and each tries again.
 *
 * @throws RangeError when the address is none
 */
export async function openAnalytics(options: AnalyticsOptions = {}): Promise<ClickHouseAnalyticsStore> {
  const { url, dataDir, retentionDays = 30 } = options;
  const address = url === undefined ? null : addressOf({ ...options, url });
  const store = new ClickHouseAnalyticsStore(address === null
    ? { connect: () => embeddedClient(dataDir ?? ':memory:'), prepare: (client) => makeSchema(client, retentionDays), isRemote: false }
    : { connect: () => serverClient(address), prepare: expectSchema, isRemote: true });
  // Loading the engine takes the event loop for a moment: better now than under load. A failure shows at each call.
  await store.open().catch(() => undefined);
  return store;
}

/**
 * Makes the database and its table on a server, or brings them up to date; a job before the services start. Running it again changes nothing.
 *
 * @throws AnalyticsUnavailableError when the server cannot be reached or refuses
 */
export async function migrateAnalytics(server: AnalyticsServer, retentionDays = 30): Promise<void> {
  const address = addressOf(server);
  const administration = serverClient({ ...address, database: 'default' });
  const client = serverClient(address);
  try {
    await migrateServer(administration, address.database, client, retentionDays);
  } catch (cause) {
    throw new AnalyticsUnavailableError(`the analytics store could not be set up: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    await Promise.all([administration.close(), client.close()]);
  }
}

interface Address { readonly url: string; readonly database: string; readonly username: string; readonly password: string }

/** @throws RangeError when it is no address; the text leaves it out, since a password may stand in it */
function addressOf({ url, username, password }: AnalyticsServer): Address {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) throw new RangeError('the address of the analytics store must be http://host:port/database');
  const database = decodeURIComponent(parsed.pathname.replace(/^\//, ''));
  return {
    url: parsed.origin, database: database === '' ? 'default' : database,
    username: username ?? (parsed.username === '' ? 'default' : decodeURIComponent(parsed.username)), password: password ?? decodeURIComponent(parsed.password),
  };
}

function serverClient(address: Address): ClickHouseClient {
  return createClient({
    ...address, application: 'quaymaster', request_timeout: REQUEST_TIMEOUT_MS, max_open_connections: MAX_CONNECTIONS, log: QUIET,
    keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_TTL_MS, eagerly_destroy_stale_sockets: true },
  });
}

function embeddedClient(path: string): ClickHouseClient {
  const engine = loadEngine();
  if (path !== ':memory:') mkdirSync(path, { recursive: true });
  return createClient({ connection: engine.createChdbConnection({ path }), log: QUIET });
}

function loadEngine(): EmbeddedEngine {
  try {
    // Loaded only when it is wanted: the package is optional, and takes half a gigabyte.
    return createRequire(__filename)('chdb/connection') as EmbeddedEngine;
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND';
    const because = isMissing ? 'it is not installed (npm install --no-save chdb@3.4.0)' : cause instanceof Error ? cause.message : String(cause);
    throw new Error(`history needs the embedded ClickHouse engine, and ${because}; or name a server in QM_CLICKHOUSE_URL`, { cause });
  }
}
