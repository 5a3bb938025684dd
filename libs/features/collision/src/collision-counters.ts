import { Injectable } from '@nestjs/common';
import type { Deviation } from '@quaymaster/messages';
import { Counter, Registry } from 'prom-client';

/** Conflicts that were opened at, or raised to, a severity; deviations opened; stops asked for. */
@Injectable()
export class CollisionCounters {
  warning = 0;
  imminent = 0;
  stopsRequested = 0;
  readonly deviations = new Map<Deviation['kind'], number>();
  private readonly conflictsTotal: Counter<'severity'>;
  private readonly deviationsTotal: Counter<'kind'>;
  private readonly stopsTotal: Counter;

  constructor(registry: Registry) {
    this.conflictsTotal = new Counter({
      name: 'qm_collision_conflicts_total', help: 'Conflicts opened at or raised to a severity', labelNames: ['severity'], registers: [registry],
    });
    this.deviationsTotal = new Counter({ name: 'qm_collision_deviations_total', help: 'Deviations opened, by kind', labelNames: ['kind'], registers: [registry] });
    this.stopsTotal = new Counter({ name: 'qm_collision_stop_requests_total', help: 'Stop requests sent', registers: [registry] });
  }

  conflict(severity: 'warning' | 'imminent'): void {
    this[severity] += 1;
    this.conflictsTotal.inc({ severity });
  }

  deviation(kind: Deviation['kind']): void {
    this.deviations.set(kind, (this.deviations.get(kind) ?? 0) + 1);
    this.deviationsTotal.inc({ kind });
  }

  stop(): void {
    this.stopsRequested += 1;
    this.stopsTotal.inc();
  }
}
