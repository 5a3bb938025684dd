import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCommands1764000000100 implements MigrationInterface {
  readonly name = 'CreateCommands1764000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE command (
      command_id text PRIMARY KEY,
      vehicle_id text NOT NULL,
      kind text NOT NULL,
      sequence integer NOT NULL,
      epoch integer NOT NULL,
      state text NOT NULL,
      because text NOT NULL,
      cause_id text NOT NULL,
      actor text NOT NULL,
      params jsonb NOT NULL,
      issued_at_ms bigint NOT NULL,
      expires_at_ms bigint NOT NULL
    )`);
    await runner.query('CREATE INDEX command_vehicle ON command (vehicle_id, sequence)');
    await runner.query(`CREATE TABLE command_event (
      event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      command_id text NOT NULL,
      state text NOT NULL,
      because text NOT NULL,
      at_ms bigint NOT NULL
    )`);
    await runner.query('CREATE INDEX command_event_command ON command_event (command_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE command_event');
    await runner.query('DROP TABLE command');
  }
}
