import { Delete, Get, Post, Res } from '@nestjs/common';
import { idSchema, vehicleIdSchema } from '@quaymaster/messages';
import { ProblemError } from '@quaymaster/nest-platform';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { ascending, type Page, pageOf, type PageQuery, pageQuerySchema, pageSchema } from '../http/page';
import { reasonSchema, safeIdSchema, vehicleParamsSchema } from '../http/text';
import { AskedMutation, ValidBody, ValidParams, ValidQuery } from '../http/valid';
import { LocalChanges } from '../ledger/local-changes.service';
import type { Mutation } from '../ledger/mutation';
import { answerRequest } from '../requests/answer-request';
import { type RequestAnswer, requestAnswerSchema } from '../requests/request-answer';
import { SchedulerRequests } from '../requests/scheduler-requests.service';
import { FleetView } from '../view/fleet-view.service';
import { VehicleRegistry } from './vehicle-registry.service';
import { type VehicleView, vehicleView, vehicleViewSchema } from './vehicle-view';

const registrationSchema = z.strictObject({ vehicleId: vehicleIdSchema, modelId: safeIdSchema });
const issuedSchema = z.object({ vehicleId: vehicleIdSchema, modelId: idSchema, secret: z.string().describe('Broker password; told this once') });
const removedSchema = z.object({ vehicleId: z.string() });
const stopSchema = z.strictObject({ reason: reasonSchema });
type VehicleParams = z.infer<typeof vehicleParamsSchema>;

/** Vehicles: who they are, how they are, and stopping one. */
@ApiController('v1/vehicles')
export class VehiclesController {
  constructor(
    private readonly registry: VehicleRegistry, private readonly view: FleetView, private readonly changes: LocalChanges,
    private readonly requests: SchedulerRequests,
  ) {}

  @Get()
  @Operation({ summary: 'All vehicles with their newest report and status', role: 'viewer', query: pageQuerySchema, answer: pageSchema(vehicleViewSchema) })
  listVehicles(@ValidQuery() query: PageQuery): Page<VehicleView> {
    const ids = [...new Set([...this.registry.vehicles.map((vehicle) => vehicle.vehicleId), ...this.view.roster])].sort();
    const page = pageOf(ids, (id) => id, query, ascending);
    return { items: page.items.flatMap((id) => vehicleView(id, this.registry, this.view) ?? []), next: page.next };
  }

  @Get(':vehicleId')
  @Operation({ summary: 'One vehicle', role: 'viewer', params: vehicleParamsSchema, answer: vehicleViewSchema, problems: { QM_VEHICLE_UNKNOWN: 404 } })
  getVehicle(@ValidParams() { vehicleId }: VehicleParams): VehicleView {
    const vehicle = vehicleView(vehicleId, this.registry, this.view);
    if (vehicle === undefined) throw unknownVehicle(vehicleId);
    return vehicle;
  }

  @Post()
  @Operation({
    summary: 'Register a vehicle; its broker user name is its id', role: 'supervisor', body: registrationSchema, answer: issuedSchema, status: 201,
    problems: { QM_VEHICLE_KNOWN: 409, QM_MODEL_UNKNOWN: 404, QM_VEHICLE_ACCOUNT_UNAVAILABLE: 503 },
  })
  async registerVehicle(@ValidBody() body: z.infer<typeof registrationSchema>, @AskedMutation() mutation: Mutation): Promise<unknown> {
    const { answer } = await this.changes.perform(mutation, async (manager) => ({
      status: 201, answer: await this.registry.registerIn(manager, body.vehicleId, body.modelId), resource: body.vehicleId,
    }), (issued) => this.registry.adoptVehicle(issued), true);
    return answer;
  }

  @Post(':vehicleId/secret')
  @Operation({
    summary: 'Give a vehicle a new broker password; the old one ends', role: 'supervisor', params: vehicleParamsSchema, answer: issuedSchema, status: 201,
    problems: { QM_VEHICLE_UNKNOWN: 404, QM_VEHICLE_ACCOUNT_UNAVAILABLE: 503 },
  })
  async renewVehicleSecret(@ValidParams() { vehicleId }: VehicleParams, @AskedMutation() mutation: Mutation): Promise<unknown> {
    const { answer } = await this.changes.perform(mutation, async (manager) => ({
      status: 201, answer: await this.registry.renewIn(manager, vehicleId), resource: vehicleId,
    }), (issued) => this.registry.adoptVehicle(issued), true);
    return answer;
  }

  @Delete(':vehicleId')
  @Operation({
    summary: 'Take a vehicle out of the registry; it can no longer connect', role: 'supervisor', params: vehicleParamsSchema, answer: removedSchema,
    problems: { QM_VEHICLE_UNKNOWN: 404, QM_VEHICLE_ACCOUNT_UNAVAILABLE: 503 },
  })
  async removeVehicle(@ValidParams() { vehicleId }: VehicleParams, @AskedMutation() mutation: Mutation): Promise<unknown> {
    const { answer } = await this.changes.perform(mutation, async (manager) => {
      await this.registry.removeIn(manager, vehicleId);
      return { status: 200, answer: { vehicleId }, resource: vehicleId };
    }, () => this.registry.dropVehicle(vehicleId));
    return answer;
  }

  @Post(':vehicleId/stop')
  @Operation({
    summary: 'Ask a vehicle to stop: a controlled stop request, sent before it is stored', role: 'operator', params: vehicleParamsSchema, body: stopSchema,
    answer: requestAnswerSchema, problems: { QM_VEHICLE_UNKNOWN: 404, QM_BUS_UNAVAILABLE: 503 },
  })
  async stopVehicle(
    @ValidParams() { vehicleId }: VehicleParams, @ValidBody() { reason }: z.infer<typeof stopSchema>, @AskedMutation() mutation: Mutation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestAnswer> {
    if (!this.registry.isKnown(vehicleId) && !this.view.hasSeen(vehicleId)) throw unknownVehicle(vehicleId);
    return answerRequest(reply, await this.requests.askToStop(mutation, { kind: 'stop-vehicle', vehicleId, reason }, [vehicleId]));
  }
}

export function unknownVehicle(vehicleId: string): ProblemError {
  return new ProblemError(404, 'QM_VEHICLE_UNKNOWN', `there is no vehicle ${vehicleId}`);
}
