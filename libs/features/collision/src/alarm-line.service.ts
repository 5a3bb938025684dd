import { Injectable, Logger } from '@nestjs/common';
import { conflicts, deviations, stopRequests, type Conflict, type Deviation } from '@quaymaster/messages';
import { Peers } from '@quaymaster/nest-platform';
import { Clock, MessageBus, type MessageHeader } from '@quaymaster/ports';
import { hash36 } from './bounded-id';
import { CollisionConfig } from './collision.config';
import { CollisionCounters } from './collision-counters';

/** Before an instance's name in the source of its messages. */
const SOURCE = 'collision/';

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

  private readonly header: Partial<MessageHeader>;

  constructor(
    private readonly bus: MessageBus, private readonly clock: Clock, private readonly config: CollisionConfig, private readonly counters: CollisionCounters, peers: Peers,
  ) {
    // Instances may start in one moment.
    this.bootPart = clock.nowMs().toString(36) + (peers.self === '' ? '' : `-${hash36(peers.self)}`);
    this.header = peers.self === '' ? {} : { source: SOURCE + peers.self };
  }

  /** The instance that a message of this service comes from, null if it does not say. */
  static instanceOf({ source }: MessageHeader): string | null {
    return source.startsWith(SOURCE) ? source.slice(SOURCE.length) : null;
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
    }, this.header));
  }

  conflict(conflict: Conflict): void {
    this.send('conflict', this.bus.publish(conflicts, conflict.conflictId, conflict, this.header));
  }

  deviation(deviation: Deviation): void {
    this.send('deviation', this.bus.publish(deviations, deviation.vehicleId, deviation, this.header));
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
