export { KafkaBus } from './kafka-bus';
export type { KafkaBusHealth, KafkaGroupHealth } from './kafka-bus.health';
export type { KafkaBusOptions } from './kafka-bus.options';
export type { KafkaLogLine } from './kafka-client';
export { TopicMismatchError } from './topic-admin';
export type { TopicShape } from './topic-admin';
