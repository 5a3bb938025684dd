import type { KafkaBus } from '@quaymaster/bus-kafka';
import type { Cancel, Clock } from '@quaymaster/ports';
import type { MqttClient } from 'mqtt';
import type { DataSource } from 'typeorm';

const LOOK_MS = 1000;
/** Without an answer for so long a back end counts as away. Longer than one look that fails. */
const SILENCE_MS = 6000;
/** A publish that failed counts for so long; a service that publishes seldom would else never be ready again. */
const REFUSAL_MS = 10_000;

/** Looks each second whether the relational store answers. */
export class DatabaseWatch {
  private answeredMs: number;
  private isAsking = false;
  private readonly cancel: Cancel;

  constructor(private readonly database: DataSource, private readonly clock: Clock) {
    this.answeredMs = clock.monotonicMs();
    this.cancel = clock.every(LOOK_MS, () => { void this.look(); });
  }

  readonly check = (): string | null => {
    const silentMs = this.clock.monotonicMs() - this.answeredMs;
    return silentMs > SILENCE_MS ? `the database has not answered for ${Math.round(silentMs / 1000)} s` : null;
  };

  close(): void {
    this.cancel();
  }

  private async look(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      await this.database.query('SELECT 1');
      this.answeredMs = this.clock.monotonicMs();
    } catch {
      // What is said of it is how long there has been no answer.
    } finally {
      this.isAsking = false;
    }
  }
}

/** Looks each second whether messages go out, and come in for every group. */
export class BusWatch {
  private refused = 0;
  private refusedMs = -Infinity;
  private readonly cancel: Cancel;

  constructor(private readonly bus: KafkaBus, private readonly clock: Clock) {
    this.cancel = clock.every(LOOK_MS, () => { this.look(); });
  }

  readonly check = (): string | null => {
    this.look();
    const { isPublishing, groups } = this.bus.health();
    if (!isPublishing && this.clock.monotonicMs() - this.refusedMs < REFUSAL_MS) return 'the bus takes no messages';
    const missing = groups.find((group) => !group.isJoined || group.silentForMs > SILENCE_MS);
    return missing === undefined ? null : `the bus gives no messages of ${missing.topic} to ${missing.group}`;
  };

  close(): void {
    this.cancel();
  }

  private look(): void {
    const { refused } = this.bus.health();
    if (refused > this.refused) this.refusedMs = this.clock.monotonicMs();
    this.refused = refused;
  }
}

export function brokerCheck(client: MqttClient): () => string | null {
  return () => (client.connected ? null : 'the vehicle broker is away');
}
