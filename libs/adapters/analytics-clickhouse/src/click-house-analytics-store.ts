import type { ClickHouseClient } from '@clickhouse/client';
import type { Frame } from '@quaymaster/messages';
import { AnalyticsStore, AnalyticsUnavailableError, type FleetMinute, type TelemetryQuery } from '@quaymaster/ports';
import { frameColumns, framesTable, fromRow, selectedFrameColumns, toRow } from './frames-table';

/** A vehicle slower than this stands [m/s]. */
const STANDING_MPS = 0.1;

/**
 * History in ClickHouse, a server or the engine inside this process: one client, one dialect. It connects and makes its table when it is first needed and again
 * after a failure, so that a store that is down at the start is found when it is up. Calls after `close` reject as those of a store that is down do.
 */
export class ClickHouseAnalyticsStore extends AnalyticsStore {
  private client: Promise<ClickHouseClient> | null = null;
  private readonly pending = new Set<Promise<unknown>>();
  /** Appends follow one another: settings of the embedded engine hold for its session, and one batch must not take the token of another. */
  private lastAppend: Promise<unknown> = Promise.resolve();
  private closed = false;

  /** @param connect opens a client; may be called again after it or the table's creation failed */
  constructor(private readonly connect: () => ClickHouseClient, private readonly retentionDays: number) {
    super();
  }

  /** Connects now. Rejects with AnalyticsUnavailableError when it cannot; a later call tries again. */
  async open(): Promise<void> {
    await this.run(async () => undefined);
  }

  async appendFrames(rows: readonly Frame[], deduplicationToken: string): Promise<void> {
    if (rows.length === 0) return;
    const before = this.lastAppend;
    const append = this.run(async (client) => {
      await before;
      await client.insert({
        table: 'frames', values: rows.map(toRow), format: 'JSONCompactEachRow', columns: frameColumns,
        clickhouse_settings: { insert_deduplicate: 1, insert_deduplication_token: deduplicationToken, async_insert: 0 },
      });
    });
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
    // The embedded engine must not be taken away under a running statement.
    await Promise.allSettled(this.pending);
    const client = await this.client?.catch(() => null);
    await client?.close();
  }

  private select(query: string, parameters: Record<string, string | number>): Promise<readonly (readonly unknown[])[]> {
    return this.run(async (client) => {
      const result = await client.query({ query, query_params: parameters, format: 'JSONCompactEachRow' });
      return result.json<readonly unknown[]>();
    });
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
    const client = this.connect();
    try {
      await client.command({ query: framesTable(this.retentionDays) });
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }
}
