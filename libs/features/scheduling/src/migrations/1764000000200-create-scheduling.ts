import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateScheduling1764000000200 implements MigrationInterface {
  readonly name = 'CreateScheduling1764000000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE scheduler_epoch (
      site text PRIMARY KEY,
      epoch integer NOT NULL,
      taken_at_ms bigint NOT NULL
    )`);
    await runner.query(`CREATE TABLE mission (
      mission_id text PRIMARY KEY,
      state text NOT NULL,
      body jsonb NOT NULL
    )`);
    await runner.query(`CREATE TABLE incident (
      incident_id text PRIMARY KEY,
      state text NOT NULL,
      body jsonb NOT NULL
    )`);
    await runner.query(`CREATE TABLE hold (
      hold_id text PRIMARY KEY,
      vehicle_id text NOT NULL,
      reason text NOT NULL,
      owner text NOT NULL,
      placed_at_ms bigint NOT NULL,
      lifted_at_ms bigint
    )`);
    await runner.query('CREATE INDEX hold_open ON hold (vehicle_id) WHERE lifted_at_ms IS NULL');
    await runner.query(`CREATE TABLE drive (
      route_id text PRIMARY KEY,
      vehicle_id text NOT NULL,
      active boolean NOT NULL,
      body jsonb NOT NULL
    )`);
    await runner.query('CREATE INDEX drive_active ON drive (vehicle_id) WHERE active');
    await runner.query(`CREATE TABLE handled_request (
      request_id text PRIMARY KEY,
      result jsonb NOT NULL
    )`);
    await runner.query(`CREATE TABLE outbox (
      outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      key text NOT NULL,
      body jsonb NOT NULL,
      sent_at_ms bigint
    )`);
    await runner.query('CREATE INDEX outbox_unsent ON outbox (outbox_id) WHERE sent_at_ms IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['outbox', 'handled_request', 'drive', 'hold', 'incident', 'mission', 'scheduler_epoch']) await runner.query(`DROP TABLE ${table}`);
  }
}
