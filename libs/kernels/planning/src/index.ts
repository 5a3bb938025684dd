export type {
  BlockOrder, Candidate, ExecutedVehicle, NotPlanned, Plan, PlanGeometry, PlannedVehicle, PlanningInstance, PlanVehicle, RouteOccupancy, SolveOptions, TimedPath,
  Verdict,
} from './model';
export { occupyRoute } from './occupy-route';
export { passesClear } from './passing';
export { solve } from './solve';
export { surveyTurns } from './turn-survey';
export type { TurnSurvey } from './turn-survey';
export { verify } from './verify';
export { Execution } from './execution';
