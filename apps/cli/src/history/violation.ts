/**
 * `lost`: no end in time; `undelivered-stop`: a stop that did not reach a vehicle in time; `doubled`: in effect twice, or out of order; `stale`: permission of an
 * epoch that was over; `unsafe-resume`: a stop lifted by what may not lift it; `changed-end`: two ends; `ghost`: nobody asked for it; `incomplete`: the history
 * itself has gaps.
 */
export type ViolationKind = 'lost' | 'undelivered-stop' | 'doubled' | 'stale' | 'unsafe-resume' | 'changed-end' | 'ghost' | 'incomplete';

export interface Violation {
  readonly kind: ViolationKind;
  /** Instant of the record that shows it, or by which something should have been there [ms since the Unix epoch]. */
  readonly at: number;
  /** '' when it is of no vehicle. */
  readonly vehicleId: string;
  /** '' when it is of no command. */
  readonly commandId: string;
  readonly text: string;
}
