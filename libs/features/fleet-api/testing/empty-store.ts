import type { DataSource } from 'typeorm';

/** Puts the gateway's tables back to how the migration leaves them: a new database for each test would take seconds. */
export async function emptyStore(database: DataSource): Promise<void> {
  await database.query('DROP TRIGGER IF EXISTS away ON operator_request');
  await database.query('DROP FUNCTION IF EXISTS away()');
  await database.query('ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_is_final');
  await database.query('TRUNCATE audit_entry, operator_request, api_token, vehicle, vehicle_model');
  await database.query('ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_is_final');
  await database.query(`UPDATE audit_head SET serial = 0, hash = ''`);
}
