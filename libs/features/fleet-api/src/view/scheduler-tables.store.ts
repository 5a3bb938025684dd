import { Injectable } from '@nestjs/common';
import { type Incident, incidentSchema, type Mission, missionSchema } from '@quaymaster/messages';
import { DataSource } from 'typeorm';
import { z } from 'zod';

const ENDED_READ = 1000;
/** The scheduler keeps a mission beside what only it needs to know. */
const missionRowSchema = z.object({ mission: missionSchema });

/** The scheduler's missions and incidents, read only. */
@Injectable()
export class SchedulerTables {
  constructor(private readonly database: DataSource) {}

  /** Open ones and the ended ones that changed last. Empty while the scheduler has not made its tables. */
  async missions(): Promise<readonly Mission[]> {
    const rows = await this.rows('mission', `'finished', 'failed', 'cancelled'`, `body->'mission'->>'updatedAtMs'`);
    return rows.map((row) => missionRowSchema.parse(row.body).mission);
  }

  async incidents(): Promise<readonly Incident[]> {
    const rows = await this.rows('incident', `'closed', 'failed'`, `body->>'updatedAtMs'`);
    return rows.map((row) => incidentSchema.parse(row.body));
  }

  async mission(missionId: string): Promise<Mission | undefined> {
    if (!(await this.exists('mission'))) return undefined;
    const rows: { body: unknown }[] = await this.database.query('SELECT body FROM mission WHERE mission_id = $1', [missionId]);
    return rows[0] === undefined ? undefined : missionRowSchema.parse(rows[0].body).mission;
  }

  async incident(incidentId: string): Promise<Incident | undefined> {
    if (!(await this.exists('incident'))) return undefined;
    const rows: { body: unknown }[] = await this.database.query('SELECT body FROM incident WHERE incident_id = $1', [incidentId]);
    return rows[0] === undefined ? undefined : incidentSchema.parse(rows[0].body);
  }

  private async rows(table: 'mission' | 'incident', ended: string, changedAt: string): Promise<readonly { body: unknown }[]> {
    if (!(await this.exists(table))) return [];
    return this.database.query(
      `SELECT body FROM ${table} WHERE state NOT IN (${ended})
       UNION ALL (SELECT body FROM ${table} WHERE state IN (${ended}) ORDER BY (${changedAt})::bigint DESC LIMIT ${ENDED_READ})`,
    );
  }

  private async exists(table: string): Promise<boolean> {
    const rows: { there: boolean }[] = await this.database.query('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
    return rows[0]?.there === true;
  }
}
