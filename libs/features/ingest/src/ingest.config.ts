import { z } from 'zod';

/** Environment keys of ingest. */
export const ingestConfigSchema = z.object({
  /** Frames of one vehicle a second, and in one burst. */
  QM_INGEST_RATE_HZ: z.coerce.number().min(1).max(200).default(15),
  QM_INGEST_BURST: z.coerce.number().int().min(1).max(1000).default(30),
  /** A frame may lie outside the map's bounds by this [m]. */
  QM_INGEST_BORDER_M: z.coerce.number().min(0).max(10_000).default(200),
  /** A frame from further in the future than this is refused [ms]. */
  QM_INGEST_FUTURE_MS: z.coerce.number().int().min(0).max(60_000).default(2000),
  /** No vehicle of any site is faster [m/s]. */
  QM_INGEST_MAX_SPEED_MPS: z.coerce.number().min(1).max(100).default(20),
});

/** What ingest lets pass. */
export class IngestConfig {
  private constructor(readonly rateHz: number, readonly burst: number, readonly borderM: number, readonly futureMs: number, readonly maxSpeedMps: number) {
    Object.freeze(this);
  }

  /** @throws ZodError naming the key that is out of range. */
  static from(env: Readonly<Record<string, string | undefined>>): IngestConfig {
    const c = ingestConfigSchema.parse(env);
    return new IngestConfig(c.QM_INGEST_RATE_HZ, c.QM_INGEST_BURST, c.QM_INGEST_BORDER_M, c.QM_INGEST_FUTURE_MS, c.QM_INGEST_MAX_SPEED_MPS);
  }
}
