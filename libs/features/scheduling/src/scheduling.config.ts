import { z } from 'zod';

/** Environment keys of the scheduler. */
export const schedulingConfigSchema = z.object({
  QM_SCHEDULING_TICK_MS: z.coerce.number().int().min(50).max(2000).default(200),
  /** Who approves a plan that the verifier accepted: the policy at once, or an operator. */
  QM_SCHEDULING_APPROVAL: z.enum(['policy', 'operator']).default('policy'),
  /** Vehicles within this distance of the danger are held with it [m]. */
  QM_SCHEDULING_REGION_RADIUS_M: z.coerce.number().min(0).max(1000).default(60),
  /** A held vehicle that has not come to rest after this long is reported as unconfirmed [ms]. */
  QM_SCHEDULING_STOP_TIMEOUT_MS: z.coerce.number().int().min(1000).max(60_000).default(15_000),
  /** Time to load or unload at a transfer point [s]. */
  QM_SCHEDULING_DWELL_S: z.coerce.number().min(0).max(3600).default(10),
  /** Inflation of contours when deciding which blocks a vehicle touches [m]. */
  QM_SCHEDULING_MARGIN_M: z.coerce.number().min(0.1).max(3).default(0.5),
  QM_SCHEDULING_HEADWAY_S: z.coerce.number().min(0).max(30).default(1),
  /** Slots offered to each held vehicle. */
  QM_SCHEDULING_SLOT_CHOICES: z.coerce.number().int().min(1).max(100).default(4),
  /** Hard limit for one planning job [ms of real time]. */
  QM_SCHEDULING_SOLVER_LIMIT_MS: z.coerce.number().int().min(50).max(60_000).default(2000),
  QM_SCHEDULING_SEED: z.coerce.number().int().min(0).max(2 ** 31 - 1).default(1),
});

/** How the scheduler plans, holds and releases. */
export class SchedulingConfig {
  private constructor(
    readonly tickMs: number,
    readonly approval: 'policy' | 'operator',
    readonly regionRadiusM: number,
    readonly stopTimeoutMs: number,
    readonly dwellS: number,
    readonly marginM: number,
    readonly headwayS: number,
    readonly slotChoices: number,
    readonly solverLimitMs: number,
    readonly seed: number,
  ) {
    Object.freeze(this);
  }

  /** @throws ZodError naming the key that is out of range. */
  static from(env: Readonly<Record<string, string | undefined>>): SchedulingConfig {
    const c = schedulingConfigSchema.parse(env);
    return new SchedulingConfig(
      c.QM_SCHEDULING_TICK_MS, c.QM_SCHEDULING_APPROVAL, c.QM_SCHEDULING_REGION_RADIUS_M, c.QM_SCHEDULING_STOP_TIMEOUT_MS, c.QM_SCHEDULING_DWELL_S,
      c.QM_SCHEDULING_MARGIN_M, c.QM_SCHEDULING_HEADWAY_S, c.QM_SCHEDULING_SLOT_CHOICES, c.QM_SCHEDULING_SOLVER_LIMIT_MS, c.QM_SCHEDULING_SEED,
    );
  }
}
