export type { DatabaseServer } from './database-server';
export { migrate } from './migrate';
export type { MigrateOptions, MigrationClass } from './migrate';
export { openDatabase } from './open-database';
export type { Database, DatabaseOptions } from './open-database';
export { MigrationsBusyError, SchemaNewerError, SchemaOlderError } from './schema-errors';
