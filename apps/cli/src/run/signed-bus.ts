import type { Topic } from '@quaymaster/messages';
import { type Delivery, MessageBus, type MessageHeader, type SubscribeOptions, type Subscription } from '@quaymaster/ports';

/** A bus whose messages say which process they come from. */
export class SignedBus extends MessageBus {
  constructor(private readonly bus: MessageBus, private readonly source: string) {
    super();
  }

  publish<T>(topic: Topic<T>, key: string, message: T, header: Partial<MessageHeader> = {}): Promise<void> {
    return this.bus.publish(topic, key, message, { source: this.source, ...header });
  }

  subscribe<T>(topic: Topic<T>, group: string, handle: (batch: readonly Delivery<T>[]) => Promise<void>, options?: SubscribeOptions): Promise<Subscription> {
    return this.bus.subscribe(topic, group, handle, options);
  }

  idle(): Promise<void> {
    return this.bus.idle();
  }

  close(): Promise<void> {
    return this.bus.close();
  }
}
