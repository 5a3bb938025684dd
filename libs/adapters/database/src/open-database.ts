import { DataSource, type DataSourceOptions, type EntityTarget, type MigrationInterface, type ObjectLiteral } from 'typeorm';
import { openPglite } from './open-pglite';
import { createPgliteDriver } from './pglite-pool';

export interface DatabaseOptions {
  /** PostgreSQL server; without it the embedded engine is used. */
  readonly url?: string | undefined;
  /** Folder of the embedded engine; without it the data live in memory. */
  readonly dataDir?: string | undefined;
  readonly entities: readonly EntityTarget<ObjectLiteral>[];
  readonly migrations: readonly (new () => MigrationInterface)[];
}

/** One number for all of our instances, whatever the site: "QM" and a serial. */
const MIGRATION_LOCK = 5_190_001;

/** A relational store whose schema is up to date. `close` ends it. */
export interface Database {
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

/** @throws when the store cannot be reached or a migration fails; the message says which */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const common = {
    type: 'postgres' as const, uuidExtension: 'pgcrypto' as const, installExtensions: false, entities: [...options.entities] as NonNullable<DataSourceOptions['entities']>,
    migrations: [...options.migrations], migrationsTransactionMode: 'each' as const,
  };
  if (options.url !== undefined) {
    const dataSource = new DataSource({
      ...common, url: options.url, poolErrorHandler: () => undefined,
      extra: { max: 10, connectionTimeoutMillis: 2000, statement_timeout: 5000, lock_timeout: 2000, idle_in_transaction_session_timeout: 10_000 },
    });
    return started({ dataSource, close: () => end(dataSource) }, () => migrate(dataSource));
  }
  const engine = await openPglite(options.dataDir);
  const dataSource = new DataSource({ ...common, driver: createPgliteDriver(engine) });
  const close = async (): Promise<void> => {
    await end(dataSource);
    await engine.close();
  };
  return started({ dataSource, close }, async () => { await dataSource.runMigrations(); });
}

/** Connects and brings the schema up to date; what fails leaves no connection and no engine behind. */
async function started(database: Database, prepare: () => Promise<void>): Promise<Database> {
  try {
    await database.dataSource.initialize();
    await prepare();
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function end(dataSource: DataSource): Promise<void> {
  if (dataSource.isInitialized) await dataSource.destroy();
}

/** Instances that start together must not run the same migration twice: the first one holds the lock, the others find nothing left to do. */
async function migrate(dataSource: DataSource): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
  });
}
