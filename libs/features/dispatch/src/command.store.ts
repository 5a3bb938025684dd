import { Injectable } from '@nestjs/common';
import type { Command, CommandEvent, CommandState } from '@quaymaster/messages';
import { DataSource } from 'typeorm';
import type { CommandRecord } from './command-record';

/** First of the two numbers of the lock that ladders are written under; the second is the schema's, since sites may share a database. */
const LADDER_LOCK = 5_190_004;
const TERMINAL = "('finished', 'failed', 'rejected', 'expired', 'superseded')";
/** Places of states on the ladder; every end is on the last one. */
const rung = (state: string): string => `coalesce(array_position(ARRAY['accepted', 'dispatched', 'received', 'running'], ${state}), 9)`;
const COLUMNS = `command_id text, vehicle_id text, kind text, sequence integer, epoch integer, state text, because text, cause_id text, actor text, params jsonb,
  issued_at_ms bigint, expires_at_ms bigint`;

/** A permission that this instance is the first to take, under the number that it goes out with. */
export interface Allotted {
  readonly commandId: string;
  readonly sequence: number;
  /** Newest epoch that the vehicle was ever commanded under, this command's included. */
  readonly epochInForce: number;
}

/** A command that somebody has left open. */
export interface Orphan {
  readonly command: Command;
  readonly sequence: number;
  readonly state: CommandState;
}

interface OrphanRow {
  readonly command_id: string; readonly vehicle_id: string; readonly sequence: number; readonly epoch: number; readonly cause_id: string; readonly actor: string;
  readonly params: Command['params']; readonly issued_at_ms: string; readonly expires_at_ms: string; readonly state: CommandState;
}

/** Commands and their ladders in the relational store. Any number of instances write to it; what it says counts for all of them. */
@Injectable()
export class CommandStore {
  constructor(private readonly database: DataSource) {}

  /**
   * Stores permissions, all or none, and gives each the next number of its vehicle. Those that are there already, from whatever instance, are not among the
   * result: somebody else has sent them.
   *
   * @param reported highest number that each vehicle has said it has seen: a vehicle that outlived a store must not be handed one of before
   */
  async take(owner: string, commands: readonly Command[], reported: (vehicleId: string) => number): Promise<ReadonlyMap<string, Allotted>> {
    if (commands.length === 0) return new Map();
    const rows = commands.map((command, place) => ({
      place, command_id: command.commandId, vehicle_id: command.vehicleId, kind: command.params.kind, epoch: command.epoch, cause_id: command.causeId, actor: command.actor,
      params: command.params, issued_at_ms: command.issuedAtMs, expires_at_ms: command.expiresAtMs, reported: reported(command.vehicleId),
    }));
    const allotted: { command_id: string; sequence: number; epoch: number }[] = await this.database.query(
      `WITH asked AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(place integer, command_id text, vehicle_id text, kind text, epoch integer, cause_id text, actor text, params jsonb,
           issued_at_ms bigint, expires_at_ms bigint, reported integer)
         WHERE NOT EXISTS (SELECT 1 FROM command WHERE command.command_id = r.command_id)
       ), ledger AS (
         INSERT INTO vehicle_ledger AS l (vehicle_id, sequence, epoch, allotted)
         SELECT vehicle_id, max(reported) + count(*), max(epoch), count(*) FROM asked GROUP BY vehicle_id ORDER BY vehicle_id
         ON CONFLICT (vehicle_id) DO UPDATE
         SET sequence = greatest(l.sequence + excluded.allotted, excluded.sequence), epoch = greatest(l.epoch, excluded.epoch), allotted = excluded.allotted
         RETURNING vehicle_id, sequence, epoch, allotted
       ), taken AS (
         INSERT INTO command (command_id, vehicle_id, kind, sequence, epoch, state, because, cause_id, actor, params, issued_at_ms, expires_at_ms, owner)
         SELECT a.command_id, a.vehicle_id, a.kind, l.sequence - l.allotted + row_number() OVER (PARTITION BY a.vehicle_id ORDER BY a.place), a.epoch, 'accepted', '',
           a.cause_id, a.actor, a.params, a.issued_at_ms, a.expires_at_ms, $2::text
         FROM asked a JOIN ledger l USING (vehicle_id)
         ON CONFLICT (command_id) DO NOTHING
         RETURNING command_id, vehicle_id, sequence
       )
       SELECT t.command_id, t.sequence, l.epoch FROM taken t JOIN ledger l USING (vehicle_id)`,
      [JSON.stringify(rows), owner],
    );
    return new Map(allotted.map(({ command_id: commandId, sequence, epoch }) => [commandId, { commandId, sequence, epochInForce: epoch }]));
  }

