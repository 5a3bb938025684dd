export type { VehicleModel, VehiclePart } from './vehicle-model';
export type { PoseTable } from './pose-table';
