import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { hashOf } from '../access/secret';
import { canonicalJson } from './canonical-json';

export interface AuditEntry {
  readonly serial: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly body: unknown;
  readonly prevHash: string;
  readonly hash: string;
}

/** What is to be written down of an action. */
export type AuditNote = Pick<AuditEntry, 'atMs' | 'actor' | 'action' | 'resource' | 'body'>;

/** Whether the chain holds from its first entry to its head; `brokenAt` is the serial of the first entry that does not fit. */
export type AuditVerdict =
  | { readonly holds: true; readonly entries: number; readonly headHash: string }
  | { readonly holds: false; readonly entries: number; readonly brokenAt: number; readonly because: string };

interface AuditRow { serial: string; at_ms: string; actor: string; action: string; resource: string; body: unknown; prev_hash: string; hash: string }

const PAGE = 1000;

/** The audit trail: a chain of hashes over everything that somebody did. */
@Injectable()
export class AuditStore {
  constructor(private readonly database: DataSource) {}

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  /** Adds to the chain as part of the transaction of the action itself: both are stored or neither. */
  async append(note: AuditNote, manager: EntityManager): Promise<void> {
    // The row of the head serialises writers: serials have no gaps and every entry follows the one before it.
    const heads: { serial: string; hash: string }[] = await manager.query('SELECT serial, hash FROM audit_head WHERE id = 1 FOR UPDATE');
    const serial = Number(heads[0]!.serial) + 1;
    const prevHash = heads[0]!.hash;
    const body: unknown = JSON.parse(canonicalJson(note.body));
    const hash = hashOfEntry({ ...note, body, serial, prevHash });
    await manager.query(
      'INSERT INTO audit_entry (serial, at_ms, actor, action, resource, body, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      [serial, note.atMs, note.actor, note.action, note.resource, JSON.stringify(body), prevHash, hash],
    );
    await manager.query('UPDATE audit_head SET serial = $1, hash = $2 WHERE id = 1', [serial, hash]);
  }

  /** Newest first, below the given serial. */
  async list(beforeSerial: number, limit: number, actor: string | undefined): Promise<readonly AuditEntry[]> {
    const rows: AuditRow[] = await this.database.query(
      'SELECT * FROM audit_entry WHERE serial < $1 AND ($3::text IS NULL OR actor = $3) ORDER BY serial DESC LIMIT $2', [beforeSerial, limit, actor ?? null],
    );
    return rows.map(toEntry);
  }

  async verify(): Promise<AuditVerdict> {
    // The head is read first: entries that come while the chain is walked are beyond it.
    const heads: { serial: string; hash: string }[] = await this.database.query('SELECT serial, hash FROM audit_head WHERE id = 1');
    const head = heads[0];
    if (head === undefined) return { holds: false, entries: 0, brokenAt: 0, because: 'the head of the chain is missing' };
    const entries = Number(head.serial);
    let expected = 1;
    let prevHash = '';
    while (expected <= entries) {
      const rows: AuditRow[] = await this.database.query('SELECT * FROM audit_entry WHERE serial >= $1 ORDER BY serial LIMIT $2', [expected, PAGE]);
      for (const entry of rows.map(toEntry)) {
        if (expected > entries) break;
        const because = faultOf(entry, expected, prevHash);
        if (because !== null) return { holds: false, entries, brokenAt: expected, because };
        prevHash = entry.hash;
        expected += 1;
      }
      if (rows.length === 0) return { holds: false, entries, brokenAt: expected, because: `entry ${expected} is missing` };
    }
    if (prevHash !== head.hash) return { holds: false, entries, brokenAt: entries, because: 'the last entry is not the head of the chain' };
    return { holds: true, entries, headHash: head.hash };
  }
}

function faultOf(entry: AuditEntry, expected: number, prevHash: string): string | null {
  if (entry.serial !== expected) return `entry ${expected} is missing`;
  if (entry.prevHash !== prevHash) return `entry ${expected} does not follow the one before it`;
  return hashOfEntry(entry) === entry.hash ? null : `entry ${expected} has been changed`;
}

function hashOfEntry({ serial, atMs, actor, action, resource, body, prevHash }: Omit<AuditEntry, 'hash'>): string {
  return hashOf(canonicalJson([prevHash, serial, atMs, actor, action, resource, body]));
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    serial: Number(row.serial), atMs: Number(row.at_ms), actor: row.actor, action: row.action, resource: row.resource, body: row.body, prevHash: row.prev_hash,
    hash: row.hash,
  };
}
