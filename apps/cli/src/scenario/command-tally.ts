import { commandEvents, commandRung, type CommandState } from '@quaymaster/messages';
import type { MessageBus } from '@quaymaster/ports';

/** How many commands came to which end. */
export class CommandTally {
  private readonly states = new Map<string, CommandState>();

  async listen(bus: MessageBus): Promise<void> {
    await bus.subscribe(commandEvents, 'scenario-tally', async (batch) => {
      for (const { message: { commandId, state } } of batch) this.note(commandId, state);
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

  /** Several instances of dispatch may speak of one command, and one of them late. */
  private note(commandId: string, state: CommandState): void {
    const before = this.states.get(commandId);
    if (before === undefined || commandRung(state) > commandRung(before)) this.states.set(commandId, state);
  }
}
