export { SchedulerApp } from './scheduler-app.module';
