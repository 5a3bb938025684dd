import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import type { Frame } from '@quaymaster/messages';
import { AnalyticsStore, AnalyticsUnavailableError, type FleetMinute, type TelemetryQuery } from '@quaymaster/ports';
import { frameColumns, fromRow, selectedFrameColumns, toRow } from './frames-table';

/** A vehicle slower than this stands [m/s]. */
const STANDING_MPS = 0.1;
/** Rows of one INSERT at most; a larger batch goes as several, each with a token of its own. */
const INSERT_ROWS = 10_000;
/** Rows on their way at most. While the store hangs, what comes on top is refused and counted: history has a gap, nobody waits. */
const MAX_OPEN_ROWS = 60_000;
/** How long `close` lets a server finish what it was asked. */
const CLOSING_MS = 5000;
/** A read that failed this soon was cut off, as over a connection that the server had just closed: it is asked once more. */
const SOON_MS = 2000;
const RETRY_PAUSE_MS = 100;

export interface ClickHouseStoreOptions {
  /** Opens a client; called again after it or `prepare` has failed. */
  connect(): ClickHouseClient;
  /** Makes the table, or makes sure that it is there. */
  prepare(client: ClickHouseClient): Promise<void>;
  /** True for a server: what a broken connection left open is sent once more, and a statement can be called back. The engine in this process does neither. */
  readonly isRemote: boolean;
}

/**
 * History in ClickHouse, a server or the engine inside this process: one client, one dialect. It connects when it is first needed and again after a failure, so
 * that a store that is down at the start is found when it is up. Calls after `close` reject as those of a store that is down do.
 */
export class ClickHouseAnalyticsStore extends AnalyticsStore {
  private client: Promise<ClickHouseClient> | null = null;
  private readonly pending = new Set<Promise<unknown>>();
  /** Appends follow one another: settings of the embedded engine hold for its session, and one batch must not take the token of another. */
  private lastAppend: Promise<unknown> = Promise.resolve();
  private readonly aborting = new AbortController();
  private openRows = 0;
  private refused = 0;
  private closed = false;

  constructor(private readonly options: ClickHouseStoreOptions) {
    super();
  }

  /** Rows that were not taken, since too many were on their way. */
  get refusedRows(): number {
    return this.refused;
  }

  /** Connects now. Rejects with AnalyticsUnavailableError when it cannot; a later call tries again. */
  async open(): Promise<void> {
    await this.run(async () => undefined);
  }

  /** A batch over 10,000 rows is not stored as a whole or not at all; sent again with its token it is completed. */
  async appendFrames(rows: readonly Frame[], deduplicationToken: string): Promise<void> {
    if (rows.length === 0) return;
    if (this.openRows > 0 && this.openRows + rows.length > MAX_OPEN_ROWS) {
      this.refused += rows.length;
      throw new AnalyticsUnavailableError(`the analytics store has ${this.openRows} rows on their way`);
    }
    this.openRows += rows.length;
    const before = this.lastAppend;
    const append = this.run(async (client) => {
      await before;
      for (let from = 0; from < rows.length; from += INSERT_ROWS) {
        const token = from === 0 ? deduplicationToken : `${deduplicationToken}+${from}`;
        // Sent again with its token, a batch whose answer was lost is stored once.
        await this.repeated(() => this.insert(client, rows.slice(from, from + INSERT_ROWS), token), Infinity);
      }
    }).finally(() => { this.openRows -= rows.length; });
    this.lastAppend = append.catch(() => undefined);
    await append;
  }

  /** Oldest first, from `fromMs` on and before `toMs`. */
  async telemetry({ vehicleId, fromMs, toMs, limit }: TelemetryQuery): Promise<readonly Frame[]> {
    const rows = await this.select(
      `SELECT ${selectedFrameColumns} FROM frames
       WHERE vehicle_id = {vehicleId: String} AND observed_at >= fromUnixTimestamp64Milli({fromMs: Int64}) AND observed_at < fromUnixTimestamp64Milli({toMs: Int64})
       ORDER BY observed_at, boot_id, sequence LIMIT {limit: UInt32}`,
      { vehicleId, fromMs, toMs, limit },
    );
    return rows.map(fromRow);
  }

