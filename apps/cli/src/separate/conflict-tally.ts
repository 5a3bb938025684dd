import { conflicts, type Conflict } from '@quaymaster/messages';
import type { MessageBus } from '@quaymaster/ports';

/** Conflicts that were opened as warnings, and those that were opened as, or raised to, imminent ones. */
export class ConflictTally {
  private readonly seen = new Set<string>();
  private readonly imminents = new Set<string>();
  warning = 0;

  get imminent(): number {
    return this.imminents.size;
  }

  async listen(bus: MessageBus, group: string): Promise<void> {
    await bus.subscribe(conflicts, group, async (batch) => {
      for (const { message } of batch) this.note(message);
    }, { maxBatch: 256 });
  }

  private note({ conflictId, severity }: Conflict): void {
    if (severity === 'imminent') this.imminents.add(conflictId);
    else if (!this.seen.has(conflictId)) this.warning += 1;
    this.seen.add(conflictId);
  }
}
