import { deadLetters, type Topic } from '@quaymaster/messages';
import { BusUnavailableError, MessageBus, type Clock, type Delivery, type MessageHeader, type SubscribeOptions, type Subscription } from '@quaymaster/ports';
import { GroupQueue } from './group-queue';
import { Letter } from './letter';

export interface InMemoryBusOptions {
  readonly clock: Clock;
  /** Names of topics of which the newest message of each key is kept for groups that come later. */
  readonly compactedTopics?: readonly string[];
  /** Messages that may wait for one group of one topic; publishers wait beyond it. */
  readonly capacityPerGroup?: number;
}

interface TopicState {
  readonly groups: Map<string, GroupQueue>;
  readonly latest: Map<string, { readonly letter: Letter; readonly header: MessageHeader }> | null;
  /** Publishers that wait for room, and the turn of the last of them: they are let in one by one, so that none overtakes another. */
  waiting: number;
  lastTurn: Promise<void>;
}

/**
 * The message bus inside one process. Messages live in memory and do not survive a restart: whoever must not lose one re-drives it from the relational
 * store (the outbox does).
 */
export class InMemoryBus extends MessageBus {
  private readonly topics = new Map<string, TopicState>();
  private readonly compacted: ReadonlySet<string>;
  private readonly capacity: number;
  private serial = 0;
  private closed = false;
  private readonly leave: (() => Promise<void>)[] = [];

  constructor(private readonly options: InMemoryBusOptions) {
    super();
    this.compacted = new Set(options.compactedTopics ?? []);
    this.capacity = options.capacityPerGroup ?? 10_000;
  }

  async publish<T>(topic: Topic<T>, key: string, message: T, header: Partial<MessageHeader> = {}): Promise<void> {
    if (this.closed) throw new BusUnavailableError(`${topic.name}: the bus is closed`);
    const letter = new Letter(topic, topic.encode(message));
    this.serial += 1;
    const whole: MessageHeader = {
      messageId: header.messageId ?? `m-${this.serial}`, source: header.source ?? '', publishedAtMs: header.publishedAtMs ?? this.options.clock.nowMs(),
      traceparent: header.traceparent ?? '',
    };
    const state = this.state(topic.name);
    const post = (): void => {
      if (this.closed) throw new BusUnavailableError(`${topic.name}: the bus is closed`);
      state.latest?.set(key, { letter, header: whole });
      for (const queue of state.groups.values()) queue.push({ key, letter, header: whole });
    };
    if (topic.priority || (state.waiting === 0 && [...state.groups.values()].every((queue) => queue.hasRoom))) post();
    else await this.inTurn(state, post);
  }

  async subscribe<T>(
    topic: Topic<T>, group: string, handle: (batch: readonly Delivery<T>[]) => Promise<void>, options: SubscribeOptions = {},
  ): Promise<Subscription> {
    if (this.closed) throw new BusUnavailableError(`${topic.name}: the bus is closed`);
    const state = this.state(topic.name);
    let queue = state.groups.get(group);
    if (queue === undefined) {
      queue = new GroupQueue(topic, group, this.capacity, this.options.clock, (letter) => {
        void this.publish(deadLetters, letter.sourceTopic, letter).catch(() => undefined);
      });
      state.groups.set(group, queue);
      for (const [key, kept] of state.latest ?? []) queue.push({ key, ...kept });
    }
    const leave = queue.join(handle as (batch: readonly Delivery<unknown>[]) => Promise<void>, options);
    this.leave.push(leave);
    return { close: leave };
  }

  async idle(): Promise<void> {
    // A handler may publish to a topic that was looked at before: idle only when a whole round finds nothing.
    for (let before = -1; before !== this.serial;) {
      before = this.serial;
      for (const state of this.topics.values()) for (const queue of state.groups.values()) await queue.idle();
    }
  }

  /** Deliveries that wait or are being handled. */
  get backlog(): number {
    let backlog = 0;
    for (const state of this.topics.values()) for (const queue of state.groups.values()) backlog += queue.size;
    return backlog;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const state of this.topics.values()) for (const queue of state.groups.values()) queue.end();
    await Promise.all(this.leave.map((leave) => leave()));
  }

  private async inTurn(state: TopicState, post: () => void): Promise<void> {
    state.waiting += 1;
    const turn = state.lastTurn.then(async () => {
      for (const queue of state.groups.values()) await queue.room();
      post();
    });
    state.lastTurn = turn.catch(() => undefined);
    try {
      await turn;
    } finally {
      state.waiting -= 1;
    }
  }

  private state(name: string): TopicState {
    let state = this.topics.get(name);
    if (state === undefined) this.topics.set(name, state = { groups: new Map(), latest: this.compacted.has(name) ? new Map() : null, waiting: 0, lastTurn: Promise.resolve() });
    return state;
  }
}
