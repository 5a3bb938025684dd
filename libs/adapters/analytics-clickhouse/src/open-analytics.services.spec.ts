import { createClient } from '@clickhouse/client';
import { AnalyticsUnavailableError } from '@quaymaster/ports';
import { describeAnalyticsStore, describeWithServices } from '@quaymaster/ports/testing';
import { migrateAnalytics, openAnalytics } from './open-analytics';

describeWithServices('ClickHouse', ['QM_CLICKHOUSE_URL'], (env) => {
  const made: string[] = [];
  /** A database of its own on the server. */
  const fresh = () => {
    const database = `qm_test_${process.pid}_${Date.now()}_${made.length}`;
    made.push(database);
    return { url: `${new URL(env['QM_CLICKHOUSE_URL']!).origin}/${database}`, username: env['QM_CLICKHOUSE_USERNAME'], password: env['QM_CLICKHOUSE_PASSWORD'] };
  };
  const administration = (database = 'default') => createClient({
    url: new URL(env['QM_CLICKHOUSE_URL']!).origin, database, username: env['QM_CLICKHOUSE_USERNAME'] ?? 'default', password: env['QM_CLICKHOUSE_PASSWORD'] ?? '',
  });
  afterAll(async () => {
    const client = administration();
    for (const database of made) await client.command({ query: `DROP DATABASE IF EXISTS ${database}` });
    await client.close();
  });

  describeAnalyticsStore('the server', async () => {
    const server = fresh();
    await migrateAnalytics(server);
    return openAnalytics(server);
  });

  it('is set up by its migrations, as often as they run, two at once included', async () => {
    const server = fresh();
    const store = await openAnalytics(server);
    await expect(store.countFrames()).rejects.toBeInstanceOf(AnalyticsUnavailableError);
    await Promise.all([migrateAnalytics(server, 30), migrateAnalytics(server, 30)]);
    await migrateAnalytics(server, 7);
    expect(await store.countFrames()).toBe(0);
    await store.close();
    const client = administration(made.at(-1));
    const table: string = await (await client.query({ query: 'SHOW CREATE TABLE frames', format: 'TabSeparatedRaw' })).text();
    expect(table).toMatch(/toIntervalDay\(7\)/);
    expect(table).toMatch(/non_replicated_deduplication_window = 1000/);
    await client.close();
  });

  it('refuses a wrong password, and says so without it', async () => {
    const server = { ...fresh(), password: 'not-this-one' };
    await expect(migrateAnalytics(server)).rejects.toThrow(/Authentication|password is incorrect/i);
    const store = await openAnalytics(server);
    await expect(store.countFrames()).rejects.not.toThrow(/not-this-one/);
    await store.close();
  });
});
