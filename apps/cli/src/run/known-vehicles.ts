import type { KafkaBus } from '@quaymaster/bus-kafka';
import { vehicleRegistrations } from '@quaymaster/messages';
import type { Clock, MessageBus } from '@quaymaster/ports';

/** Group of every instance's own reading of the registrations. */
export const KNOWN_VEHICLES = 'known-vehicles';
/** Nothing that came for so long: what the topic held has been read. Twice what a fetch waits for its first record. */
const QUIET_MS = 1000;
const READ_IN_LIMIT_MS = 10_000;
const LOOK_MS = 100;

/** The vehicles whose frames are taken, as the registrations on the bus have it. */
export class KnownVehicles {
  private readonly ids = new Set<string>();
  private heardMs: number;

  private constructor(private readonly clock: Clock) {
    this.heardMs = clock.monotonicMs();
  }

  static async on(bus: MessageBus, clock: Clock): Promise<KnownVehicles> {
    const known = new KnownVehicles(clock);
    await bus.subscribe(vehicleRegistrations, KNOWN_VEHICLES, async (batch) => {
      known.heardMs = clock.monotonicMs();
      for (const { message: { vehicleId, removedAtMs } } of batch) {
        if (removedAtMs === null) known.ids.add(vehicleId);
        else known.ids.delete(vehicleId);
      }
    }, { maxBatch: 256 });
    known.heardMs = clock.monotonicMs();
    return known;
  }

  /**
   * Resolves when the registrations of before have been read, so that a vehicle's words are not refused at the start as those of a stranger. An estimate: one
   * that is too soon costs frames that come again ten times a second.
   */
  async readIn(bus: KafkaBus): Promise<void> {
    const untilMs = this.clock.monotonicMs() + READ_IN_LIMIT_MS;
    const isBusy = (): boolean => bus.health().groups.some(({ group, lag, isJoined }) => group === KNOWN_VEHICLES && (lag > 0 || !isJoined));
    while ((isBusy() || this.clock.monotonicMs() - this.heardMs < QUIET_MS) && this.clock.monotonicMs() < untilMs) await this.clock.sleep(LOOK_MS);
  }

  get size(): number {
    return this.ids.size;
  }

  isKnown(vehicleId: string): boolean {
    return this.ids.has(vehicleId);
  }
}
