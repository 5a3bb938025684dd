import { type Heartbeat, heartbeats } from '@quaymaster/messages';
import type { Cancel, Clock } from '@quaymaster/ports';
import type { SignedBus } from './signed-bus';

/** Group of every instance's own hearing of the heartbeats. */
export const HEARTBEAT_LEAD = 'heartbeat-lead';
/** A service that beats each second and has not been heard of for so long is gone. */
const SILENCE_MS = 4000;
/** Long enough to hear whoever leads. */
const LISTEN_MS = 2500;
const LOOK_MS = 500;
const HAND_OVER_LOOK_MS = 50;

/** An instance that is still at work, and ends as soon as another one is. */
const LEAVING = '?leaving';
/** What a standby needs to hear of it and to start, with time to spare. */
const HAND_OVER_LIMIT_MS = 4000;

/**
 * Which of several instances of a service is the one at work, told by its heartbeats on the bus: whoever hears another one waits. Two that begin in the same
 * moment both work until they hear each other; then the one whose name comes first goes on. So this is for services of which two do no harm for a moment.
 */
export class HeartbeatLead {
  private readonly others = new Map<string, number>();
  private cancel: Cancel = () => undefined;

  private constructor(private readonly bus: SignedBus, private readonly clock: Clock, private readonly service: Heartbeat['service'], private readonly source: string) {}

  /** Resolves when another one that is at work has been heard. */
  static async on(bus: SignedBus, clock: Clock, service: Heartbeat['service']): Promise<HeartbeatLead> {
    const lead = new HeartbeatLead(bus, clock, service, bus.source);
    await bus.subscribe(heartbeats, HEARTBEAT_LEAD, async (batch) => {
      for (const { message, header } of batch) if (message.service === service) lead.hear(header.source);
    });
    await clock.sleep(LISTEN_MS);
    return lead;
  }

  /** Another instance is at work, and means to stay. */
  get isTaken(): boolean {
    return this.present().length > 0;
  }

  /** From here on this instance is at work; `onLost` is called once when it has to give way to another one that is. */
  watch(onLost: () => void): void {
    this.cancel = this.clock.every(LOOK_MS, () => {
      if (!this.present().some((source) => source < this.source)) return;
      this.cancel();
      onLost();
    });
  }

  /** Says that this instance is about to end, and resolves when another one is at work, or when nobody has come for 4 s. Its own work goes on meanwhile. */
  async handOver(): Promise<void> {
    this.cancel();
    this.bus.rename(`${this.source}${LEAVING}`);
    await this.bus.publish(heartbeats, this.service, { service: this.service, instance: '', epoch: 0, atMs: this.clock.nowMs(), isLeaving: false }).catch(() => undefined);
    const untilMs = this.clock.monotonicMs() + HAND_OVER_LIMIT_MS;
    while (!this.isTaken && this.clock.monotonicMs() < untilMs) await this.clock.sleep(HAND_OVER_LOOK_MS);
  }

  close(): void {
    this.cancel();
  }

  private hear(source: string): void {
    if (source.startsWith(this.source) && ['', LEAVING].includes(source.slice(this.source.length))) return;
    if (source.endsWith(LEAVING)) this.others.delete(source.slice(0, -LEAVING.length));
    else this.others.set(source, this.clock.monotonicMs());
  }

  private present(): readonly string[] {
    const nowMs = this.clock.monotonicMs();
    for (const [source, heardMs] of this.others) if (nowMs - heardMs >= SILENCE_MS) this.others.delete(source);
    return [...this.others.keys()];
  }
}
