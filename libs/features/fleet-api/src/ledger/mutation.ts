import { ProblemError } from '@quaymaster/nest-platform';
import type { Caller } from '../access/api-tokens.service';
import { hashOf } from '../access/secret';
import { canonicalJson } from '../audit/canonical-json';
import type { LedgerEntry } from './ledger.store';

/** Somebody asks for a change. The idempotency key names it: the same key is the same change. */
export interface Mutation {
  readonly key: string;
  readonly caller: Caller;
  /** Method and route, e.g. `POST /v1/missions`. */
  readonly operation: string;
  /** What the route's parameters name, '' for a collection. */
  readonly resource: string;
  /** What the caller sent. */
  readonly sent: unknown;
}

export function fingerprintOf({ caller, operation, resource, sent }: Mutation): string {
  return hashOf(canonicalJson([caller.name, operation, resource, sent ?? null]));
}

/** @throws ProblemError 409 when the key belongs to another request */
export function assertSame(known: Pick<LedgerEntry, 'fingerprint'>, fingerprint: string, detail = 'the idempotency key was used for another request'): void {
  if (known.fingerprint !== fingerprint) throw new ProblemError(409, 'QM_IDEMPOTENCY_CONFLICT', detail);
}
