import { commandEvents, type CommandState } from '@quaymaster/messages';
import type { MessageBus } from '@quaymaster/ports';

/** How many commands came to which end. */
export class CommandTally {
  private readonly states = new Map<string, CommandState>();

  async listen(bus: MessageBus): Promise<void> {
    await bus.subscribe(commandEvents, 'scenario-tally', async (batch) => {
      for (const { message } of batch) this.states.set(message.commandId, message.state);
    }, { maxBatch: 256 });
  }

  get issued(): number {
    return this.states.size;
  }

  ended(state: CommandState): number {
    let count = 0;
    for (const reached of this.states.values()) if (reached === state) count += 1;
    return count;
  }
}
