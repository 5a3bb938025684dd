import { z } from 'zod';

/** Environment keys of dispatch. */
export const dispatchConfigSchema = z.object({
  /** A vehicle brakes when its lease is this old. */
  QM_DISPATCH_LEASE_TTL_MS: z.coerce.number().int().min(1000).max(10_000).default(3000),
  QM_DISPATCH_LEASE_PERIOD_MS: z.coerce.number().int().min(200).max(5000).default(1000),
  /** First wait before a command is sent again; doubles up to the cap. */
  QM_DISPATCH_RESEND_FIRST_MS: z.coerce.number().int().min(50).max(5000).default(300),
  QM_DISPATCH_RESEND_CAP_MS: z.coerce.number().int().min(50).max(30_000).default(2000),
  /** A stop that no vehicle confirmed for this long raises an alarm; it goes on being sent until then. */
  QM_DISPATCH_STOP_EXPIRY_MS: z.coerce.number().int().min(1000).max(120_000).default(15_000),
  /** Permission to move is given only on a report that is no older than this. */
  QM_DISPATCH_FRESH_MS: z.coerce.number().int().min(200).max(5000).default(1000),
  /** Without a sign of life from scheduler and collision for this long, no lease is renewed. */
  QM_DISPATCH_HEARTBEAT_TIMEOUT_MS: z.coerce.number().int().min(1000).max(30_000).default(3000),
});

/** How dispatch resends, leases and expires. */
export class DispatchConfig {
  private constructor(
    readonly leaseTtlMs: number,
    readonly leasePeriodMs: number,
    readonly resendFirstMs: number,
    readonly resendCapMs: number,
    readonly stopExpiryMs: number,
    readonly freshMs: number,
    readonly heartbeatTimeoutMs: number,
  ) {
    Object.freeze(this);
  }

  /** @throws ZodError naming the key that is out of range. */
  static from(env: Readonly<Record<string, string | undefined>>): DispatchConfig {
    const c = dispatchConfigSchema.parse(env);
    return new DispatchConfig(
      c.QM_DISPATCH_LEASE_TTL_MS, c.QM_DISPATCH_LEASE_PERIOD_MS, c.QM_DISPATCH_RESEND_FIRST_MS, c.QM_DISPATCH_RESEND_CAP_MS,
      c.QM_DISPATCH_STOP_EXPIRY_MS, c.QM_DISPATCH_FRESH_MS, c.QM_DISPATCH_HEARTBEAT_TIMEOUT_MS,
    );
  }
}
