import { Injectable, Logger } from '@nestjs/common';
import { heartbeats } from '@quaymaster/messages';
import { Peers } from '@quaymaster/nest-platform';
import { type Cancel, Clock, MessageBus } from '@quaymaster/ports';
import { Territory } from './territory';

const HEARTBEAT_MS = 1000;
/** Long enough to hear a beat of every other instance, and a repetition of every alarm that is open. */
const LISTEN_MS = 1500;
/** What others need to hear that this one leaves, and to look through what it had. */
const TAKE_OVER_MS = 1000;
/** One that is alone works on for so long after it was asked to end: without a predictor's heartbeats every vehicle brakes. */
const SUCCESSOR_LIMIT_MS = 4000;
const LOOK_MS = 50;

/**
 * This instance among those of its service: says each second that it is at work, takes its share when it has listened to the others, and leaves it to them when it
 * goes. An instance without a name has no peers; it works from the start on.
 */
@Injectable()
export class Presence {
  private readonly log = new Logger(Presence.name);
  private isLeaving = false;
  private isOver = false;
  private cancel: Cancel = () => undefined;

  constructor(private readonly bus: MessageBus, private readonly clock: Clock, private readonly peers: Peers, private readonly territory: Territory) {}

  start(): void {
    if (this.peers.self !== '') return;
    this.territory.begin();
    this.cancel = this.clock.every(HEARTBEAT_MS, () => { void this.beat(); });
  }

  /**
   * Resolves when it is at work. To be called once it hears the bus: a predictor that beats and hears no frames would keep leases alive for vehicles that nobody
   * watches. It reports nothing before it has listened, for what it finds may be known already.
   */
  async join(): Promise<void> {
    await this.clock.sleep(LISTEN_MS);
    if (this.isOver || this.isLeaving) return;
    this.territory.begin();
    this.cancel = this.clock.every(HEARTBEAT_MS, () => { void this.beat(); });
    await this.beat();
  }

  /** Gives its share to the others and resolves when they have it; if there is none, works on until one comes, for 4 s at most. */
  async handOver(): Promise<void> {
    this.isLeaving = true;
    await this.beat();
    const untilMs = this.clock.monotonicMs() + SUCCESSOR_LIMIT_MS;
    while (this.peers.others.length === 0) {
      if (this.clock.monotonicMs() >= untilMs) return;
      await this.clock.sleep(LOOK_MS);
    }
    this.peers.leave();
    await this.clock.sleep(TAKE_OVER_MS);
  }

  stop(): void {
    this.isOver = true;
    this.cancel();
  }

  private async beat(): Promise<void> {
    const { self: instance } = this.peers;
    try {
      await this.bus.publish(heartbeats, `collision/${instance}`, { service: 'collision', instance, epoch: 0, atMs: this.clock.nowMs(), isLeaving: this.isLeaving });
    } catch (error) {
      this.log.error(`the heartbeat was not taken by the bus: ${String(error)}`);
    }
  }
}