  /** Stores stops that have been sent already, all or none. One that another instance has stored is left as it is. */
  async insertStops(owner: string, records: readonly CommandRecord[]): Promise<void> {
    if (records.length === 0) return;
    const rows = records.map(({ command, sequence, state, because }) => ({
      command_id: command.commandId, vehicle_id: command.vehicleId, kind: command.params.kind, sequence, epoch: command.epoch, state, because,
      cause_id: command.causeId, actor: command.actor, params: command.params, issued_at_ms: command.issuedAtMs, expires_at_ms: command.expiresAtMs,
    }));
    await this.database.query(
      `INSERT INTO command (command_id, vehicle_id, kind, sequence, epoch, state, because, cause_id, actor, params, issued_at_ms, expires_at_ms, owner)
       SELECT r.*, $2::text FROM jsonb_to_recordset($1::jsonb) AS r(${COLUMNS}) ORDER BY command_id
       ON CONFLICT (command_id) DO NOTHING`,
      [JSON.stringify(rows), owner],
    );
  }

  /**
   * Appends rungs to the ladders and moves the commands' states up. A rung is there once, whoever saw it first, and nothing comes after an end: several instances
   * that see to the same stop write one ladder. They write one after the other, since none sees what another has not committed.
   */
  async append(events: readonly CommandEvent[]): Promise<void> {
    if (events.length === 0) return;
    const rows = JSON.stringify(events.map((e, place) => ({ place, command_id: e.commandId, state: e.state, because: e.because, at_ms: e.atMs })));
    const latest = JSON.stringify([...new Map(events.map((e) => [e.commandId, { command_id: e.commandId, state: e.state, because: e.because }])).values()]);
    await this.database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))', [LADDER_LOCK]);
      await manager.query(
        `INSERT INTO command_event (command_id, state, because, at_ms)
         SELECT command_id, state, because, at_ms FROM jsonb_to_recordset($1::jsonb) AS r(place integer, command_id text, state text, because text, at_ms bigint)
         WHERE NOT EXISTS (SELECT 1 FROM command_event e WHERE e.command_id = r.command_id AND ${rung('e.state')} > ${rung('r.state')} - (CASE WHEN ${rung('r.state')} = 9 THEN 1 ELSE 0 END))
         ORDER BY place
         ON CONFLICT (command_id, state) DO NOTHING`,
        [rows],
      );
      await manager.query(
        `UPDATE command SET state = r.state, because = r.because
         FROM (SELECT * FROM jsonb_to_recordset($1::jsonb) AS s(command_id text, state text, because text) ORDER BY command_id) AS r
         WHERE command.command_id = r.command_id AND ${rung('r.state')} > ${rung('command.state')}`,
        [latest],
      );
    });
  }

  /** Of these ids, those that are stored. */
  async known(commandIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (commandIds.length === 0) return new Set();
    const rows: { command_id: string }[] = await this.database.query('SELECT command_id FROM command WHERE command_id = ANY($1)', [commandIds]);
    return new Set(rows.map((row) => row.command_id));
  }

  /** Takes over what instances that are gone have left open; of several that ask at once one gets each command. */
  async adopt(owner: string, whose: { readonly ownersBut: readonly string[]; readonly issuedBeforeMs: number } | { readonly owner: string }): Promise<readonly Orphan[]> {
    const [condition, values] = 'owner' in whose
      ? ['owner = $2', [whose.owner]] as const
      : ['NOT (owner = ANY($2)) AND issued_at_ms < $3', [whose.ownersBut, whose.issuedBeforeMs]] as const;
    // TypeORM answers an UPDATE with the rows and their count.
    const [rows] = await this.database.query<[OrphanRow[], number]>(
      `UPDATE command SET owner = $1 WHERE ${condition} AND state NOT IN ${TERMINAL}
       RETURNING command_id, vehicle_id, sequence, epoch, state, cause_id, actor, params, issued_at_ms, expires_at_ms`,
      [owner, ...values],
    );
    return rows.map((row) => ({
      sequence: row.sequence,
      state: row.state,
      command: {
        commandId: row.command_id, vehicleId: row.vehicle_id, epoch: row.epoch, issuedAtMs: Number(row.issued_at_ms), expiresAtMs: Number(row.expires_at_ms),
        causeId: row.cause_id, actor: row.actor, params: row.params,
      },
    }));
  }
}
