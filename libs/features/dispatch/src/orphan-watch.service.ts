import { Injectable, Logger } from '@nestjs/common';
import { type Cancel, Clock } from '@quaymaster/ports';
import { CommandDispatcher } from './command-dispatcher.service';
import { CommandStore } from './command.store';
import { InstanceBeat } from './instance-beat.service';

const LOOK_MS = 1000;
/** An instance that has just started has issued nothing older, and has been heard of by then. */
const OLD_ENOUGH_MS = 3000;

/** Takes over commands that instances of dispatch which are gone have left open. */
@Injectable()
export class OrphanWatch {
  private readonly log = new Logger(OrphanWatch.name);
  private isLooking = false;
  private cancel: Cancel = () => undefined;

  constructor(
    private readonly store: CommandStore, private readonly dispatcher: CommandDispatcher, private readonly beat: InstanceBeat, private readonly clock: Clock,
  ) {}

  /** Resolves when what an earlier life of this instance left open is taken over. */
  async start(): Promise<void> {
    const { self } = this.beat.peers;
    this.dispatcher.adopt(await this.store.adopt(self, { owner: self }));
    this.cancel = this.clock.every(LOOK_MS, () => { void this.look(); });
  }

  stop(): void {
    this.cancel();
  }

  private async look(): Promise<void> {
    if (this.isLooking || !this.beat.knowsPeers) return;
    this.isLooking = true;
    try {
      const { self, others } = this.beat.peers;
      const orphans = await this.store.adopt(self, { ownersBut: [self, ...others], issuedBeforeMs: this.clock.nowMs() - OLD_ENOUGH_MS });
      if (orphans.length > 0) this.log.warn(`${orphans.length} commands of an instance that is gone are taken over`);
      this.dispatcher.adopt(orphans);
    } catch (error) {
      this.log.warn(`commands that others left were not looked for: ${String(error)}`);
    } finally {
      this.isLooking = false;
    }
  }
}
