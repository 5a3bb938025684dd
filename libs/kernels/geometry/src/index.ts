export type { Polyline } from './polyline';
