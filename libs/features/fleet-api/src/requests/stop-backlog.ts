import { Injectable, Logger } from '@nestjs/common';
import type { AuditNote } from '../audit/audit.store';
import { type LedgerEntry, LedgerStore } from '../ledger/ledger.store';
import { isStoreOutage } from '../ledger/store-outage';

/** Stops that may wait for the store. */
const CAPACITY = 10_000;

/** Stops that have been sent and must still be written down. */
@Injectable()
export class StopBacklog {
  private readonly log = new Logger(StopBacklog.name);
  private readonly waiting = new Map<string, { readonly entry: LedgerEntry; readonly note: AuditNote }>();

  constructor(private readonly ledger: LedgerStore) {}

  get(requestId: string): LedgerEntry | undefined {
    return this.waiting.get(requestId)?.entry;
  }

  get size(): number {
    return this.waiting.size;
  }

  /** Never rejects. `later` when the store is away: `flush` tries again. `conflict` when the key belongs to another request. */
  async store(entry: LedgerEntry, note: AuditNote): Promise<'stored' | 'conflict' | 'later'> {
    try {
      const known = await this.ledger.enter(entry, note);
      this.waiting.delete(entry.requestId);
      return known === undefined || known.fingerprint === entry.fingerprint ? 'stored' : 'conflict';
    } catch (error) {
      this.log.error(`stop ${entry.requestId} was sent and is written down later: ${String(error)}`);
      this.waiting.set(entry.requestId, { entry, note });
      if (this.waiting.size > CAPACITY) this.drop(this.waiting.keys().next().value!);
      return 'later';
    }
  }

  /** Writes down what waits; gives back the stops that were written. */
  async flush(): Promise<readonly LedgerEntry[]> {
    const written: LedgerEntry[] = [];
    for (const { entry, note } of [...this.waiting.values()]) {
      try {
        await this.ledger.enter(entry, note);
        this.waiting.delete(entry.requestId);
        written.push(entry);
      } catch (error) {
        if (isStoreOutage(error)) break;
        this.log.error(`stop ${entry.requestId} cannot be written down: ${String(error)}`);
        this.waiting.delete(entry.requestId);
      }
    }
    return written;
  }

  private drop(requestId: string): void {
    this.log.error(`stop ${requestId} is not written down: ${CAPACITY} others wait for the store`);
    this.waiting.delete(requestId);
  }
}
