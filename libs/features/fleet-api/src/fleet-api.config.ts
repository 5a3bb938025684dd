import { z } from 'zod';

/** Environment keys of the gateway. */
export const fleetApiConfigSchema = z.object({
  /** How long a request waits for the scheduler's answer before it is answered with 202. */
  QM_API_ANSWER_WAIT_MS: z.coerce.number().int().min(0).max(10_000).default(2000),
  /** A request without an answer for this long is put on the bus again. */
  QM_API_REPUBLISH_AFTER_MS: z.coerce.number().int().min(500).max(60_000).default(2000),
  /** A request that would let vehicles move again is refused when the scheduler has not taken it by then. */
  QM_API_REQUEST_TTL_MS: z.coerce.number().int().min(5000).max(3_600_000).default(60_000),
  /** Idempotency keys are remembered for this long. */
  QM_API_KEY_MEMORY_MS: z.coerce.number().int().min(60_000).max(604_800_000).default(86_400_000),
  /** Tokens and vehicles are read anew with this period, for changes that another gateway made. */
  QM_API_REFRESH_MS: z.coerce.number().int().min(1000).max(300_000).default(10_000),
  /** Period of live positions and changes, in the time of the site. */
  QM_API_LIVE_PERIOD_MS: z.coerce.number().int().min(20).max(5000).default(100),
  /** Bytes that may wait for a slow live client. */
  QM_API_LIVE_BUFFER_BYTES: z.coerce.number().int().min(16_384).max(67_108_864).default(1_048_576),
  /** A live client that lets its buffer stay full for this long is cut off. */
  QM_API_LIVE_STALL_MS: z.coerce.number().int().min(20).max(120_000).default(10_000),
  QM_API_LIVE_PING_MS: z.coerce.number().int().min(20).max(120_000).default(15_000),
  QM_API_LIVE_CLIENTS: z.coerce.number().int().min(1).max(10_000).default(500),
});

/** How the gateway waits, remembers and streams. */
export class FleetApiConfig {
  private constructor(
    readonly answerWaitMs: number,
    readonly republishAfterMs: number,
    readonly requestTtlMs: number,
    readonly keyMemoryMs: number,
    readonly refreshMs: number,
    readonly live: {
      readonly periodMs: number; readonly bufferBytes: number; readonly stallMs: number; readonly pingMs: number; readonly clients: number;
    },
  ) {
    Object.freeze(this);
  }

  /** @throws ZodError naming the key that is out of range. */
  static from(env: Readonly<Record<string, string | undefined>>): FleetApiConfig {
    const c = fleetApiConfigSchema.parse(env);
    return new FleetApiConfig(c.QM_API_ANSWER_WAIT_MS, c.QM_API_REPUBLISH_AFTER_MS, c.QM_API_REQUEST_TTL_MS, c.QM_API_KEY_MEMORY_MS, c.QM_API_REFRESH_MS, {
      periodMs: c.QM_API_LIVE_PERIOD_MS, bufferBytes: c.QM_API_LIVE_BUFFER_BYTES, stallMs: c.QM_API_LIVE_STALL_MS, pingMs: c.QM_API_LIVE_PING_MS,
      clients: c.QM_API_LIVE_CLIENTS,
    });
  }
}
