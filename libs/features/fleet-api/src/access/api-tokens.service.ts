import { Injectable, Logger } from '@nestjs/common';
import { type Cancel, Clock } from '@quaymaster/ports';
import { FleetApiConfig } from '../fleet-api.config';
import { ApiTokenStore, type TokenRecord } from './api-token.store';
import type { Role } from './role';
import { hashOf, makeSecret } from './secret';

export const FIRST_START = 'first-start';
/** Longest text that is hashed to see whether it is a token. */
const TOKEN_MAX = 512;

/** Who a request comes from. */
export interface Caller {
  /** Name of the token; what the audit trail calls the actor. */
  readonly name: string;
  readonly role: Role;
  readonly tokenHash: string;
  /** The token as the caller showed it: answers that hold a secret are sealed with it. */
  readonly token: string;
}

/** The tokens in memory: whoever may stop a vehicle may do so while the relational store is away. */
@Injectable()
export class ApiTokens {
  private readonly log = new Logger(ApiTokens.name);
  private byHash: ReadonlyMap<string, TokenRecord> = new Map();
  private cancel: Cancel = () => undefined;

  constructor(private readonly store: ApiTokenStore, private readonly clock: Clock, private readonly config: FleetApiConfig) {}

  /**
   * Reads the tokens and sees to it that the given one is valid for an admin. Without one, an empty table gets a new one.
   *
   * @returns the token of the first start in clear, null when there is none to tell
   */
  async start(firstStartToken: string | null): Promise<string | null> {
    await this.refresh();
    const token = firstStartToken ?? (this.byHash.size === 0 ? makeSecret() : null);
    if (token !== null) {
      const known = this.byHash.get(hashOf(token));
      if (known?.name !== FIRST_START) {
        await this.store.put({ name: FIRST_START, role: 'admin', hash: hashOf(token), createdAtMs: this.clock.nowMs(), expiresAtMs: null });
        await this.refresh();
      }
    }
    this.cancel = this.clock.every(this.config.refreshMs, () => {
      this.refresh().catch((error: unknown) => { this.log.warn(`tokens could not be read anew: ${String(error)}`); });
    });
    return token;
  }

  stop(): void {
    this.cancel();
  }

  async refresh(): Promise<void> {
    this.byHash = new Map((await this.store.all()).map((record) => [record.hash, record]));
  }

  list(): readonly TokenRecord[] {
    return [...this.byHash.values()];
  }

  authenticate(token: string): Caller | null {
    if (token.length === 0 || token.length > TOKEN_MAX) return null;
    // Looked up by its hash: how long that takes says nothing about the token.
    const hash = hashOf(token);
    const record = this.valid(hash);
    return record === undefined ? null : { name: record.name, role: record.role, tokenHash: hash, token };
  }

  /** A long connection asks again whether its token still holds. */
  isValid(hash: string): boolean {
    return this.valid(hash) !== undefined;
  }

  private valid(hash: string): TokenRecord | undefined {
    const record = this.byHash.get(hash);
    if (record === undefined) return undefined;
    return record.expiresAtMs !== null && record.expiresAtMs <= this.clock.nowMs() ? undefined : record;
  }
}
