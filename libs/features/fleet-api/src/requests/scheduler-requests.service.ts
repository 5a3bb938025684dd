import { Injectable, Logger } from '@nestjs/common';
import { type OperatorRequest, operatorRequests, type RequestResult, stopRequests } from '@quaymaster/messages';
import { ProblemError } from '@quaymaster/nest-platform';
import { BusUnavailableError, Clock, MessageBus } from '@quaymaster/ports';
import { FleetApiConfig } from '../fleet-api.config';
import { type LedgerEntry, LedgerStore } from '../ledger/ledger.store';
import { assertSame, fingerprintOf, type Mutation } from '../ledger/mutation';
import { isStoreOutage, StoreUnavailableError } from '../ledger/store-outage';
import { answerOf, assertDone, pendingAnswer, type RequestAnswer } from './request-answer';
import { ResultWaiters } from './result-waiters';
import { StopBacklog } from './stop-backlog';

type RequestBody = OperatorRequest['body'];

/** How long the answer to a stop waits for the store after the scheduler has answered. */
const STORE_GRACE_MS = 250;
/** Keys of stops that are remembered in memory. */
const STOPS_KEPT = 10_000;

/** What operators and other systems ask of the scheduler: once a key, audited, answered when the scheduler answers. */
@Injectable()
export class SchedulerRequests {
  private readonly log = new Logger(SchedulerRequests.name);
  private readonly stops = new Map<string, { readonly fingerprint: string; readonly requestedAtMs: number; isOut: boolean }>();

  constructor(
    private readonly ledger: LedgerStore, private readonly backlog: StopBacklog, private readonly waiters: ResultWaiters, private readonly bus: MessageBus,
    private readonly clock: Clock, private readonly config: FleetApiConfig,
  ) {}

  /**
   * Stored, then published; the answer is `pending` when the scheduler does not answer in time.
   *
   * @throws ProblemError when the scheduler refuses or the key belongs to another request; StoreUnavailableError, then nothing was asked
   */
  async ask(mutation: Mutation, body: RequestBody): Promise<RequestAnswer> {
    const entry = this.entryOf(mutation, body, this.clock.nowMs());
    let known: LedgerEntry | undefined;
    try {
      known = await this.ledger.enter(entry, noteOf(entry, mutation));
    } catch (error) {
      if (isStoreOutage(error)) throw new StoreUnavailableError('the relational store does not answer; nothing was asked of the scheduler', { cause: error });
      throw error;
    }
    if (known !== undefined) {
      assertSame(known, entry.fingerprint);
      if (known.result !== null) return settled(known.result);
    }
    const waiting = this.waiters.wait(entry.requestId, this.config.answerWaitMs);
    await this.publish(entry).catch((error: unknown) => { this.log.warn(`request ${entry.requestId} is published later: ${String(error)}`); });
    const result = await waiting;
    return result === null ? pendingAnswer(entry.requestId, 'the scheduler has not answered yet') : settled(result);
  }

  /**
   * The safety direction: published first, stored after, and never refused because the store is slow or away. The given vehicles are stopped directly as
   * well, whatever becomes of the request. A key that belongs to another request does not keep a stop back: it is carried out under an id of its own, and
   * then the caller is told of the conflict.
   *
   * @throws ProblemError when the scheduler refuses or the key belongs to another request; BusUnavailableError when nothing could be published
   */
  async askToStop(mutation: Mutation, body: RequestBody, vehicleIds: readonly string[]): Promise<RequestAnswer> {
    const fingerprint = fingerprintOf(mutation);
    const known = this.stops.get(mutation.key);
    if (known !== undefined && known.fingerprint !== fingerprint) return this.stopInConflict(mutation, body, vehicleIds);
    const stop = known ?? this.remember(mutation.key, fingerprint);
    const entry = this.entryOf(mutation, body, stop.requestedAtMs);
    const waiting = this.waiters.wait(entry.requestId, this.config.answerWaitMs);
    if (!stop.isOut) {
      await this.publishStop(entry, vehicleIds);
      stop.isOut = true;
    }
    const storing = this.backlog.store(entry, noteOf(entry, mutation));
    const result = await waiting;
    if ((await within(storing, STORE_GRACE_MS)) === 'conflict') {
      this.stops.delete(mutation.key);
      return this.stopInConflict(mutation, body, vehicleIds);
    }
    // The store may find the conflict when the answer has been given: the stop must go out all the same.
    void storing.then((outcome) => { if (outcome === 'conflict') this.stopInConflict(mutation, body, vehicleIds).catch(() => undefined); });
    return result === null ? pendingAnswer(entry.requestId, 'the stop is on its way; the scheduler has not answered yet') : settled(result);
  }

