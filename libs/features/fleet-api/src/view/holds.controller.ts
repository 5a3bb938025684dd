import { Delete, Get, Res } from '@nestjs/common';
import { type Hold, holdSchema } from '@quaymaster/messages';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { ascending, type Page, pageOf, pageQuerySchema, pageSchema } from '../http/page';
import { safeIdSchema } from '../http/text';
import { AskedMutation, ValidParams, ValidQuery } from '../http/valid';
import type { Mutation } from '../ledger/mutation';
import { answerRequest } from '../requests/answer-request';
import { type RequestAnswer, requestAnswerSchema } from '../requests/request-answer';
import { SchedulerRequests } from '../requests/scheduler-requests.service';
import { FleetView } from './fleet-view.service';

const paramsSchema = z.strictObject({ holdId: safeIdSchema });
const querySchema = pageQuerySchema.extend({ vehicleId: safeIdSchema.optional() });

/** Reasons why vehicles must not move. */
@ApiController('v1/holds')
export class HoldsController {
  constructor(private readonly view: FleetView, private readonly requests: SchedulerRequests) {}

  @Get()
  @Operation({ summary: 'Holds in force', role: 'viewer', query: querySchema, answer: pageSchema(holdSchema) })
  listHolds(@ValidQuery() query: z.infer<typeof querySchema>): Page<Hold> {
    const holds = [...this.view.parts.vehicles.values()].filter((status) => (query.vehicleId ?? status.vehicleId) === status.vehicleId).flatMap((status) => status.holds);
    return pageOf(holds.sort((a, b) => (a.holdId < b.holdId ? -1 : 1)), (hold) => hold.holdId, query, ascending);
  }

  @Delete(':holdId')
  @Operation({
    summary: 'Lift a hold; only its owner can', role: 'operator', params: paramsSchema, answer: requestAnswerSchema,
    problems: { QM_HOLD_UNKNOWN: 404, QM_HOLD_FOREIGN: 409 },
  })
  async releaseHold(
    @ValidParams() { holdId }: z.infer<typeof paramsSchema>, @AskedMutation() mutation: Mutation, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestAnswer> {
    return answerRequest(reply, await this.requests.ask(mutation, { kind: 'release-hold', holdId }));
  }
}
