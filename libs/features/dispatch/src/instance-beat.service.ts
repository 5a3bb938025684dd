import { Injectable, Logger } from '@nestjs/common';
import { heartbeats } from '@quaymaster/messages';
import { PEER_SILENCE_MS, Peers } from '@quaymaster/nest-platform';
import { type Cancel, Clock, MessageBus } from '@quaymaster/ports';

const BEAT_MS = 1000;
/** A bus that is away takes no good-bye, and keeps nobody from going. */
const GOOD_BYE_MS = 1000;

/** Tells the other instances of dispatch that this one is at work, and knows of them. */
@Injectable()
export class InstanceBeat {
  private readonly log = new Logger(InstanceBeat.name);
  private startedMs = Infinity;
  private cancel: Cancel = () => undefined;

  constructor(readonly peers: Peers, private readonly bus: MessageBus, private readonly clock: Clock) {}

  start(): void {
    this.startedMs = this.clock.monotonicMs();
    void this.beat(false);
    this.cancel = this.clock.every(BEAT_MS, () => { void this.beat(false); });
  }

  /** True once everybody who lives has been heard of. */
  get knowsPeers(): boolean {
    return this.clock.monotonicMs() - this.startedMs > PEER_SILENCE_MS;
  }

  /** The others take over what this instance leaves as soon as they hear that it goes. Resolves when the bus has been told, or after a second. */
  async stop(): Promise<void> {
    this.cancel();
    this.peers.leave();
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(GOOD_BYE_MS, resolve);
      void this.beat(true).then(() => {
        cancel();
        resolve();
      });
    });
  }

  private async beat(isLeaving: boolean): Promise<void> {
    try {
      await this.bus.publish(heartbeats, 'dispatch', { service: 'dispatch', instance: this.peers.self, epoch: 0, atMs: this.clock.nowMs(), isLeaving });
    } catch (error) {
      this.log.warn(`the heartbeat was not taken by the bus: ${String(error)}`);
    }
  }
}
