import { Delete, Get, Put } from '@nestjs/common';
import { type VehicleModelMessage, vehicleModelSchema } from '@quaymaster/messages';
import { ProblemError } from '@quaymaster/nest-platform';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { ascending, type Page, pageOf, type PageQuery, pageQuerySchema, pageSchema } from '../http/page';
import { safeIdSchema } from '../http/text';
import { AskedMutation, ValidBody, ValidParams, ValidQuery } from '../http/valid';
import { LocalChanges } from '../ledger/local-changes.service';
import type { Mutation } from '../ledger/mutation';
import { VehicleRegistry } from './vehicle-registry.service';

const paramsSchema = z.strictObject({ modelId: safeIdSchema });
type ModelParams = z.infer<typeof paramsSchema>;
/** Ample for any contour; keeps one model from filling a request. */
const CONTOUR_NUMBERS_MAX = 256;
const part = vehicleModelSchema.shape.parts.element;
const bodySchema = vehicleModelSchema.extend({
  id: safeIdSchema.optional().describe('If given, the id of the address'),
  parts: z.array(z.strictObject({ ...part.shape, contourM: part.shape.contourM.max(CONTOUR_NUMBERS_MAX) })).min(1).max(4),
}).strict();

/** Contours and limits of the classes of vehicles. */
@ApiController('v1/vehicle-models')
export class VehicleModelsController {
  constructor(private readonly registry: VehicleRegistry, private readonly changes: LocalChanges) {}

  @Get()
  @Operation({ summary: 'All vehicle models', role: 'viewer', query: pageQuerySchema, answer: pageSchema(vehicleModelSchema) })
  listVehicleModels(@ValidQuery() query: PageQuery): Page<VehicleModelMessage> {
    return pageOf([...this.registry.models].sort((a, b) => (a.id < b.id ? -1 : 1)), (model) => model.id, query, ascending);
  }

  @Get(':modelId')
  @Operation({ summary: 'One vehicle model', role: 'viewer', params: paramsSchema, answer: vehicleModelSchema, problems: { QM_MODEL_UNKNOWN: 404 } })
  getVehicleModel(@ValidParams() { modelId }: ModelParams): VehicleModelMessage {
    const model = this.registry.model(modelId);
    if (model === undefined) throw new ProblemError(404, 'QM_MODEL_UNKNOWN', `there is no vehicle model ${modelId}`);
    return model;
  }

  @Put(':modelId')
  @Operation({ summary: 'Add a vehicle model or replace it', role: 'supervisor', params: paramsSchema, body: bodySchema, answer: vehicleModelSchema })
  async putVehicleModel(
    @ValidParams() { modelId }: ModelParams, @ValidBody() body: z.infer<typeof bodySchema>, @AskedMutation() mutation: Mutation,
  ): Promise<unknown> {
    if (body.id !== undefined && body.id !== modelId) throw new ProblemError(400, 'QM_REQUEST_INVALID', `the body is model ${body.id}, the address ${modelId}`);
    const model: VehicleModelMessage = { ...body, id: modelId };
    const { answer } = await this.changes.perform(mutation, async (manager) => {
      await this.registry.putModelIn(manager, model);
      return { status: 200, answer: model, resource: modelId };
    }, (made) => this.registry.adoptModel(made));
    return answer;
  }

  @Delete(':modelId')
  @Operation({
    summary: 'Remove a vehicle model that no vehicle has', role: 'supervisor', params: paramsSchema, answer: z.object({ modelId: z.string() }),
    problems: { QM_MODEL_UNKNOWN: 404, QM_MODEL_USED: 409 },
  })
  async removeVehicleModel(@ValidParams() { modelId }: ModelParams, @AskedMutation() mutation: Mutation): Promise<unknown> {
    const { answer } = await this.changes.perform(mutation, async (manager) => {
      await this.registry.removeModelIn(manager, modelId);
      return { status: 200, answer: { modelId }, resource: modelId };
    }, () => { this.registry.dropModel(modelId); });
    return answer;
  }
}
