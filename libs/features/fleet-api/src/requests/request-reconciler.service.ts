import { Injectable, Logger } from '@nestjs/common';
import type { OperatorRequest, RequestResult } from '@quaymaster/messages';
import { type Cancel, Clock } from '@quaymaster/ports';
import { FleetApiConfig } from '../fleet-api.config';
import { type LedgerEntry, LedgerStore } from '../ledger/ledger.store';
import { ResultWaiters } from './result-waiters';
import { SchedulerRequests } from './scheduler-requests.service';
import { StopBacklog } from './stop-backlog';

const PERIOD_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const BATCH = 100;
const FORGET_PERIOD_MS = 60_000;

/** Would let vehicles move: out of date when the scheduler takes it long after it was meant. */
const LETS_MOVE: ReadonlySet<OperatorRequest['body']['kind']> = new Set(['clear-incident', 'approve-plan', 'release-hold']);

/** Finds requests that the bus or the scheduler has skipped, and drives them again. */
@Injectable()
export class RequestReconciler {
  private readonly log = new Logger(RequestReconciler.name);
  private cancel: Cancel = () => undefined;
  private running: Promise<void> | null = null;
  private forgotAtMs = -Infinity;

  constructor(
    private readonly ledger: LedgerStore, private readonly backlog: StopBacklog, private readonly requests: SchedulerRequests,
    private readonly waiters: ResultWaiters, private readonly clock: Clock, private readonly config: FleetApiConfig,
  ) {}

  start(): void {
    this.cancel = this.clock.every(PERIOD_MS, () => { void this.run(); });
  }

  async stop(): Promise<void> {
    this.cancel();
    this.waiters.release();
    await this.running;
  }

  /** Takes a result that came on the bus. Rejects when it cannot be stored; then it is delivered again. */
  async accept(result: RequestResult): Promise<void> {
    this.waiters.settle(result);
    await this.ledger.recordResult(result);
  }

  /** One round; a second call while one runs joins it. */
  run(): Promise<void> {
    this.running ??= this.round()
      .catch((error: unknown) => { this.log.warn(`requests could not be reconciled: ${String(error)}`); })
      .finally(() => { this.running = null; });
    return this.running;
  }

  private async round(): Promise<void> {
    for (const { requestId } of await this.backlog.flush()) {
      const result = this.waiters.recentResult(requestId);
      if (result !== null) await this.ledger.recordResult(result);
    }
    const nowMs = this.clock.nowMs();
    const published: string[] = [];
    for (const entry of await this.ledger.unanswered(nowMs, this.config.republishAfterMs, LONGEST_PAUSE_MS, BATCH)) {
      if (this.isOutOfDate(entry, nowMs)) await this.expire(entry, nowMs);
      else {
        await this.requests.publish(entry);
        published.push(entry.requestId);
      }
    }
    if (published.length > 0) await this.ledger.markPublished(published, nowMs);
    if (nowMs - this.forgotAtMs >= FORGET_PERIOD_MS) {
      this.forgotAtMs = nowMs;
      await this.ledger.forget(nowMs - this.config.keyMemoryMs);
    }
  }

  private isOutOfDate({ body, requestedAtMs }: LedgerEntry, nowMs: number): boolean {
    return body !== null && LETS_MOVE.has(body.kind) && nowMs - requestedAtMs > this.config.requestTtlMs;
  }

  private async expire({ requestId }: LedgerEntry, atMs: number): Promise<void> {
    const message = `the scheduler did not take it within ${this.config.requestTtlMs / 1000} s; ask again if it is still wanted`;
    await this.ledger.expire({ requestId, outcome: 'refused', code: 'QM_REQUEST_EXPIRED', message, resourceId: '', atMs });
  }
}
