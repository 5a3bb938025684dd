import type { Clock } from '@quaymaster/ports';

/** Keeps requests apart: one that would follow another sooner than `gapMs` waits for the rest of it. One that comes later does not wait. */
export class Pace {
  private begunAtMs = -Infinity;

  constructor(private readonly clock: Clock, private readonly gapMs: number) {}

  /** A request begins now. */
  begin(): void {
    this.begunAtMs = this.clock.monotonicMs();
  }

  /** Resolves when the next one may begin. */
  async rest(): Promise<void> {
    const leftMs = this.begunAtMs + this.gapMs - this.clock.monotonicMs();
    if (leftMs > 0) await this.clock.sleep(leftMs);
  }
}
