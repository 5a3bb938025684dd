export type { VehicleModel, VehiclePart } from './vehicle-model';
export { buildPoseTable, contourAt, inflatedContours, partPose, towedHeadingRad } from './pose-table';
export type { PoseTable } from './pose-table';
export { brakingDistanceM, rollOut, rollOutBraking } from './speed-profile';
export type { DrivingLimits, SpeedLimits } from './speed-profile';
