import { Injectable } from '@nestjs/common';
import { commandParamsSchema, commandStateSchema } from '@quaymaster/messages';
import { DataSource } from 'typeorm';
import { z } from 'zod';

/** A command as dispatch keeps it. A route's path is left out: the single command has it. */
export const commandViewSchema = z.object({
  commandId: z.string(),
  vehicleId: z.string(),
  kind: z.enum(['stop', 'resume', 'route', 'release']),
  sequence: z.number().int(),
  epoch: z.number().int(),
  state: commandStateSchema,
  because: z.string(),
  causeId: z.string(),
  actor: z.string(),
  issuedAtMs: z.number().int(),
  expiresAtMs: z.number().int(),
});
export type CommandView = z.infer<typeof commandViewSchema>;

export const commandDetailSchema = commandViewSchema.extend({
  params: commandParamsSchema,
  /** The ladder, first rung first. */
  events: z.array(z.object({ state: commandStateSchema, because: z.string(), atMs: z.number().int() })),
});
export type CommandDetail = z.infer<typeof commandDetailSchema>;

export interface CommandQuery {
  readonly vehicleId?: string | undefined;
  readonly causeId?: string | undefined;
  readonly state?: string | undefined;
  /** Id of the last command of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

interface CommandRow {
  command_id: string; vehicle_id: string; kind: string; sequence: number; epoch: number; state: string; because: string; cause_id: string; actor: string;
  issued_at_ms: string; expires_at_ms: string; params?: unknown;
}

const COLUMNS = 'command_id, vehicle_id, kind, sequence, epoch, state, because, cause_id, actor, issued_at_ms, expires_at_ms';

/** Dispatch's commands and their ladders, read only. */
@Injectable()
export class CommandReader {
  constructor(private readonly database: DataSource) {}

  /** Newest first. */
  async list({ vehicleId, causeId, state, after, limit }: CommandQuery): Promise<readonly CommandView[]> {
    if (!(await this.isThere())) return [];
    const rows: CommandRow[] = await this.database.query(
      `SELECT ${COLUMNS} FROM command
       WHERE ($1::text IS NULL OR vehicle_id = $1) AND ($2::text IS NULL OR cause_id = $2) AND ($3::text IS NULL OR state = $3)
         AND ($4::text IS NULL OR (issued_at_ms, command_id) < (SELECT issued_at_ms, command_id FROM command WHERE command_id = $4))
       ORDER BY issued_at_ms DESC, command_id DESC LIMIT $5`,
      [vehicleId ?? null, causeId ?? null, state ?? null, after ?? null, limit],
    );
    return rows.map(toView);
  }

  async get(commandId: string): Promise<CommandDetail | undefined> {
    if (!(await this.isThere())) return undefined;
    const rows: CommandRow[] = await this.database.query(`SELECT ${COLUMNS}, params FROM command WHERE command_id = $1`, [commandId]);
    const row = rows[0];
    if (row === undefined) return undefined;
    const events: { state: string; because: string; at_ms: string }[] = await this.database.query(
      'SELECT state, because, at_ms FROM command_event WHERE command_id = $1 ORDER BY event_id', [commandId],
    );
    return commandDetailSchema.parse({
      ...toView(row), params: row.params, events: events.map((event) => ({ state: event.state, because: event.because, atMs: Number(event.at_ms) })),
    });
  }

  private async isThere(): Promise<boolean> {
    const rows: { there: boolean }[] = await this.database.query(`SELECT to_regclass('command') IS NOT NULL AS there`);
    return rows[0]?.there === true;
  }
}

function toView(row: CommandRow): CommandView {
  return commandViewSchema.parse({
    commandId: row.command_id, vehicleId: row.vehicle_id, kind: row.kind, sequence: row.sequence, epoch: row.epoch, state: row.state, because: row.because,
    causeId: row.cause_id, actor: row.actor, issuedAtMs: Number(row.issued_at_ms), expiresAtMs: Number(row.expires_at_ms),
  });
}
