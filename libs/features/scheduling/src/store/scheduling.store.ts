import { Injectable } from '@nestjs/common';
import {
  type Command, type Hold, holdSchema, type Incident, incidentSchema, type Mission, type RequestResult, requestResultSchema,
} from '@quaymaster/messages';
import { FleetError } from '@quaymaster/ports';
import { DataSource, type EntityManager } from 'typeorm';
import { type Drive, driveSchema } from '../drive/drive';
import { type MissionRecord, missionRecordSchema } from '../mission/mission-record';

const SITE = 'site';

/** Another scheduler has taken over. This one must not move vehicles any more. */
export class EpochLostError extends FleetError {
  readonly code = 'QM_EPOCH_LOST';
  readonly retryable = false;
}

/** Everything that one decision changes; stored as a whole or not at all. */
export interface Changes {
  readonly missions: readonly MissionRecord[];
  readonly incidents: readonly Incident[];
  readonly holdsPlaced: readonly Hold[];
  readonly holdsLifted: readonly { readonly holdId: string; readonly atMs: number }[];
  readonly drives: readonly { readonly drive: Drive; readonly active: boolean }[];
  readonly requests: readonly RequestResult[];
  readonly commands: readonly Command[];
}

export interface StoredState {
  readonly missions: readonly MissionRecord[];
  readonly incidents: readonly Incident[];
  readonly holds: readonly Hold[];
  readonly drives: readonly Drive[];
}

interface HoldRow { hold_id: string; vehicle_id: string; reason: string; owner: string; placed_at_ms: string }

/** The scheduler's truth in the relational store, fenced by the epoch. */
@Injectable()
export class SchedulingStore {
  constructor(private readonly database: DataSource) {}

  /** Takes over the site: every earlier holder's writes fail from here on. */
  async takeEpoch(nowMs: number): Promise<number> {
    const rows: { epoch: number }[] = await this.database.query(
      `INSERT INTO scheduler_epoch (site, epoch, taken_at_ms) VALUES ($1, 1, $2)
       ON CONFLICT (site) DO UPDATE SET epoch = scheduler_epoch.epoch + 1, taken_at_ms = $2 RETURNING epoch`,
      [SITE, nowMs],
    );
    return rows[0]!.epoch;
  }

  /** @throws EpochLostError when another scheduler holds a higher epoch; then nothing was stored. */
  async commit(epoch: number, changes: Changes): Promise<void> {
    await this.database.transaction(async (manager) => {
      const held: unknown[] = await manager.query('SELECT 1 FROM scheduler_epoch WHERE site = $1 AND epoch = $2 FOR SHARE', [SITE, epoch]);
      if (held.length === 0) throw new EpochLostError(`epoch ${epoch} is over: another scheduler is in charge`);
      await this.upsert(manager, 'mission', 'mission_id', changes.missions.map((m) => ({ id: m.mission.missionId, state: m.mission.state, body: m })));
      await this.upsert(manager, 'incident', 'incident_id', changes.incidents.map((i) => ({ id: i.incidentId, state: i.state, body: i })));
      await this.placeHolds(manager, changes.holdsPlaced);
      for (const { holdId, atMs } of changes.holdsLifted) {
        await manager.query('UPDATE hold SET lifted_at_ms = $2 WHERE hold_id = $1 AND lifted_at_ms IS NULL', [holdId, atMs]);
      }
      await this.saveDrives(manager, changes.drives);
      for (const result of changes.requests) {
        await manager.query('INSERT INTO handled_request (request_id, result) VALUES ($1, $2) ON CONFLICT DO NOTHING', [result.requestId, JSON.stringify(result)]);
      }
      if (changes.commands.length > 0) {
        await manager.query(
          `INSERT INTO outbox (key, body) SELECT key, body FROM jsonb_to_recordset($1::jsonb) AS r(key text, body jsonb)`,
          [JSON.stringify(changes.commands.map((command) => ({ key: command.vehicleId, body: command })))],
        );
      }
    });
  }

  async load(): Promise<StoredState> {
    const missions: { body: unknown }[] = await this.database.query(`SELECT body FROM mission WHERE state NOT IN ('finished', 'failed', 'cancelled') ORDER BY mission_id`);
    const incidents: { body: unknown }[] = await this.database.query(`SELECT body FROM incident WHERE state NOT IN ('closed', 'failed') ORDER BY incident_id`);
    const holds: HoldRow[] = await this.database.query('SELECT * FROM hold WHERE lifted_at_ms IS NULL ORDER BY hold_id');
    const drives: { body: unknown }[] = await this.database.query('SELECT body FROM drive WHERE active ORDER BY route_id');
    return {
      missions: missions.map((row) => missionRecordSchema.parse(row.body)),
      incidents: incidents.map((row) => incidentSchema.parse(row.body)),
      holds: holds.map((row) => holdSchema.parse({
        holdId: row.hold_id, vehicleId: row.vehicle_id, reason: row.reason, owner: row.owner, placedAtMs: Number(row.placed_at_ms),
      })),
      drives: drives.map((row) => driveSchema.parse(row.body)),
    };
  }

  /** What was answered to a request before, undefined if it is new. */
  async resultOf(requestId: string): Promise<RequestResult | undefined> {
    const rows: { result: unknown }[] = await this.database.query('SELECT result FROM handled_request WHERE request_id = $1', [requestId]);
    return rows[0] === undefined ? undefined : requestResultSchema.parse(rows[0].result);
  }

  async knownMission(missionId: string): Promise<Mission | undefined> {
    const rows: { body: unknown }[] = await this.database.query('SELECT body FROM mission WHERE mission_id = $1', [missionId]);
    return rows[0] === undefined ? undefined : missionRecordSchema.parse(rows[0].body).mission;
  }

  private async upsert(manager: EntityManager, table: string, key: string, rows: readonly { id: string; state: string; body: object }[]): Promise<void> {
    if (rows.length === 0) return;
    await manager.query(
      `INSERT INTO ${table} (${key}, state, body) SELECT id, state, body FROM jsonb_to_recordset($1::jsonb) AS r(id text, state text, body jsonb)
       ON CONFLICT (${key}) DO UPDATE SET state = excluded.state, body = excluded.body`,
      [JSON.stringify(rows)],
    );
  }

  private async placeHolds(manager: EntityManager, holds: readonly Hold[]): Promise<void> {
    if (holds.length === 0) return;
    await manager.query(
      `INSERT INTO hold (hold_id, vehicle_id, reason, owner, placed_at_ms)
       SELECT "holdId", "vehicleId", reason, owner, "placedAtMs"
       FROM jsonb_to_recordset($1::jsonb) AS r("holdId" text, "vehicleId" text, reason text, owner text, "placedAtMs" bigint)
       ON CONFLICT (hold_id) DO NOTHING`,
      [JSON.stringify(holds)],
    );
  }

  private async saveDrives(manager: EntityManager, drives: Changes['drives']): Promise<void> {
    if (drives.length === 0) return;
    const rows = drives.map(({ drive, active }) => ({ route_id: drive.routeId, vehicle_id: drive.vehicleId, active, body: drive }));
    await manager.query(
      `INSERT INTO drive (route_id, vehicle_id, active, body)
       SELECT route_id, vehicle_id, active, body FROM jsonb_to_recordset($1::jsonb) AS r(route_id text, vehicle_id text, active boolean, body jsonb)
       ON CONFLICT (route_id) DO UPDATE SET active = excluded.active, body = excluded.body`,
      [JSON.stringify(rows)],
    );
  }
}
