import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Several instances of dispatch: numbers are allotted by the store, each command has an owner, each rung of a ladder is there once. */
export class ShareCommands1764000000110 implements MigrationInterface {
  readonly name = 'ShareCommands1764000000110';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE vehicle_ledger (
      vehicle_id text PRIMARY KEY,
      sequence integer NOT NULL,
      epoch integer NOT NULL,
      allotted integer NOT NULL
    )`);
    await runner.query('INSERT INTO vehicle_ledger SELECT vehicle_id, max(sequence), max(epoch), 0 FROM command GROUP BY vehicle_id');
    await runner.query('ALTER TABLE command ADD COLUMN owner text NOT NULL DEFAULT \'\'');
    await runner.query(`CREATE INDEX command_open ON command (owner) WHERE state NOT IN ('finished', 'failed', 'rejected', 'expired', 'superseded')`);
    await runner.query('DELETE FROM command_event e USING command_event f WHERE e.command_id = f.command_id AND e.state = f.state AND e.event_id > f.event_id');
    await runner.query('DROP INDEX command_event_command');
    await runner.query('CREATE UNIQUE INDEX command_event_rung ON command_event (command_id, state)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX command_event_rung');
    await runner.query('CREATE INDEX command_event_command ON command_event (command_id)');
    await runner.query('DROP INDEX command_open');
    await runner.query('ALTER TABLE command DROP COLUMN owner');
    await runner.query('DROP TABLE vehicle_ledger');
  }
}
