export { mayPublish, maySubscribe } from './access';
export type { Principal } from './access';
export { BrokerRefusedError, BrokerUnavailableError, SubscriptionLostError, SubscriptionRefusedError } from './broker-errors';
export { connectMqtt, sharedFilter, subscribeTo } from './connect-mqtt';
export type { MqttConnection } from './connect-mqtt';
export { DynamicSecurity, serviceRights } from './dynamic-security';
export type { ServiceRights } from './dynamic-security';
export { EmbeddedBroker } from './embedded-broker';
export type { EmbeddedBrokerOptions } from './embedded-broker';