  /** Oldest first; minutes without a frame are left out. */
  async fleetMinutes(fromMs: number, toMs: number): Promise<readonly FleetMinute[]> {
    const rows = await this.select(
      `SELECT toUnixTimestamp(toStartOfMinute(observed_at)) AS minute_s, uniqExact(vehicle_id), count(), avg(abs(speed_mps)), avg(abs(speed_mps) < {standingMps: Float64})
       FROM frames WHERE observed_at >= fromUnixTimestamp64Milli({fromMs: Int64}) AND observed_at < fromUnixTimestamp64Milli({toMs: Int64})
       GROUP BY minute_s ORDER BY minute_s`,
      { fromMs, toMs, standingMps: STANDING_MPS },
    );
    return rows.map((row) => ({
      minuteAtMs: Number(row[0]) * 1000, vehicles: Number(row[1]), frames: Number(row[2]), meanSpeedMps: Number(row[3]), standingRatio: Number(row[4]),
    }));
  }

  async countFrames(): Promise<number> {
    const rows = await this.select('SELECT count() FROM frames', {});
    return Number(rows[0]?.[0] ?? 0);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    // The embedded engine must not be taken away under a running statement; a server may hang, and a service that ends must not.
    const timer = this.options.isRemote ? setTimeout(() => { this.aborting.abort(); }, CLOSING_MS) : undefined;
    await Promise.allSettled(this.pending);
    clearTimeout(timer);
    const client = await this.client?.catch(() => null);
    await client?.close();
  }

  private async insert(client: ClickHouseClient, rows: readonly Frame[], token: string): Promise<void> {
    await client.insert({
      table: 'frames', values: rows.map(toRow), format: 'JSONCompactEachRow', columns: frameColumns, ...this.recall(),
      clickhouse_settings: { insert_deduplicate: 1, insert_deduplication_token: token, async_insert: 0 },
    });
  }

  private select(query: string, parameters: Record<string, string | number>): Promise<readonly (readonly unknown[])[]> {
    return this.run((client) => this.repeated(async () => {
      const result = await client.query({ query, query_params: parameters, format: 'JSONCompactEachRow', ...this.recall() });
      return result.json<readonly unknown[]>();
    }, SOON_MS));
  }

  /** @throws when everything has been called back */
  private recall(): { abort_signal?: AbortSignal } {
    this.aborting.signal.throwIfAborted();
    return this.options.isRemote ? { abort_signal: this.aborting.signal } : {};
  }

  /** Once more, when the connection to a server broke within `soonMs`. What the server has judged it would judge alike again. */
  private async repeated<T>(ask: () => Promise<T>, soonMs: number): Promise<T> {
    const startedMs = performance.now();
    try {
      return await ask();
    } catch (error) {
      const isCutOff = this.options.isRemote && !(error instanceof ClickHouseError) && !this.aborting.signal.aborted;
      if (!isCutOff || performance.now() - startedMs > soonMs) throw error;
    }
    await new Promise((resolve) => { setTimeout(resolve, RETRY_PAUSE_MS * (0.5 + Math.random())); });
    return ask();
  }

  private async run<T>(use: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    if (this.closed) throw new AnalyticsUnavailableError('the analytics store is closed');
    const running = this.connected().then(use);
    this.pending.add(running);
    try {
      return await running;
    } catch (cause) {
      throw new AnalyticsUnavailableError(`the analytics store does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    } finally {
      this.pending.delete(running);
    }
  }

  private connected(): Promise<ClickHouseClient> {
    this.client ??= this.prepare().catch((error: unknown) => {
      this.client = null;
      throw error;
    });
    return this.client;
  }

  private async prepare(): Promise<ClickHouseClient> {
    const client = this.options.connect();
    try {
      await this.options.prepare(client);
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }
}
