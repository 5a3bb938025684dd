import { BusUnavailableError } from '@quaymaster/ports';
import type { KafkaSettings } from './kafka-bus.options';
import { withAdmin } from './kafka-client';

/**
 * Topics known to be there. A kafkajs client that was once asked for a topic that is not there fails in everything else it does from then on, so none
 * is asked before the topic has been seen.
 */
export class TopicDirectory {
  private readonly seen = new Map<string, Promise<void>>();

  constructor(private readonly settings: KafkaSettings) {}

  /** Rejects with BusUnavailableError when the topic is not there, or the broker cannot be asked; asked again the next time. `topic`: name at the broker. */
  see(topic: string): Promise<void> {
    let looking = this.seen.get(topic);
    if (looking === undefined) {
      looking = this.look(topic);
      this.seen.set(topic, looking);
      looking.catch(() => { this.seen.delete(topic); });
    }
    return looking;
  }

  private async look(topic: string): Promise<void> {
    let topics: readonly string[];
    try {
      topics = await withAdmin(this.settings, (admin) => admin.listTopics());
    } catch (cause) {
      throw new BusUnavailableError(`${topic}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
    if (!topics.includes(topic)) throw new BusUnavailableError(`${topic}: there is no such topic; topics are made by ensureTopics`);
  }
}
