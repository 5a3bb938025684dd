export { CollisionApp } from './collision-app.module';
