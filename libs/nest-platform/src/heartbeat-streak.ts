import type { Heartbeat } from '@quaymaster/messages';
import type { Clock } from '@quaymaster/ports';
import { PEER_SILENCE_MS } from './peers';

/** For how long some instance of a service has been heard of without a gap. */
export class HeartbeatStreak {
  private sinceMs = 0;
  private heardMs = -Infinity;

  constructor(private readonly service: Heartbeat['service'], private readonly clock: Clock) {}

  hear({ service }: Heartbeat): void {
    if (service !== this.service) return;
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.heardMs > PEER_SILENCE_MS) this.sinceMs = nowMs;
    this.heardMs = nowMs;
  }

  /** 0 when nobody is heard of now. */
  get lastsMs(): number {
    const nowMs = this.clock.monotonicMs();
    return nowMs - this.heardMs > PEER_SILENCE_MS ? 0 : nowMs - this.sinceMs;
  }
}
