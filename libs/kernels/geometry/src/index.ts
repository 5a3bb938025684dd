export { normalizeAngleRad } from './angle';
export { ConvexClipper } from './clip-convex';
export { convexGapM, inflateConvex, pointInPolygon, polygonAreaM2, polygonRadiusM, transformPolygon } from './convex-polygon';
export { convexHull } from './convex-hull';
export { cutPolyline } from './cut-polyline';
export { createPolyline, poseOnPolyline, projectOntoPolyline, stretchAt } from './polyline';
export type { Polyline } from './polyline';
export { seededRandom } from './random';
