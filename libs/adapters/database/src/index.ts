export { openDatabase } from './open-database';
export type { Database, DatabaseOptions } from './open-database';
