import { Get, Optional } from '@nestjs/common';
import { type Frame, frameSchema } from '@quaymaster/messages';
import { AnalyticsStore, AnalyticsUnavailableError, Clock, type FleetMinute } from '@quaymaster/ports';
import { ProblemError } from '@quaymaster/nest-platform';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { queryInstantSchema, vehicleParamsSchema } from '../http/text';
import { ValidParams, ValidQuery } from '../http/valid';

const FRAMES_SPAN_MS = 3_600_000;
const MINUTES_SPAN_MS = 31 * 86_400_000;
const HOUR_MS = 3_600_000;

const framesQuerySchema = z.strictObject({
  from: queryInstantSchema.optional().describe('Default: one hour before `to`'), to: queryInstantSchema.optional().describe('Default: now'),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
});
const minutesQuerySchema = framesQuerySchema.omit({ limit: true });
const minuteSchema = z.object({
  minuteAtMs: z.number().int(), vehicles: z.number().int(), frames: z.number().int(), meanSpeedMps: z.number(), standingRatio: z.number(),
});

/** What vehicles reported in the past. */
@ApiController('v1')
export class HistoryController {
  constructor(private readonly clock: Clock, @Optional() private readonly analytics?: AnalyticsStore) {}

  @Get('vehicles/:vehicleId/frames')
  @Operation({
    summary: 'Reports of a vehicle, at most an hour of them', role: 'viewer', params: vehicleParamsSchema, query: framesQuerySchema,
    answer: z.object({ items: z.array(frameSchema) }), problems: { QM_ANALYTICS_UNAVAILABLE: 503 },
  })
  async listFrames(
    @ValidParams() { vehicleId }: z.infer<typeof vehicleParamsSchema>, @ValidQuery() query: z.infer<typeof framesQuerySchema>,
  ): Promise<{ items: readonly Frame[] }> {
    const { fromMs, toMs } = this.span(query, FRAMES_SPAN_MS);
    return { items: await this.store().telemetry({ vehicleId, fromMs, toMs, limit: query.limit }) };
  }

  @Get('statistics/minutes')
  @Operation({
    summary: 'The fleet minute by minute', role: 'viewer', query: minutesQuerySchema, answer: z.object({ items: z.array(minuteSchema) }),
    problems: { QM_ANALYTICS_UNAVAILABLE: 503 },
  })
  async listMinutes(@ValidQuery() query: z.infer<typeof minutesQuerySchema>): Promise<{ items: readonly FleetMinute[] }> {
    const { fromMs, toMs } = this.span(query, MINUTES_SPAN_MS);
    return { items: await this.store().fleetMinutes(fromMs, toMs) };
  }

  private store(): AnalyticsStore {
    if (this.analytics === undefined) throw new AnalyticsUnavailableError('this installation keeps no history');
    return this.analytics;
  }

  private span(query: { from?: number | undefined; to?: number | undefined }, longestMs: number): { fromMs: number; toMs: number } {
    const toMs = query.to ?? this.clock.nowMs();
    const fromMs = query.from ?? Math.max(0, toMs - HOUR_MS);
    if (fromMs > toMs) throw new ProblemError(400, 'QM_REQUEST_INVALID', `from (${fromMs}) is after to (${toMs})`);
    if (toMs - fromMs > longestMs) throw new ProblemError(400, 'QM_REQUEST_INVALID', `from and to are more than ${longestMs / HOUR_MS} hours apart`);
    return { fromMs, toMs };
  }
}
