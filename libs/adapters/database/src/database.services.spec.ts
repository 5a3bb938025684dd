import { SystemClock } from '@quaymaster/clock';
import { describeWithServices } from '@quaymaster/ports/testing';
import pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ContractRow, CreateContractRow1700000000000, describeRelational } from '../testing/relational.contract';
import { connectionOf } from './database-server';
import { migrate } from './migrate';
import { type Database, type DatabaseOptions, openDatabase } from './open-database';
import { MigrationsBusyError, SchemaNewerError, SchemaOlderError } from './schema-errors';

class Slow1700000000001 implements MigrationInterface {
  readonly name = 'Slow1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE slow (started timestamptz NOT NULL)');
    await runner.query('INSERT INTO slow SELECT clock_timestamp() FROM pg_sleep(1.5)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE slow');
  }
}

class Broken1700000000002 implements MigrationInterface {
  readonly name = 'Broken1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half (id text)');
    await runner.query('CREATE TABLE contract_row (id text)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE half');
  }
}

const CONTRACT = { entities: [ContractRow], migrations: [CreateContractRow1700000000000] };

describeWithServices('PostgreSQL', ['QM_POSTGRES_URL'], (env) => {
  const clock = new SystemClock();
  const password = env['QM_POSTGRES_PASSWORD'];
  const { host, port, username: user, password: secret, database, ssl } = connectionOf({ url: env['QM_POSTGRES_URL']!, password });
  const made: string[] = [];
  const opened: Database[] = [];
  let administration: pg.Pool;

  beforeAll(() => {
    administration = new pg.Pool({ host, port, user, password: secret, database, ssl, max: 2 });
    administration.on('error', () => undefined);
  });
  afterEach(async () => { for (const database of opened.splice(0)) await database.close(); });
  afterAll(async () => {
    for (const name of made) await administration.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
    await administration.end();
  });

  /** An empty schema of its own in the database. */
  async function fresh(): Promise<{ readonly url: string; readonly password: string | undefined }> {
    const name = `qm_test_${process.pid}_${Date.now()}_${made.length}`;
    made.push(name);
    await administration.query(`CREATE SCHEMA ${name}`);
    const url = new URL(env['QM_POSTGRES_URL']!);
    url.searchParams.set('options', `-c search_path=${name}`);
    return { url: url.href, password };
  }

  async function open(server: { url: string; password: string | undefined }, options: Partial<DatabaseOptions> = {}): Promise<Database> {
    const database = await openDatabase({ ...CONTRACT, ...server, ...options });
    opened.push(database);
    return database;
  }

  const rejected = (call: Promise<unknown>): Promise<unknown> => call.then(() => null, (error: unknown) => error);
  const kill = (pid: number) => administration.query('SELECT pg_terminate_backend($1)', [pid]);
  const migrationNames = async (database: Database) => (await database.dataSource.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id')).map(({ name }) => name);

  describeRelational('the server', async () => openDatabase({ ...CONTRACT, ...await fresh() }));

  describe('migrations', () => {
    const both = [CreateContractRow1700000000000, Slow1700000000001];

    it('run once, however many run them at once: one works, the others wait and find nothing left', async () => {
      const server = await fresh();
      const ran = await Promise.all(Array.from({ length: 3 }, () => migrate({ ...server, migrations: both })));
      expect(ran.filter((names) => names.length > 0)).toEqual([['CreateContractRow1700000000000', 'Slow1700000000001']]);
      const database = await open(server, { migrations: both, schema: 'expect' });
      expect(await migrationNames(database)).toEqual(['CreateContractRow1700000000000', 'Slow1700000000001']);
      expect(await database.dataSource.query('SELECT count(*) AS n FROM slow')).toEqual([{ n: '1' }]);
    });

    it('say so when another one takes too long', async () => {
      const server = await fresh();
      const first = migrate({ ...server, migrations: both });
      const holds = async (): Promise<boolean> => {
        const held = await administration.query(`SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()`);
        return held.rowCount !== 0;
      };
      while (!await holds()) await clock.sleep(5);
      expect(await rejected(migrate({ ...server, migrations: both, waitMs: 50 }))).toBeInstanceOf(MigrationsBusyError);
      expect(await first).toHaveLength(2);
    });

    it('that fail leave what was done before them, and go on from there', async () => {
      const server = await fresh();
      await expect(migrate({ ...server, migrations: [...CONTRACT.migrations, Broken1700000000002] })).rejects.toThrow(/already exists/);
      expect(await migrate({ ...server, migrations: both })).toEqual(['Slow1700000000001']);
      const database = await open(server, { migrations: both, schema: 'expect' });
      expect(await database.dataSource.query('SELECT to_regclass(\'half\') AS half')).toEqual([{ half: null }]);
    });

    it('are asked for by a service that finds none, or not all of them', async () => {
      const server = await fresh();
      expect(await rejected(open(server, { schema: 'expect' }))).toMatchObject({ code: 'QM_SCHEMA_OLDER', retryable: true, missing: ['CreateContractRow1700000000000'] });
      await migrate({ ...server, ...CONTRACT });
      await open(server, { schema: 'expect' });
      const error = await rejected(open(server, { migrations: both, schema: 'expect' }));
      expect(error).toBeInstanceOf(SchemaOlderError);
      expect(error).toMatchObject({ missing: ['Slow1700000000001'] });
    });

    it('of a newer release keep an older service from starting', async () => {
      const server = await fresh();
      await migrate({ ...server, migrations: both });
      const error = await rejected(open(server, { schema: 'expect' }));
      expect(error).toBeInstanceOf(SchemaNewerError);
      expect(error).toMatchObject({ code: 'QM_SCHEMA_NEWER', retryable: false, unknown: ['Slow1700000000001'] });
    });
  });

  describe('a backend that is killed', () => {
    const pidOf = async (query: (sql: string) => Promise<{ pid: number }[]>): Promise<number> => (await query('SELECT pg_backend_pid() AS pid'))[0]!.pid;

    it('while idle costs nothing', async () => {
      const database = await open(await fresh());
      for (let round = 0; round < 5; round += 1) {
        const pid = await pidOf((sql) => database.dataSource.query(sql));
        await kill(pid);
        while ((await administration.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).rowCount !== 0) await clock.sleep(5);
        await clock.sleep(20);
        expect(await database.dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      }
    });

    it('in the middle of a transaction undoes it and nothing else', async () => {
      const database = await open(await fresh());
      for (let round = 0; round < 5; round += 1) {
        await expect(database.dataSource.transaction(async (inside) => {
          await inside.insert(ContractRow, { id: `lost-${round}`, value: 1, detail: {}, at: new Date(0), atMs: 0 });
          await kill(await pidOf((sql) => inside.query(sql)));
          // The client is checked out and idle when its end comes.
          await clock.sleep(50);
          await inside.query('SELECT 1');
        })).rejects.toThrow();
        expect(await database.dataSource.manager.countBy(ContractRow, {})).toBe(0);
      }
    });

    it('in the middle of a statement makes that one fail', async () => {
      const database = await open(await fresh());
      const sleeping = rejected(database.dataSource.query('SELECT pg_sleep(4)'));
      let pid: number | undefined;
      while (pid === undefined) pid = (await administration.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE query = \'SELECT pg_sleep(4)\' AND state = \'active\'')).rows[0]?.pid;
      await kill(pid);
      expect(await sleeping).toMatchObject({ code: '57P01' });
      expect(await database.dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  });

  describe('what hangs is cut off', () => {
    it('a statement after 5 s', async () => {
      const database = await open(await fresh());
      const fromMs = clock.monotonicMs();
      expect(await rejected(database.dataSource.query('SELECT pg_sleep(30)'))).toMatchObject({ code: '57014' });
      expect(clock.monotonicMs() - fromMs).toBeLessThan(6500);
    });

    it('a lock after 2 s', async () => {
      const database = await open(await fresh());
      await database.dataSource.manager.insert(ContractRow, { id: 'a', value: 1, detail: {}, at: new Date(0), atMs: 0 });
      await database.dataSource.transaction(async (inside) => {
        await inside.update(ContractRow, { id: 'a' }, { value: 2 });
        expect(await rejected(database.dataSource.manager.update(ContractRow, { id: 'a' }, { value: 3 }))).toMatchObject({ code: '55P03' });
      });
    });

    it('the wait for a connection after 2 s', async () => {
      const database = await open(await fresh(), { poolSize: 1 });
      await database.dataSource.transaction(async () => {
        const fromMs = clock.monotonicMs();
        await expect(database.dataSource.query('SELECT 1')).rejects.toThrow(/timeout/i);
        expect(clock.monotonicMs() - fromMs).toBeLessThan(3000);
      });
    });

    it('a transaction that does nothing for 10 s', async () => {
      const database = await open(await fresh());
      expect(await database.dataSource.query('SHOW idle_in_transaction_session_timeout')).toEqual([{ idle_in_transaction_session_timeout: '10s' }]);
    });
  });

  it('refuses a wrong password, and says so without it', async () => {
    const server = { ...await fresh(), password: 'not-this-one' };
    await expect(open(server)).rejects.toThrow(/password authentication failed/);
    await expect(open(server)).rejects.not.toThrow(/not-this-one/);
  });
});