  /** What became of a request, undefined when nobody asked it. */
  async find(requestId: string): Promise<RequestAnswer | undefined> {
    const result = this.waiters.recentResult(requestId);
    if (result !== null) return answerOf(result);
    const entry = this.backlog.get(requestId) ?? (await this.ledger.find(requestId));
    if (entry === undefined) return undefined;
    if (entry.result !== null) return answerOf(entry.result);
    return entry.body === null
      ? { requestId, outcome: 'done', code: '', resourceId: '', message: entry.operation } : pendingAnswer(requestId, 'the scheduler has not answered yet');
  }

  publish(entry: LedgerEntry): Promise<void> {
    const { requestId, actor, requestedAtMs, body } = entry;
    if (body === null) return Promise.resolve();
    return this.bus.publish(operatorRequests, requestId, { requestId, actor, requestedAtMs, body });
  }

  private async stopInConflict(mutation: Mutation, body: RequestBody, vehicleIds: readonly string[]): Promise<never> {
    const fingerprint = fingerprintOf(mutation);
    const requestId = `${mutation.key.slice(0, 79)}~${fingerprint.slice(0, 16)}`;
    const stop = this.stops.get(requestId) ?? this.remember(requestId, fingerprint);
    if (!stop.isOut) {
      const entry: LedgerEntry = { ...this.entryOf(mutation, body, stop.requestedAtMs), requestId };
      await this.publishStop(entry, vehicleIds);
      stop.isOut = true;
      void this.backlog.store(entry, noteOf(entry, mutation));
    }
    throw new ProblemError(409, 'QM_IDEMPOTENCY_CONFLICT', `the idempotency key was used for another request; the stop was sent all the same, as ${requestId}`);
  }

  private async publishStop(entry: LedgerEntry, vehicleIds: readonly string[]): Promise<void> {
    const { requestId, actor, requestedAtMs, body } = entry;
    const reason = body !== null && 'reason' in body ? body.reason : 'stop';
    const direct = vehicleIds.map((vehicleId) => this.bus.publish(stopRequests, vehicleId, {
      requestId, vehicleIds: [vehicleId], source: `operator:${actor}`, causeId: requestId, reason, requestedAtMs,
    }));
    const outcomes = await Promise.allSettled([...direct, this.publish(entry)]);
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const failure of failures) this.log.error(`stop ${requestId}: ${String(failure.reason)}`);
    if (failures.length < outcomes.length) return;
    throw new BusUnavailableError(`the stop ${requestId} could not be sent; use the vehicles' own means`);
  }

  private entryOf(mutation: Mutation, body: RequestBody, requestedAtMs: number): LedgerEntry {
    return {
      requestId: mutation.key, actor: mutation.caller.name, operation: mutation.operation, fingerprint: fingerprintOf(mutation), requestedAtMs, body,
      result: this.waiters.recentResult(mutation.key), status: null, answer: null,
    };
  }

  private remember(requestId: string, fingerprint: string): { readonly fingerprint: string; readonly requestedAtMs: number; isOut: boolean } {
    const stop = { fingerprint, requestedAtMs: this.clock.nowMs(), isOut: false };
    this.stops.set(requestId, stop);
    if (this.stops.size > STOPS_KEPT) this.stops.delete(this.stops.keys().next().value!);
    return stop;
  }
}

function settled(result: RequestResult): RequestAnswer {
  assertDone(result);
  return answerOf(result);
}

function noteOf(entry: LedgerEntry, { resource, sent }: Mutation): { atMs: number; actor: string; action: string; resource: string; body: unknown } {
  return { atMs: entry.requestedAtMs, actor: entry.actor, action: entry.operation, resource, body: { requestId: entry.requestId, sent: sent ?? null } };
}

/** Null when it takes longer. */
function within<T>(promise: Promise<T>, waitMs: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { resolve(null); }, waitMs);
    promise.then(resolve, reject).finally(() => { clearTimeout(timer); });
  });
}
