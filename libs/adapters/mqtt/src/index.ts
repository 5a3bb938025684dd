export { mayPublish, maySubscribe } from './access';
export type { Principal } from './access';
export { connectMqtt } from './connect-mqtt';
export type { MqttConnection } from './connect-mqtt';
export { EmbeddedBroker } from './embedded-broker';
export type { EmbeddedBrokerOptions } from './embedded-broker';
