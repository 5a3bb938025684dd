export { CollisionConfig, collisionConfigSchema } from './collision.config';
export { collisionGroup } from './collision.controller';
export { CollisionCounters } from './collision-counters';
export { CollisionModule } from './collision.module';
export type { CollisionOptions } from './collision.module';
export { Presence } from './presence.service';
