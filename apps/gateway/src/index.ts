export { GatewayApp } from './gateway-app.module';
