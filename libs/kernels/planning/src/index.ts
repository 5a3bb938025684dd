export type {
  BlockOrder, Candidate, NotPlanned, Plan, PlannedVehicle, PlanningInstance, PlanVehicle, RouteOccupancy, TimedPath, Verdict,
} from './model';
