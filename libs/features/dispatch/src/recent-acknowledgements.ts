import type { WireAcknowledgement } from '@quaymaster/telemetry';

const KEPT_MS = 30_000;
const MOST = 20_000;

interface Heard { readonly ack: WireAcknowledgement; readonly atMs: number }

/** What vehicles have said lately of commands that this instance does not see to: should it take one over, it knows what became of it. */
export class RecentAcknowledgements {
  private readonly byCommand = new Map<string, Heard>();

  note(ack: WireAcknowledgement, nowMs: number): void {
    this.byCommand.delete(ack.commandId);
    this.byCommand.set(ack.commandId, { ack, atMs: nowMs });
    for (const [commandId, { atMs }] of this.byCommand) {
      if (this.byCommand.size <= MOST && nowMs - atMs <= KEPT_MS) return;
      this.byCommand.delete(commandId);
    }
  }

  take(commandId: string): WireAcknowledgement | undefined {
    const heard = this.byCommand.get(commandId);
    this.byCommand.delete(commandId);
    return heard?.ack;
  }
}
