import { Injectable } from '@nestjs/common';
import type { RequestResult } from '@quaymaster/messages';

/** Results that came lately, kept for repetitions while the relational store is away. */
const KEPT = 10_000;

/** Requests of this process that wait for the scheduler's answer. */
@Injectable()
export class ResultWaiters {
  private readonly waiting = new Map<string, Set<(result: RequestResult | null) => void>>();
  private readonly recent = new Map<string, RequestResult>();

  settle(result: RequestResult): void {
    this.recent.delete(result.requestId);
    this.recent.set(result.requestId, result);
    if (this.recent.size > KEPT) this.recent.delete(this.recent.keys().next().value!);
    const waiters = this.waiting.get(result.requestId);
    this.waiting.delete(result.requestId);
    for (const resolve of waiters ?? []) resolve(result);
  }

  recentResult(requestId: string): RequestResult | null {
    return this.recent.get(requestId) ?? null;
  }

  /**
   * The result of a request, null if none comes in time. The wait is one of the caller's connection: it passes in real time, whatever the clock of the site
   * does.
   */
  wait(requestId: string, waitMs: number): Promise<RequestResult | null> {
    const known = this.recent.get(requestId);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      let waiters = this.waiting.get(requestId);
      if (waiters === undefined) this.waiting.set(requestId, waiters = new Set());
      const all = waiters;
      const answer = (result: RequestResult | null): void => {
        clearTimeout(timer);
        all.delete(answer);
        if (all.size === 0) this.waiting.delete(requestId);
        resolve(result);
      };
      const timer = setTimeout(() => { answer(null); }, waitMs);
      all.add(answer);
    });
  }

  /** Lets everybody go who still waits. */
  release(): void {
    for (const waiters of [...this.waiting.values()]) for (const answer of [...waiters]) answer(null);
  }
}
