import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import type { FrameRefusal } from './frame-gate';

/** How many frames passed, and why the others did not. */
@Injectable()
export class IngestCounters {
  accepted = 0;
  passedOver = 0;
  archived = 0;
  unarchived = 0;
  readonly refused = new Map<FrameRefusal, number>();
  private readonly acceptedTotal: Counter;
  private readonly passedOverTotal: Counter;
  private readonly refusedTotal: Counter<'code'>;
  private readonly unarchivedTotal: Counter;
  private readonly uncachedTotal: Counter;

  constructor(registry: Registry) {
    this.acceptedTotal = new Counter({ name: 'qm_ingest_frames_accepted_total', help: 'Frames that passed ingest', registers: [registry] });
    this.passedOverTotal = new Counter({ name: 'qm_ingest_frames_coalesced_total', help: 'Frames that gave way to newer ones of their vehicle', registers: [registry] });
    this.refusedTotal = new Counter({ name: 'qm_ingest_frames_refused_total', help: 'Frames that ingest refused, by code', labelNames: ['code'], registers: [registry] });
    this.uncachedTotal = new Counter({ name: 'qm_ingest_frames_uncached_total', help: 'Frames that the latest-state cache did not take', registers: [registry] });
    this.unarchivedTotal = new Counter({ name: 'qm_ingest_frames_unarchived_total', help: 'Frames that the analytics store did not take', registers: [registry] });
  }

  /** Frames that are dealt with, one way or the other. */
  get taken(): number {
    let taken = this.accepted + this.passedOver;
    for (const count of this.refused.values()) taken += count;
    return taken;
  }

  accept(): void {
    this.accepted += 1;
    this.acceptedTotal.inc();
  }

  passOver(): void {
    this.passedOver += 1;
    this.passedOverTotal.inc();
  }

  refuse(code: FrameRefusal): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
    this.refusedTotal.inc({ code });
  }

  miss(): void {
    this.uncachedTotal.inc();
  }

  archive(rows: number): void {
    this.archived += rows;
  }

  drop(rows: number): void {
    this.unarchived += rows;
    this.unarchivedTotal.inc(rows);
  }
}
