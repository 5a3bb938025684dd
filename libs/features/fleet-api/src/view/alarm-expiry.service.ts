import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Heartbeat } from '@quaymaster/messages';
import { HeartbeatStreak } from '@quaymaster/nest-platform';
import { type Cancel, Clock } from '@quaymaster/ports';
import { FleetView, type ViewPart } from './fleet-view.service';

/** Every open alarm is repeated each second or more often; one that has not been for so long is nobody's any more. */
const UNREPEATED_MS = 5000;
const LOOK_MS = 500;

/**
 * Takes alarms out of the picture that are repeated no more: whoever had opened them has died and told nobody. While no predictor is heard of, or none for long
 * enough to have repeated them, they stand.
 */
@Injectable()
export class AlarmExpiry implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly predictors: HeartbeatStreak;
  private readonly heardMs = { conflicts: new Map<string, number>(), deviations: new Map<string, number>() };
  private cancels: Cancel[] = [];

  constructor(private readonly view: FleetView, private readonly clock: Clock) {
    this.predictors = new HeartbeatStreak('collision', clock);
  }

  onApplicationBootstrap(): void {
    const changed = (part: ViewPart, id: string): void => {
      if (part !== 'conflicts' && part !== 'deviations') return;
      if (this.view.parts[part].has(id)) this.heardMs[part].set(id, this.clock.monotonicMs());
      else this.heardMs[part].delete(id);
    };
    this.cancels = [this.view.listen({ changed, moved: () => undefined, joined: () => undefined }), this.clock.every(LOOK_MS, () => { this.expire(); })];
  }

  onApplicationShutdown(): void {
    for (const cancel of this.cancels) cancel();
  }

  hear(heartbeat: Heartbeat): void {
    this.predictors.hear(heartbeat);
  }

  private expire(): void {
    if (this.predictors.lastsMs < UNREPEATED_MS) return;
    const { conflicts, deviations } = this.view.parts;
    for (const id of this.unrepeated('conflicts')) this.view.conflict({ ...conflicts.get(id)!, phase: 'closed', observedAtMs: this.clock.nowMs() });
    for (const id of this.unrepeated('deviations')) this.view.deviation({ ...deviations.get(id)!, phase: 'closed', observedAtMs: this.clock.nowMs() });
  }

  private unrepeated(part: 'conflicts' | 'deviations'): string[] {
    const nowMs = this.clock.monotonicMs();
    return [...this.heardMs[part]].filter(([, heardMs]) => nowMs - heardMs > UNREPEATED_MS).map(([id]) => id);
  }
}
