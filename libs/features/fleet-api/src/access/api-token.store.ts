import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Role, roleSchema } from './role';

export interface TokenRecord {
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly createdAtMs: number;
  /** Null if it does not expire. */
  readonly expiresAtMs: number | null;
}

interface TokenRow { name: string; role: string; hash: string; created_at_ms: string; expires_at_ms: string | null }

@Injectable()
export class ApiTokenStore {
  constructor(private readonly database: DataSource) {}

  async all(): Promise<readonly TokenRecord[]> {
    const rows: TokenRow[] = await this.database.query('SELECT * FROM api_token ORDER BY name');
    return rows.map((row) => ({
      name: row.name, role: roleSchema.parse(row.role), hash: row.hash, createdAtMs: Number(row.created_at_ms),
      expiresAtMs: row.expires_at_ms === null ? null : Number(row.expires_at_ms),
    }));
  }

  /** False when the name is taken. */
  async insert(token: TokenRecord, manager: EntityManager): Promise<boolean> {
    const rows: unknown[] = await manager.query(
      `INSERT INTO api_token (name, role, hash, created_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING RETURNING name`,
      [token.name, token.role, token.hash, token.createdAtMs, token.expiresAtMs],
    );
    return rows.length > 0;
  }

  /** Stores the token under its name, in place of one that was there. */
  async put(token: TokenRecord): Promise<void> {
    await this.database.query(
      `INSERT INTO api_token (name, role, hash, created_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (name) DO UPDATE SET role = excluded.role, hash = excluded.hash, expires_at_ms = excluded.expires_at_ms`,
      [token.name, token.role, token.hash, token.createdAtMs, token.expiresAtMs],
    );
  }

  /** False when there is none of that name. */
  async remove(name: string, manager: EntityManager): Promise<boolean> {
    // A DELETE with RETURNING is answered by TypeORM as [rows, count].
    const [, count]: [unknown, number] = await manager.query('DELETE FROM api_token WHERE name = $1', [name]);
    return count > 0;
  }
}
