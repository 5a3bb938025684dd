import { Injectable } from '@nestjs/common';
import { commands, commandSchema } from '@quaymaster/messages';
import { Clock, MessageBus } from '@quaymaster/ports';
import { DataSource } from 'typeorm';

const BATCH = 256;

/**
 * Puts stored commands on the bus, at least once, in the order in which they were stored. Rows are chosen by being unsent, never by a cursor:
 * transactions do not commit in the order of their numbers.
 */
@Injectable()
export class OutboxRelay {
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly database: DataSource, private readonly bus: MessageBus, private readonly clock: Clock) {}

  /** Resolves when every row that was stored before the call is on the bus; rejects when the bus or the store cannot take them. */
  drain(): Promise<void> {
    const turn = this.running.then(() => this.relay());
    this.running = turn.catch(() => undefined);
    return turn;
  }

  private async relay(): Promise<void> {
    for (;;) {
      const sent = await this.database.transaction(async (manager) => {
        const rows: { outbox_id: string; key: string; body: unknown }[] = await manager.query(
          `SELECT outbox_id, key, body FROM outbox WHERE sent_at_ms IS NULL ORDER BY outbox_id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
        );
        if (rows.length === 0) return 0;
        for (const row of rows) await this.bus.publish(commands, row.key, commandSchema.parse(row.body));
        await manager.query('UPDATE outbox SET sent_at_ms = $2 WHERE outbox_id = ANY($1::bigint[])', [rows.map((row) => row.outbox_id), this.clock.nowMs()]);
        return rows.length;
      });
      if (sent < BATCH) return;
    }
  }
}
