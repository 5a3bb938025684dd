import { type Heartbeat, heartbeats } from '@quaymaster/messages';
import type { Cancel, Clock, MessageBus } from '@quaymaster/ports';

/** Group of every instance's own hearing of the heartbeats. */
export const HEARTBEAT_LEAD = 'heartbeat-lead';
/** A service that beats each second and has not been heard of for so long is gone. */
const SILENCE_MS = 4000;
/** Long enough to hear whoever leads. */
const LISTEN_MS = 2500;
const LOOK_MS = 500;

/**
 * Which of several instances of a service is the one at work, told by its heartbeats on the bus: whoever hears another one waits. Two that begin in the same
 * moment both work until they hear each other; then the one whose name comes first goes on. So this is for services of which two do no harm for a moment.
 */
export class HeartbeatLead {
  private otherMs = -Infinity;
  private readonly others = new Map<string, number>();
  private cancel: Cancel = () => undefined;

  private constructor(private readonly clock: Clock, private readonly source: string) {}

  /** @param source of this process's own messages. Resolves when another one that is at work has been heard. */
  static async on(bus: MessageBus, clock: Clock, service: Heartbeat['service'], source: string): Promise<HeartbeatLead> {
    const lead = new HeartbeatLead(clock, source);
    await bus.subscribe(heartbeats, HEARTBEAT_LEAD, async (batch) => {
      for (const { message, header } of batch) if (message.service === service && header.source !== source) lead.hear(header.source);
    });
    await clock.sleep(LISTEN_MS);
    return lead;
  }

  /** Another instance is at work. */
  get isTaken(): boolean {
    return this.clock.monotonicMs() - this.otherMs < SILENCE_MS;
  }

  /** From here on this instance is at work; `onLost` is called once when it has to give way to another one that is. */
  watch(onLost: () => void): void {
    this.cancel = this.clock.every(LOOK_MS, () => {
      const nowMs = this.clock.monotonicMs();
      const first = [...this.others].find(([source, heardMs]) => source < this.source && nowMs - heardMs < SILENCE_MS);
      if (first === undefined) return;
      this.cancel();
      onLost();
    });
  }

  close(): void {
    this.cancel();
  }

  private hear(source: string): void {
    this.otherMs = this.clock.monotonicMs();
    this.others.set(source, this.otherMs);
    for (const [name, heardMs] of this.others) if (this.otherMs - heardMs > SILENCE_MS) this.others.delete(name);
  }
}
