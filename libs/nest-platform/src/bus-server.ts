import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { Delivery, MessageBus, Subscription } from '@quaymaster/ports';
import { isObservable, lastValueFrom } from 'rxjs';
import type { TopicSubscription } from './on-topic';

/**
 * Nest's message handlers on our `MessageBus`. A delivery counts as handled when the handler's promise resolves, never before; a rejection goes back to the
 * bus, which delivers again.
 */
export class BusServer extends Server implements CustomTransportStrategy {
  private subscriptions: Subscription[] = [];

  constructor(private readonly bus: MessageBus) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.subscribeAll().then(() => { callback(); }, callback);
  }

  async close(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
    this.subscriptions = [];
  }

  on(): this {
    return this;
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the signature is Nest's
  unwrap<T>(): T {
    return this.bus as T;
  }

  private async subscribeAll(): Promise<void> {
    for (const [pattern, first] of this.getHandlers()) {
      for (let handler: MessageHandler | undefined = first; handler !== undefined; handler = handler.next as MessageHandler | undefined) {
        const subscription = handler.extras?.['subscription'] as TopicSubscription | undefined;
        if (subscription === undefined) throw new Error(`the handler of ${pattern} was not declared with @OnTopic`);
        const { topic, group, options } = subscription;
        const current = handler;
        this.subscriptions.push(await this.bus.subscribe(topic, group, (batch) => this.deliver(current, batch), options));
      }
    }
  }

  private async deliver(handler: MessageHandler, batch: readonly Delivery<unknown>[]): Promise<void> {
    const answer: unknown = await handler(batch, {});
    if (isObservable(answer)) await lastValueFrom(answer, { defaultValue: undefined });
  }
}
