import { Injectable, Logger } from '@nestjs/common';
import { conflicts, deviations, stopRequests, type Conflict, type Deviation } from '@quaymaster/messages';
import { Clock, MessageBus } from '@quaymaster/ports';
import { CollisionConfig } from './collision.config';
import { CollisionCounters } from './collision-counters';

/**
 * Publishes what the predictor finds. A stop is handed to the bus in the call that asks for it. A message that the bus refuses is logged and not sent again:
 * stops repeat while their cause lasts, conflicts and deviations are updated.
 */
@Injectable()
export class AlarmLine {
  private readonly log = new Logger(AlarmLine.name);
  private readonly underWay = new Set<Promise<void>>();
  private readonly bootPart: string;
  private serial = 0;

  constructor(
    private readonly bus: MessageBus, private readonly clock: Clock, private readonly config: CollisionConfig, private readonly counters: CollisionCounters,
  ) {
    this.bootPart = clock.nowMs().toString(36);
  }

  /** Part of an id that is not given twice, also not after a restart. */
  nextSerial(): string {
    this.serial += 1;
    return `${this.bootPart}-${this.serial}`;
  }

  stop(vehicleIds: readonly string[], causeId: string, reason: string): void {
    if (!this.config.stops) return;
    this.counters.stop();
    this.send('stop request', this.bus.publish(stopRequests, vehicleIds[0]!, {
      requestId: `collision-${this.nextSerial()}`, vehicleIds: [...vehicleIds], source: 'collision', causeId, reason, requestedAtMs: this.clock.nowMs(),
    }));
  }

  conflict(conflict: Conflict): void {
    this.send('conflict', this.bus.publish(conflicts, conflict.conflictId, conflict));
  }

  deviation(deviation: Deviation): void {
    this.send('deviation', this.bus.publish(deviations, deviation.vehicleId, deviation));
  }

  /** Resolves when everything handed over so far has been taken or refused. */
  async drained(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private send(what: string, published: Promise<void>): void {
    const settled: Promise<void> = published
      .catch((error: unknown) => { this.log.error(`${what} was not taken by the bus: ${error instanceof Error ? error.message : String(error)}`); })
      .finally(() => { this.underWay.delete(settled); });
    this.underWay.add(settled);
  }
}
