import { Injectable } from '@nestjs/common';
import { type OperatorRequest, operatorRequestSchema, type RequestResult, requestResultSchema } from '@quaymaster/messages';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditNote, AuditStore } from '../audit/audit.store';

/** A mutation by its idempotency key. */
export interface LedgerEntry {
  readonly requestId: string;
  readonly actor: string;
  /** Method and route. */
  readonly operation: string;
  /** SHA-256 of operation, resource and body: tells a repetition from another request under the same key. */
  readonly fingerprint: string;
  readonly requestedAtMs: number;
  /** What the scheduler is asked, null for what the gateway does by itself. */
  readonly body: OperatorRequest['body'] | null;
  readonly result: RequestResult | null;
  readonly status: number | null;
  readonly answer: string | null;
}

interface LedgerRow {
  request_id: string; actor: string; operation: string; fingerprint: string; requested_at_ms: string; body: unknown; result: unknown; status: number | null;
  answer: string | null;
}

/** Mutations, each stored with its audit entry in one transaction. */
@Injectable()
export class LedgerStore {
  constructor(private readonly database: DataSource, private readonly audit: AuditStore) {}

  async find(requestId: string): Promise<LedgerEntry | undefined> {
    const rows: LedgerRow[] = await this.database.query('SELECT * FROM operator_request WHERE request_id = $1', [requestId]);
    return rows[0] === undefined ? undefined : toEntry(rows[0]);
  }

  /** Stores a request for the scheduler; gives back the entry that has the key already, undefined when it was new. */
  async enter(entry: LedgerEntry, note: AuditNote): Promise<LedgerEntry | undefined> {
    const known = await this.find(entry.requestId);
    if (known !== undefined) return known;
    const isNew = await this.database.transaction(async (manager) => {
      if (!(await this.insert(entry, manager))) return false;
      await this.audit.append(note, manager);
      return true;
    });
    return isNew ? undefined : this.find(entry.requestId);
  }

  /**
   * Carries out a change of the gateway's own with its key, answer and audit entry, all or nothing. A second call under the same key waits for the first and
   * then finds its entry.
   */
  async perform(
    entry: LedgerEntry, effect: (manager: EntityManager) => Promise<{ readonly status: number; readonly answer: string; readonly note: AuditNote }>,
  ): Promise<LedgerEntry | undefined> {
    const known = await this.find(entry.requestId);
    if (known !== undefined) return known;
    const isNew = await this.database.transaction(async (manager) => {
      if (!(await this.insert(entry, manager))) return false;
      const { status, answer, note } = await effect(manager);
      await manager.query('UPDATE operator_request SET status = $2, answer = $3 WHERE request_id = $1', [entry.requestId, status, answer]);
      await this.audit.append(note, manager);
      return true;
    });
    return isNew ? undefined : this.find(entry.requestId);
  }

  /**
   * Requests that the scheduler has not answered and that are due to be put on the bus again, oldest first. The pause between two publications starts with
   * `firstPauseMs` and doubles up to `longestPauseMs`.
   */
  async unanswered(nowMs: number, firstPauseMs: number, longestPauseMs: number, limit: number): Promise<readonly LedgerEntry[]> {
    const rows: LedgerRow[] = await this.database.query(
      `SELECT * FROM operator_request
       WHERE body IS NOT NULL AND result IS NULL
         AND coalesce(published_at_ms, requested_at_ms) + least($3::bigint, greatest($2::bigint, coalesce(published_at_ms, requested_at_ms) - requested_at_ms)) <= $1
       ORDER BY requested_at_ms LIMIT $4`,
      [nowMs, firstPauseMs, longestPauseMs, limit],
    );
    return rows.map(toEntry);
  }

  async markPublished(requestIds: readonly string[], atMs: number): Promise<void> {
    await this.database.query('UPDATE operator_request SET published_at_ms = $2 WHERE request_id = ANY($1)', [requestIds, atMs]);
  }

  /** The scheduler's word goes before an expiry that the gateway wrote down itself. */
  async recordResult(result: RequestResult): Promise<void> {
    await this.database.query('UPDATE operator_request SET result = $2 WHERE request_id = $1', [result.requestId, JSON.stringify(result)]);
  }

  async expire(result: RequestResult): Promise<void> {
    await this.database.query('UPDATE operator_request SET result = $2 WHERE request_id = $1 AND result IS NULL', [result.requestId, JSON.stringify(result)]);
  }

  /** Forgets keys of before the given time; what is still open stays. */
  async forget(beforeMs: number): Promise<void> {
    await this.database.query('DELETE FROM operator_request WHERE requested_at_ms < $1 AND (body IS NULL OR result IS NOT NULL)', [beforeMs]);
  }

  private async insert(entry: LedgerEntry, manager: EntityManager): Promise<boolean> {
    const rows: unknown[] = await manager.query(
      `INSERT INTO operator_request (request_id, actor, operation, fingerprint, requested_at_ms, body, result) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (request_id) DO NOTHING RETURNING request_id`,
      [
        entry.requestId, entry.actor, entry.operation, entry.fingerprint, entry.requestedAtMs, entry.body === null ? null : JSON.stringify(entry.body),
        entry.result === null ? null : JSON.stringify(entry.result),
      ],
    );
    return rows.length > 0;
  }
}

function toEntry(row: LedgerRow): LedgerEntry {
  return {
    requestId: row.request_id, actor: row.actor, operation: row.operation, fingerprint: row.fingerprint, requestedAtMs: Number(row.requested_at_ms),
    body: row.body === null ? null : operatorRequestSchema.shape.body.parse(row.body), result: row.result === null ? null : requestResultSchema.parse(row.result),
    status: row.status, answer: row.answer,
  };
}
