import { CreateScheduling1764000000200 } from './migrations/1764000000200-create-scheduling';
import { IncidentEntity, MissionEntity, OutboxEntity, SchedulerEpochEntity } from './store/scheduling.entities';

export { SchedulingConfig, schedulingConfigSchema } from './scheduling.config';
export { SchedulingModule } from './scheduling.module';
export type { SchedulingOptions } from './scheduling.module';
export { schedulingStateGroup } from './scheduling.controller';
export { SchedulerService } from './scheduler.service';
export { PlanningEngine } from './planning/planning-engine';
export type { PlanningJob, PlanningResult } from './planning/planning-job';
export const schedulingEntities = [SchedulerEpochEntity, MissionEntity, IncidentEntity, OutboxEntity];
export const schedulingMigrations = [CreateScheduling1764000000200];
