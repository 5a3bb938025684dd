import { DataSource, MigrationExecutor, type MigrationInterface, type QueryRunner } from 'typeorm';
import { connectionOf, type DatabaseServer, sourceOptions } from './database-server';
import { MigrationsBusyError, SchemaNewerError, SchemaOlderError } from './schema-errors';

export type MigrationClass = new () => MigrationInterface;

export interface MigrateOptions extends DatabaseServer {
  /** Those of all features that share the database. */
  readonly migrations: readonly MigrationClass[];
  /** How long another one that migrates is waited for [ms]. Default 60 s. */
  readonly waitMs?: number;
}

/** One number for all of our instances, whatever the site: "QM" and a serial. */
const MIGRATION_LOCK = 5_190_001;
/** A migration waits for a table this long, and blocks those behind it as long. */
const LOCK_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 600_000;
/** PostgreSQL's code of a lock that was not had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Brings the schema of a server up to date; a job before the services start. Of several at once one works and the others wait for it. Each migration is a
 * transaction of its own: what fails leaves the ones before it done, and running it again goes on from there.
 *
 * @returns names of the migrations that ran, none when there was nothing to do
 * @throws MigrationsBusyError, or what the server or a migration has thrown
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const dataSource = new DataSource({
    type: 'postgres', installExtensions: false, migrations: [...options.migrations], applicationName: 'quaymaster-migrate',
    ...sourceOptions(connectionOf(options), { max: 2, connectionTimeoutMillis: 2000, statement_timeout: STATEMENT_TIMEOUT_MS, keepAlive: true }),
  });
  await dataSource.initialize();
  const runner = dataSource.createQueryRunner();
  try {
    await locked(runner, options.waitMs ?? 60_000);
    // In the session that holds the lock: should it break, lock and migration go together.
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    const ran = await executor.executePendingMigrations();
    return ran.map(({ name }) => name);
  } finally {
    // The lock goes with its session.
    await runner.release();
    await dataSource.destroy();
  }
}

async function locked(runner: QueryRunner, waitMs: number): Promise<void> {
  await runner.query(`SET lock_timeout = ${Math.max(1, Math.ceil(waitMs))}`);
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === LOCK_NOT_AVAILABLE) {
      throw new MigrationsBusyError(`another one has been migrating the database for more than ${waitMs} ms`, { cause });
    }
    throw cause;
  }
  await runner.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
}

/**
 * Compares the migrations of this release with those that the database has had.
 *
 * @throws SchemaOlderError or SchemaNewerError
 */
export async function expectSchema(dataSource: DataSource): Promise<void> {
  const [table] = await dataSource.query<{ there: boolean }[]>('SELECT to_regclass(\'migrations\') IS NOT NULL AS there');
  const rows = table?.there === true ? await dataSource.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id') : [];
  const done = new Set(rows.map(({ name }) => name));
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const missing = known.filter((name) => !done.has(name));
  if (missing.length > 0) throw new SchemaOlderError(missing);
  const unknown = [...done].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new SchemaNewerError(unknown);
}
