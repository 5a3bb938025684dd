import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { AnalyticsStore } from '@quaymaster/ports';
import { ClickHouseAnalyticsStore } from './click-house-analytics-store';

export interface AnalyticsOptions {
  /** ClickHouse server, `http://user:password@host:8123/database`; without it the embedded engine is used. */
  readonly url?: string | undefined;
  /** Folder of the embedded engine, of one process at a time; without it the data live in a temporary folder and go with the process. */
  readonly dataDir?: string | undefined;
  /** Frames older than this are dropped, a day at a time. Default 30. */
  readonly retentionDays?: number;
}

/** Below the 3 s after which a server closes an idle connection: none is used that the other side is about to close. */
const IDLE_SOCKET_TTL_MS = 2500;
const REQUEST_TIMEOUT_MS = 10_000;
/** Every failure is thrown to the caller, who logs it once; the client would print it again. */
const QUIET = { level: ClickHouseLogLevel.OFF };

/** The part of the optional package `chdb` that is used. */
interface EmbeddedEngine {
  createChdbConnection(options: { path: string }): NonNullable<ClickHouseClientConfigOptions['connection']>;
}

/**
 * Opens the analytics store. It never rejects: where the store cannot be had now, or the embedded engine is not installed, the store's calls reject with
 * AnalyticsUnavailableError and say why, and each tries again.
 */
export async function openAnalytics(options: AnalyticsOptions = {}): Promise<AnalyticsStore> {
  const { url, dataDir } = options;
  const store = new ClickHouseAnalyticsStore(() => (url === undefined ? embeddedClient(dataDir ?? ':memory:') : serverClient(url)), options.retentionDays ?? 30);
  // Loading the engine takes the event loop for a moment: better now than under load. A failure shows at each call.
  await store.open().catch(() => undefined);
  return store;
}

function serverClient(url: string): ClickHouseClient {
  return createClient({
    url, application: 'quaymaster', request_timeout: REQUEST_TIMEOUT_MS, log: QUIET,
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
