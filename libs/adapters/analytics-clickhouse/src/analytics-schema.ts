import type { ClickHouseClient } from '@clickhouse/client';
import { framesTable } from './frames-table';

/** Makes the table, or changes what may change of one that is there: how long frames are kept. */
export async function makeSchema(client: ClickHouseClient, retentionDays: number): Promise<void> {
  if (!Number.isInteger(retentionDays) || retentionDays < 1) throw new RangeError(`frames must be kept a whole number of days, got ${retentionDays}`);
  await client.command({ query: framesTable(retentionDays) });
}

/** The same for a server, whose database may not be there yet: `administration` is connected to none. */
export async function migrateServer(administration: ClickHouseClient, database: string, client: ClickHouseClient, retentionDays: number): Promise<void> {
  await administration.command({ query: 'CREATE DATABASE IF NOT EXISTS {database: Identifier}', query_params: { database } });
  await makeSchema(client, retentionDays);
  await client.command({ query: `ALTER TABLE frames MODIFY TTL toDateTime(received_at) + INTERVAL ${retentionDays} DAY` });
  await expectSchema(client);
}

/** @throws when the table is not there, or would store a batch twice that is sent twice */
export async function expectSchema(client: ClickHouseClient): Promise<void> {
  const result = await client.query({ query: 'SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = \'frames\'', format: 'JSONCompactEachRow' });
  const [row] = await result.json<readonly [string]>();
  if (row === undefined) throw new Error('its table is missing: run the migrations first');
  if (!/non_replicated_deduplication_window = [1-9]/.test(row[0]) && !row[0].startsWith('Replicated')) throw new Error('its table forgets the tokens of batches: run the migrations of this release');
}
