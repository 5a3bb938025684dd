import type { Clock } from '@quaymaster/ports';
import type { WireLease } from '@quaymaster/telemetry';

/** Permission to move at all, on the vehicle's own monotonic clock. */
export class MotionLease {
  private epoch = 0;
  private sequence = -1;
  private untilMs = -Infinity;
  private wasAlive = false;

  constructor(private readonly clock: Clock) {}

  get isAlive(): boolean {
    return this.clock.monotonicMs() < this.untilMs;
  }

  /** Time until it lapses, 0 when it has [ms]. */
  get leftMs(): number {
    return Math.max(0, this.untilMs - this.clock.monotonicMs());
  }

  /**
   * Takes a renewal unless it is of an epoch that is over or, while a lease is alive, out of order. After a lapse any sequence of the newest epoch counts:
   * the one who leases may have started anew, and what a lapse stopped stays stopped in any case.
   *
   * @param commandEpoch highest epoch that commands came with
   * @returns whether it was taken
   */
  renew(lease: WireLease, commandEpoch: number): boolean {
    if (lease.epoch < Math.max(this.epoch, commandEpoch)) return false;
    if (lease.epoch === this.epoch && lease.sequence <= this.sequence && this.isAlive) return false;
    this.epoch = lease.epoch;
    this.sequence = lease.sequence;
    this.untilMs = this.clock.monotonicMs() + lease.ttlMs;
    this.wasAlive = true;
    return true;
  }

  /** True once after the lease has lapsed. */
  takeLapse(): boolean {
    if (!this.wasAlive || this.isAlive) return false;
    this.wasAlive = false;
    return true;
  }

  forget(): void {
    this.untilMs = -Infinity;
    this.wasAlive = false;
  }
}
