import { Injectable } from '@nestjs/common';
import { ProblemError } from '@quaymaster/nest-platform';
import { Clock, FleetError } from '@quaymaster/ports';
import type { EntityManager } from 'typeorm';
import { RegistryRefusedError } from '../registry/vehicle-registry.service';
import { openAnswer, sealAnswer } from './answer-seal';
import { LedgerStore } from './ledger.store';
import { assertSame, fingerprintOf, type Mutation } from './mutation';
import { isStoreOutage, StoreUnavailableError } from './store-outage';

/** What a change of the gateway's own comes to. */
export interface LocalEffect<T> {
  readonly status: number;
  readonly answer: T;
  /** What it changed, for the audit trail. */
  readonly resource: string;
}

export interface Answered {
  readonly status: number;
  readonly answer: unknown;
}

/** Changes that the gateway makes by itself (vehicles, models, tokens): once a key, audited, all or nothing. */
@Injectable()
export class LocalChanges {
  constructor(private readonly ledger: LedgerStore, private readonly clock: Clock) {}

  /**
   * @param effect runs inside the transaction
   * @param adopt takes over into memory what has been committed; not called when the change was made before
   */
  async perform<T>(
    mutation: Mutation, effect: (manager: EntityManager) => Promise<LocalEffect<T>>, adopt: (answer: T) => void | Promise<void>, holdsSecret = false,
  ): Promise<Answered> {
    const { key, caller, operation } = mutation;
    const fingerprint = fingerprintOf(mutation);
    const atMs = this.clock.nowMs();
    const made: { effect?: LocalEffect<T> } = {};
    const entry = { requestId: key, actor: caller.name, operation, fingerprint, requestedAtMs: atMs, body: null, result: null, status: null, answer: null };
    try {
      const known = await this.ledger.perform(entry, async (manager) => {
        const done = await effect(manager);
        made.effect = done;
        const text = JSON.stringify(done.answer);
        return {
          status: done.status, answer: holdsSecret ? sealAnswer(text, caller.token, key) : text,
          note: { atMs, actor: caller.name, action: operation, resource: done.resource, body: mutation.sent ?? null },
        };
      });
      if (known !== undefined) {
        assertSame(known, fingerprint);
        const text = holdsSecret ? openAnswer(known.answer ?? '', caller.token, key) : known.answer;
        if (text === null) throw new ProblemError(409, 'QM_IDEMPOTENCY_CONFLICT', 'the answer under this idempotency key was given to another token');
        return { status: known.status ?? 200, answer: JSON.parse(text) as unknown };
      }
    } catch (error) {
      throw this.translate(error);
    }
    const { status, answer } = made.effect!;
    await adopt(answer);
    return { status, answer };
  }

  private translate(error: unknown): unknown {
    if (error instanceof RegistryRefusedError) return new ProblemError(error.code.endsWith('_UNKNOWN') ? 404 : 409, error.code, error.message);
    if (error instanceof ProblemError || error instanceof FleetError || !isStoreOutage(error)) return error;
    return new StoreUnavailableError('the relational store does not answer; nothing was changed', { cause: error });
  }
}
