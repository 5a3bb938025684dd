export { DispatchApp } from './dispatch-app.module';
