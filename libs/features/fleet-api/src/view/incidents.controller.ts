import { Get, Post, Res } from '@nestjs/common';
import { type Incident, incidentSchema, incidentStateSchema } from '@quaymaster/messages';
import { ProblemError } from '@quaymaster/nest-platform';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { descending, instantKey, type Page, pageOf, pageQuerySchema, pageSchema } from '../http/page';
import { noteSchema, safeIdSchema } from '../http/text';
import { AskedMutation, ValidBody, ValidParams, ValidQuery } from '../http/valid';
import type { Mutation } from '../ledger/mutation';
import { answerRequest } from '../requests/answer-request';
import { type RequestAnswer, requestAnswerSchema } from '../requests/request-answer';
import { SchedulerRequests } from '../requests/scheduler-requests.service';
import { FleetView } from './fleet-view.service';
import { SchedulerTables } from './scheduler-tables.store';

const paramsSchema = z.strictObject({ incidentId: safeIdSchema });
type IncidentParams = z.infer<typeof paramsSchema>;
const querySchema = pageQuerySchema.extend({ state: incidentStateSchema.optional() });
const clearSchema = z.strictObject({ note: noteSchema.default('') });
const approveSchema = z.strictObject({ planId: safeIdSchema });

/** Incidents: what happened, whom it holds, the plan that is proposed. */
@ApiController('v1/incidents')
export class IncidentsController {
  constructor(private readonly view: FleetView, private readonly tables: SchedulerTables, private readonly requests: SchedulerRequests) {}

  @Get()
  @Operation({ summary: 'Open incidents and those that ended lately, newest first', role: 'viewer', query: querySchema, answer: pageSchema(incidentSchema) })
  listIncidents(@ValidQuery() query: z.infer<typeof querySchema>): Page<Incident> {
    const keyOf = (incident: Incident): string => instantKey(incident.openedAtMs, incident.incidentId);
    const wanted = [...this.view.parts.incidents.values()].filter((incident) => (query.state ?? incident.state) === incident.state);
    return pageOf(wanted.sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1)), keyOf, query, descending);
  }

  @Get(':incidentId')
  @Operation({ summary: 'One incident', role: 'viewer', params: paramsSchema, answer: incidentSchema, problems: { QM_INCIDENT_UNKNOWN: 404 } })
  async getIncident(@ValidParams() { incidentId }: IncidentParams): Promise<Incident> {
    return this.find(incidentId);
  }

  @Post(':incidentId/clear')
  @Operation({
    summary: 'The cause is gone; vehicles that caused it have been looked at and may be moved again', role: 'operator', params: paramsSchema, body: clearSchema,
    answer: requestAnswerSchema, problems: { QM_INCIDENT_UNKNOWN: 404, QM_INCIDENT_NOT_OPEN: 409 },
  })
  async clearIncident(
    @ValidParams() { incidentId }: IncidentParams, @ValidBody() { note }: z.infer<typeof clearSchema>, @AskedMutation() mutation: Mutation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestAnswer> {
    await this.find(incidentId);
    return answerRequest(reply, await this.requests.ask(mutation, { kind: 'clear-incident', incidentId, note }));
  }

  @Post(':incidentId/approve')
  @Operation({
    summary: 'Approve the plan that an incident proposes', role: 'operator', params: paramsSchema, body: approveSchema, answer: requestAnswerSchema,
    problems: { QM_INCIDENT_UNKNOWN: 404, QM_PLAN_NOT_PROPOSED: 409 },
  })
  async approvePlan(
    @ValidParams() { incidentId }: IncidentParams, @ValidBody() { planId }: z.infer<typeof approveSchema>, @AskedMutation() mutation: Mutation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestAnswer> {
    await this.find(incidentId);
    return answerRequest(reply, await this.requests.ask(mutation, { kind: 'approve-plan', incidentId, planId }));
  }

  private async find(incidentId: string): Promise<Incident> {
    const incident = this.view.parts.incidents.get(incidentId) ?? (await this.tables.incident(incidentId));
    if (incident === undefined) throw new ProblemError(404, 'QM_INCIDENT_UNKNOWN', `there is no incident ${incidentId}`);
    return incident;
  }
}
