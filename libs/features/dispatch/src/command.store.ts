import { Injectable } from '@nestjs/common';
import type { CommandEvent } from '@quaymaster/messages';
import { DataSource } from 'typeorm';
import type { CommandRecord } from './command-record';

/** What a restarted dispatch must know of a vehicle. */
export interface VehicleLedger {
  readonly vehicleId: string;
  readonly sequence: number;
  readonly epoch: number;
}

/** Commands and their ladders in the relational store. */
@Injectable()
export class CommandStore {
  constructor(private readonly database: DataSource) {}

  /** Rows of new commands, all or none. A command that is already there is left as it is. */
  async insert(records: readonly CommandRecord[]): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map(({ command, sequence, state, because }) => ({
      command_id: command.commandId, vehicle_id: command.vehicleId, kind: command.params.kind, sequence, epoch: command.epoch, state, because,
      cause_id: command.causeId, actor: command.actor, params: command.params, issued_at_ms: command.issuedAtMs, expires_at_ms: command.expiresAtMs,
    }));
    await this.database.query(
      `INSERT INTO command (command_id, vehicle_id, kind, sequence, epoch, state, because, cause_id, actor, params, issued_at_ms, expires_at_ms)
       SELECT command_id, vehicle_id, kind, sequence, epoch, state, because, cause_id, actor, params, issued_at_ms, expires_at_ms
       FROM jsonb_to_recordset($1::jsonb) AS r(command_id text, vehicle_id text, kind text, sequence integer, epoch integer, state text,
         because text, cause_id text, actor text, params jsonb, issued_at_ms bigint, expires_at_ms bigint)
       ON CONFLICT (command_id) DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  /** Appends rungs to the ladders and moves the commands' states; a terminal state stays. */
  async append(events: readonly CommandEvent[]): Promise<void> {
    if (events.length === 0) return;
    const rows = JSON.stringify(events.map((e) => ({ command_id: e.commandId, state: e.state, because: e.because, at_ms: e.atMs })));
    const latest = JSON.stringify([...new Map(events.map((e) => [e.commandId, { command_id: e.commandId, state: e.state, because: e.because }])).values()]);
    await this.database.transaction(async (manager) => {
      await manager.query(
        `INSERT INTO command_event (command_id, state, because, at_ms)
         SELECT command_id, state, because, at_ms FROM jsonb_to_recordset($1::jsonb) AS r(command_id text, state text, because text, at_ms bigint)`,
        [rows],
      );
      await manager.query(
        `UPDATE command SET state = r.state, because = r.because
         FROM jsonb_to_recordset($1::jsonb) AS r(command_id text, state text, because text)
         WHERE command.command_id = r.command_id
           AND command.state NOT IN ('finished', 'failed', 'rejected', 'expired', 'superseded')`,
        [latest],
      );
    });
  }

  /** Of these ids, those that were taken before. */
  async known(commandIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (commandIds.length === 0) return new Set();
    const rows: { command_id: string }[] = await this.database.query('SELECT command_id FROM command WHERE command_id = ANY($1)', [commandIds]);
    return new Set(rows.map((row) => row.command_id));
  }

  async ledgers(): Promise<readonly VehicleLedger[]> {
    const rows: { vehicle_id: string; sequence: number; epoch: number }[] = await this.database.query(
      'SELECT vehicle_id, max(sequence)::integer AS sequence, max(epoch)::integer AS epoch FROM command GROUP BY vehicle_id',
    );
    return rows.map((row) => ({ vehicleId: row.vehicle_id, sequence: row.sequence, epoch: row.epoch }));
  }

  /** Closes what an earlier process left open: nobody resends it any more, and its permission has long lapsed. */
  async expireOrphans(): Promise<void> {
    await this.database.query(
      `UPDATE command SET state = 'expired', because = 'dispatch restarted'
       WHERE state NOT IN ('finished', 'failed', 'rejected', 'expired', 'superseded')`,
    );
  }
}
