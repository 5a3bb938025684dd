import { DataSource, type DataSourceOptions, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { connectionOf, serviceLimits, sourceOptions } from './database-server';
import { expectSchema, migrate, type MigrationClass } from './migrate';
import { openPglite } from './open-pglite';
import { createPgliteDriver } from './pglite-pool';

export interface DatabaseOptions {
  /** PostgreSQL server, `postgres://user@host:5432/database`; without it the embedded engine is used. */
  readonly url?: string | undefined;
  readonly password?: string | undefined;
  /** Folder of the embedded engine; without it the data live in memory. */
  readonly dataDir?: string | undefined;
  readonly entities: readonly EntityTarget<ObjectLiteral>[];
  /** Those of all features that share the database. */
  readonly migrations: readonly MigrationClass[];
  /**
   * `migrate`, the default, brings the schema up to date. `expect` is for services on a server, whose migrations are a job of their own (`migrate`): they
   * refuse to start on a schema that is older or newer than they are. The embedded engine has one process and migrates by itself in either case.
   */
  readonly schema?: 'migrate' | 'expect';
  /** Connections of this process to a server at most. Default 10. */
  readonly poolSize?: number;
}

/** A relational store whose schema is up to date. `close` ends it. */
export interface Database {
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

/**
 * @throws SchemaOlderError or SchemaNewerError with `expect`; RangeError when the address is none; else what the store says when it cannot be reached or a
 * migration fails
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const common = {
    type: 'postgres' as const, uuidExtension: 'pgcrypto' as const, installExtensions: false, entities: [...options.entities] as NonNullable<DataSourceOptions['entities']>,
    migrations: [...options.migrations], migrationsTransactionMode: 'each' as const,
  };
  const { url, password } = options;
  if (url !== undefined) {
    const dataSource = new DataSource({
      ...common, ...sourceOptions(connectionOf({ url, password }), { max: options.poolSize ?? 10, ...serviceLimits }), applicationName: 'quaymaster',
    });
    const prepare = async (): Promise<void> => {
      if (options.schema === 'expect') await expectSchema(dataSource);
      else await migrate({ url, password, migrations: options.migrations });
    };
    return started({ dataSource, close: () => end(dataSource) }, prepare);
  }
  const engine = await openPglite(options.dataDir);
  const dataSource = new DataSource({ ...common, driver: createPgliteDriver(engine) });
  const close = async (): Promise<void> => {
    await end(dataSource);
    await engine.close();
  };
  return started({ dataSource, close }, async () => { await dataSource.runMigrations(); });
}

/** Connects and sees to the schema; what fails leaves no connection and no engine behind. */
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
