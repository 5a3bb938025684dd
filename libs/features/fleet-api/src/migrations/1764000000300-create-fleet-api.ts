import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateFleetApi1764000000300 implements MigrationInterface {
  readonly name = 'CreateFleetApi1764000000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE vehicle_model (id text PRIMARY KEY, body jsonb NOT NULL)');
    await runner.query(`CREATE TABLE vehicle (
      vehicle_id text PRIMARY KEY,
      model_id text NOT NULL REFERENCES vehicle_model (id),
      secret_hash text NOT NULL,
      created_at_ms bigint NOT NULL
    )`);
    await runner.query('CREATE INDEX vehicle_model_use ON vehicle (model_id)');
    await runner.query(`CREATE TABLE api_token (
      name text PRIMARY KEY,
      role text NOT NULL,
      hash text NOT NULL UNIQUE,
      created_at_ms bigint NOT NULL,
      expires_at_ms bigint
    )`);
    await runner.query(`CREATE TABLE operator_request (
      request_id text PRIMARY KEY,
      actor text NOT NULL,
      operation text NOT NULL,
      fingerprint text NOT NULL,
      requested_at_ms bigint NOT NULL,
      body jsonb,
      published_at_ms bigint,
      result jsonb,
      status integer,
      answer text
    )`);
    await runner.query('CREATE INDEX operator_request_open ON operator_request (requested_at_ms) WHERE body IS NOT NULL AND result IS NULL');
    await runner.query('CREATE INDEX operator_request_age ON operator_request (requested_at_ms)');
    await runner.query(`CREATE TABLE audit_entry (
      serial bigint PRIMARY KEY,
      at_ms bigint NOT NULL,
      actor text NOT NULL,
      action text NOT NULL,
      resource text NOT NULL,
      body jsonb NOT NULL,
      prev_hash text NOT NULL,
      hash text NOT NULL
    )`);
    await runner.query('CREATE TABLE audit_head (id integer PRIMARY KEY CHECK (id = 1), serial bigint NOT NULL, hash text NOT NULL)');
    await runner.query(`INSERT INTO audit_head (id, serial, hash) VALUES (1, 0, '')`);
    // The trail is only ever added to; whoever gets around this is found out by the chain.
    await runner.query(`CREATE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit entries are never changed or removed';
      END $$`);
    await runner.query(`CREATE TRIGGER audit_entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
      FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_final()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_head', 'audit_entry', 'operator_request', 'api_token', 'vehicle', 'vehicle_model']) await runner.query(`DROP TABLE ${table}`);
    await runner.query('DROP FUNCTION audit_entry_is_final()');
  }
}
