import type { Clock } from '@quaymaster/ports';

/** Reports of one vehicle that wait while an earlier one is worked on: at 10 Hz this is as old as a report may be and still be of use to control. */
const WAITING_REPORTS = 4;
/** Tries of a job that must be done; the pauses between them come to about 3 s. */
const TRIES = 5;
const PAUSE_MS = 200;

interface Job {
  readonly run: () => Promise<void>;
  readonly mayBePassedOver: boolean;
  readonly settle: () => void;
}

/**
 * Works on what many vehicles say at once: for one vehicle one thing after the other, in the order in which it came. Where work lags behind, a vehicle's oldest
 * waiting reports give way to its newest ones, so that nothing piles up and nobody stops reading from the broker: what waits is bounded by the fleet.
 */
export class VehicleLanes {
  private readonly waiting = new Map<string, Job[]>();

  /** @param onPassedOver a report gave way to newer ones. @param onFault work has failed, for good where it was tried again */
  constructor(private readonly clock: Clock, private readonly onPassedOver: () => void, private readonly onFault: (error: Error) => void) {}

  /** A report: worked on once, or passed over. */
  offer(vehicleId: string, run: () => Promise<void>): void {
    const lane = this.enter(vehicleId, { run, mayBePassedOver: true, settle: () => undefined });
    const reports = lane.filter(({ mayBePassedOver }) => mayBePassedOver);
    if (reports.length <= WAITING_REPORTS) return;
    lane.splice(lane.indexOf(reports[0]!), 1);
    this.onPassedOver();
  }

  /** Work that is tried again when it fails. Resolves when it is done or given up. */
  insist(vehicleId: string, run: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => { this.enter(vehicleId, { run: () => this.tryOften(run), mayBePassedOver: false, settle: resolve }); });
  }

  /** Jobs that wait, in the order of the lane; the one that is worked on is not among them. */
  private enter(vehicleId: string, job: Job): Job[] {
    const lane = this.waiting.get(vehicleId);
    if (lane !== undefined) {
      lane.push(job);
      return lane;
    }
    const made = [job];
    this.waiting.set(vehicleId, made);
    void this.workOff(vehicleId, made);
    return made;
  }

  private async workOff(vehicleId: string, lane: Job[]): Promise<void> {
    for (let job = lane.shift(); job !== undefined; job = lane.shift()) {
      await job.run().catch((error: unknown) => { this.onFault(error instanceof Error ? error : new Error(String(error))); });
      job.settle();
    }
    this.waiting.delete(vehicleId);
  }

  private async tryOften(run: () => Promise<void>): Promise<void> {
    for (let left = TRIES - 1; left > 0; left -= 1) {
      try {
        await run();
        return;
      } catch {
        await this.clock.sleep(PAUSE_MS * 2 ** (TRIES - 1 - left) * (0.5 + Math.random()));
      }
    }
    await run();
  }
}
