import { Post, Res } from '@nestjs/common';
import { vehicleIdSchema } from '@quaymaster/messages';
import { ProblemError } from '@quaymaster/nest-platform';
import type { VirtualMap } from '@quaymaster/virtual-map';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { reasonSchema, safeIdSchema } from '../http/text';
import { AskedMutation, ValidBody } from '../http/valid';
import type { Mutation } from '../ledger/mutation';
import { SiteMap } from '../map/site-map';
import { answerRequest } from '../requests/answer-request';
import { type RequestAnswer, requestAnswerSchema } from '../requests/request-answer';
import { SchedulerRequests } from '../requests/scheduler-requests.service';

const POLYGON_NUMBERS_MAX = 2000;
const VEHICLES_MAX = 5000;

const bodySchema = z.strictObject({
  reason: reasonSchema,
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('site') }),
    z.strictObject({ kind: z.literal('zone'), zoneId: safeIdSchema }),
    z.strictObject({
      kind: z.literal('polygon'),
      polygonXyM: z.array(z.number()).min(6).max(POLYGON_NUMBERS_MAX).refine((xyM) => xyM.length % 2 === 0, 'must be pairs of x and y'),
    }),
    z.strictObject({ kind: z.literal('vehicles'), vehicleIds: z.array(vehicleIdSchema).min(1).max(VEHICLES_MAX) }),
  ]),
});

/** Holding a region of the site, or vehicles. */
@ApiController('v1/pauses')
export class PausesController {
  private readonly map: VirtualMap;

  constructor(private readonly requests: SchedulerRequests, site: SiteMap) {
    this.map = site.map;
  }

  @Post()
  @Operation({
    summary: 'Hold vehicles (of a zone, a polygon, the whole site, or by name) and bring them to parking; sent before it is stored', role: 'operator',
    body: bodySchema, answer: requestAnswerSchema, problems: { QM_ZONE_UNKNOWN: 409, QM_BUS_UNAVAILABLE: 503 },
  })
  async pause(
    @ValidBody() { reason, scope }: z.infer<typeof bodySchema>, @AskedMutation() mutation: Mutation, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestAnswer> {
    if (scope.kind === 'zone' && !this.map.zones.some((zone) => zone.id === scope.zoneId)) {
      throw new ProblemError(409, 'QM_ZONE_UNKNOWN', `${scope.zoneId} is not a zone of the map in force`);
    }
    return answerRequest(reply, await this.requests.askToStop(mutation, { kind: 'pause', reason, scope }, []));
  }
}
