import { EventPattern } from '@nestjs/microservices';
import type { Topic } from '@quaymaster/messages';
import type { SubscribeOptions } from '@quaymaster/ports';

/** What a handler's subscription needs besides its topic's name. */
export interface TopicSubscription {
  readonly topic: Topic<unknown>;
  readonly group: string;
  readonly options: SubscribeOptions;
}

/**
 * Declares a method as the handler of a bus topic for a consumer group. It is given `readonly Delivery<T>[]` as its `@Payload()`; when it rejects, the same
 * deliveries come again.
 */
export function OnTopic<T>(topic: Topic<T>, group: string, options: SubscribeOptions = {}): MethodDecorator {
  // Two groups may listen to one topic: the pattern tells their handlers apart, the topic travels beside it.
  const subscription: TopicSubscription = { topic: topic, group, options };
  return EventPattern(`${topic.name}#${group}`, undefined, { subscription });
}
