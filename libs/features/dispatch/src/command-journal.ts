import { Injectable, Logger } from '@nestjs/common';
import { commandEvents, type CommandEvent } from '@quaymaster/messages';
import { type Cancel, Clock, MessageBus } from '@quaymaster/ports';
import { CommandStore } from './command.store';

const FLUSH_PERIOD_MS = 200;

/** Writes ladders to the store and the bus behind the path of the command, in order and without loss while the process lives. */
@Injectable()
export class CommandJournal {
  private readonly log = new Logger(CommandJournal.name);
  private pending: CommandEvent[] = [];
  private writing: Promise<void> = Promise.resolve();
  private cancel: Cancel = () => undefined;

  constructor(private readonly store: CommandStore, private readonly bus: MessageBus, private readonly clock: Clock) {}

  start(): void {
    this.cancel = this.clock.every(FLUSH_PERIOD_MS, () => void this.flush());
  }

  async stop(): Promise<void> {
    this.cancel();
    await this.flush();
  }

  record(event: CommandEvent): void {
    this.pending.push(event);
    this.bus.publish(commandEvents, event.vehicleId, event).catch((error: unknown) => {
      this.log.warn(`command event of ${event.commandId} was not published: ${String(error)}`);
    });
  }

  /** Resolves when everything recorded so far is stored. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    if (this.pending.length === 0) return;
    const batch = this.pending;
    this.pending = [];
    try {
      await this.store.append(batch);
    } catch (error) {
      this.pending = [...batch, ...this.pending];
      this.log.error(`${batch.length} command events wait for the relational store: ${String(error)}`);
    }
  }
}
