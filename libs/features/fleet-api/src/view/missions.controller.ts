import { Delete, Get, Post, Res } from '@nestjs/common';
import { type Mission, missionSchema, missionStateSchema } from '@quaymaster/messages';
import { ProblemError } from '@quaymaster/nest-platform';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { hashOf } from '../access/secret';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { descending, instantKey, type Page, pageOf, pageQuerySchema, pageSchema } from '../http/page';
import { safeIdSchema } from '../http/text';
import { AskedMutation, ValidBody, ValidParams, ValidQuery } from '../http/valid';
import type { Mutation } from '../ledger/mutation';
import { answerRequest } from '../requests/answer-request';
import { type RequestAnswer, requestAnswerSchema } from '../requests/request-answer';
import { SchedulerRequests } from '../requests/scheduler-requests.service';
import { FleetView } from './fleet-view.service';
import { SchedulerTables } from './scheduler-tables.store';

const paramsSchema = z.strictObject({ missionId: safeIdSchema });
const querySchema = pageQuerySchema.extend({ state: missionStateSchema.optional(), vehicleId: safeIdSchema.optional() });
const bodySchema = z.strictObject({
  missionId: safeIdSchema.optional().describe('Without it one is made from the idempotency key'),
  pickup: safeIdSchema, dropoff: safeIdSchema,
  priority: z.number().int().min(-1000).max(1000).default(0),
});

/** Transport work. */
@ApiController('v1/missions')
export class MissionsController {
  constructor(private readonly view: FleetView, private readonly tables: SchedulerTables, private readonly requests: SchedulerRequests) {}

  @Get()
  @Operation({ summary: 'Open missions and those that ended lately, newest first', role: 'viewer', query: querySchema, answer: pageSchema(missionSchema) })
  listMissions(@ValidQuery() query: z.infer<typeof querySchema>): Page<Mission> {
    const keyOf = (mission: Mission): string => instantKey(mission.createdAtMs, mission.missionId);
    const wanted = [...this.view.parts.missions.values()]
      .filter((mission) => (query.state ?? mission.state) === mission.state && (query.vehicleId ?? mission.vehicleId) === mission.vehicleId);
    return pageOf(wanted.sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1)), keyOf, query, descending);
  }

  @Get(':missionId')
  @Operation({ summary: 'One mission', role: 'viewer', params: paramsSchema, answer: missionSchema, problems: { QM_MISSION_UNKNOWN: 404 } })
  async getMission(@ValidParams() { missionId }: z.infer<typeof paramsSchema>): Promise<Mission> {
    const mission = this.view.parts.missions.get(missionId) ?? (await this.tables.mission(missionId));
    if (mission === undefined) throw new ProblemError(404, 'QM_MISSION_UNKNOWN', `there is no mission ${missionId}`);
    return mission;
  }

  @Post()
  @Operation({
    summary: 'Submit a mission: carry something from one transfer point to another', role: 'operator', body: bodySchema, answer: requestAnswerSchema, status: 202,
    problems: { QM_PLACE_UNKNOWN: 409, QM_MISSION_EMPTY: 409 },
  })
  async submitMission(
    @ValidBody() body: z.infer<typeof bodySchema>, @AskedMutation() mutation: Mutation, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestAnswer> {
    const missionId = body.missionId ?? `M-${hashOf(mutation.key).slice(0, 16)}`;
    const answer = await this.requests.ask(mutation, { kind: 'submit-mission', missionId, pickup: body.pickup, dropoff: body.dropoff, priority: body.priority });
    return answerRequest(reply, answer.resourceId === '' ? { ...answer, resourceId: missionId } : answer, 202);
  }

  @Delete(':missionId')
  @Operation({
    summary: 'Cancel a mission', role: 'operator', params: paramsSchema, answer: requestAnswerSchema,
    problems: { QM_MISSION_UNKNOWN: 404, QM_MISSION_UNDER_WAY: 409 },
  })
  async cancelMission(
    @ValidParams() { missionId }: z.infer<typeof paramsSchema>, @AskedMutation() mutation: Mutation, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestAnswer> {
    return answerRequest(reply, await this.requests.ask(mutation, { kind: 'cancel-mission', missionId }));
  }
}
