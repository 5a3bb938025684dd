import { FleetError } from '@quaymaster/ports';

/** The database lacks migrations of this release. They may still run: the same start may succeed later. */
export class SchemaOlderError extends FleetError {
  readonly code = 'QM_SCHEMA_OLDER';
  readonly retryable = true;

  constructor(readonly missing: readonly string[]) {
    super(`the database is older than this release: run the migrations first (missing: ${missing.join(', ')})`);
  }
}

/** The database has migrations that this release does not know; working on it could damage what a newer release has written. */
export class SchemaNewerError extends FleetError {
  readonly code = 'QM_SCHEMA_NEWER';
  readonly retryable = false;

  constructor(readonly unknown: readonly string[]) {
    super(`the database is newer than this release: start the newer release (unknown here: ${unknown.join(', ')})`);
  }
}

/** Another one runs the migrations, and did not end in the time given. */
export class MigrationsBusyError extends FleetError {
  readonly code = 'QM_MIGRATIONS_BUSY';
  readonly retryable = true;
}
