import { Get } from '@nestjs/common';
import { type Conflict, conflictSchema, type Deviation, deviationSchema, type RunningPlan, runningPlanSchema } from '@quaymaster/messages';
import type { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { ascending, type Page, pageOf, type PageQuery, pageQuerySchema, pageSchema } from '../http/page';
import { safeIdSchema } from '../http/text';
import { ValidQuery } from '../http/valid';
import { FleetView } from './fleet-view.service';

const byVehicleSchema = pageQuerySchema.extend({ vehicleId: safeIdSchema.optional() });
type ByVehicle = z.infer<typeof byVehicleSchema>;

/** What is predicted and what is driven now. */
@ApiController('v1')
export class PictureController {
  constructor(private readonly view: FleetView) {}

  @Get('plans')
  @Operation({ summary: 'Routes that vehicles are running', role: 'viewer', query: pageQuerySchema, answer: pageSchema(runningPlanSchema) })
  listPlans(@ValidQuery() query: PageQuery): Page<RunningPlan> {
    const running = [...this.view.parts.plans.values()].filter((plan) => this.view.isRunning(plan));
    return page(running, (plan) => plan.vehicleId, query);
  }

  @Get('conflicts')
  @Operation({ summary: 'Predicted contacts that are open', role: 'viewer', query: byVehicleSchema, answer: pageSchema(conflictSchema) })
  listConflicts(@ValidQuery() query: ByVehicle): Page<Conflict> {
    const wanted = [...this.view.parts.conflicts.values()].filter(({ a, b }) => query.vehicleId === undefined || a === query.vehicleId || b === query.vehicleId);
    return page(wanted, (conflict) => conflict.conflictId, query);
  }

  @Get('deviations')
  @Operation({ summary: 'Deviations from plans that are open', role: 'viewer', query: byVehicleSchema, answer: pageSchema(deviationSchema) })
  listDeviations(@ValidQuery() query: ByVehicle): Page<Deviation> {
    const wanted = [...this.view.parts.deviations.values()].filter(({ vehicleId }) => (query.vehicleId ?? vehicleId) === vehicleId);
    return page(wanted, (deviation) => deviation.deviationId, query);
  }
}

function page<T>(items: T[], keyOf: (item: T) => string, query: PageQuery): Page<T> {
  return pageOf(items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)), keyOf, query, ascending);
}
