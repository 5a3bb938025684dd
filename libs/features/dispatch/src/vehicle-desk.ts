import { type Command, isCommandEnd } from '@quaymaster/messages';
import { CommandRecord } from './command-record';

/** Closed commands that are remembered: they may come a second time within moments. */
const CLOSED = 200;

/** What dispatch knows of one vehicle: its open commands, and the freshness of its reports. */
export class VehicleDesk {
  /** Highest number of a command that it says it has taken. */
  reportedSequence = 0;
  /** Newest one that it was commanded under, as far as this instance knows. */
  epoch = 0;
  /** Receipt of the newest report; -Infinity before the first. */
  reportedAtMs = -Infinity;
  online = false;
  /** When the newest stop was asked for; a resume that was issued before it is out of date. */
  stopAskedAtMs = -Infinity;
  private readonly open = new Map<string, CommandRecord>();
  /** Of a stop with its record, which may have come to its end before it is stored. */
  private readonly closed = new Map<string, CommandRecord | null>();

  constructor(readonly vehicleId: string) {}

  get openCommands(): Iterable<CommandRecord> {
    return this.open.values();
  }

  find(commandId: string): CommandRecord | undefined {
    return this.open.get(commandId);
  }

  /** True for a while after the command has come to its end here. */
  hasClosed(commandId: string): boolean {
    return this.closed.has(commandId);
  }

  /** A stop that is open here, or has come to its end a while ago. */
  findStop(commandId: string): CommandRecord | undefined {
    return this.open.get(commandId) ?? this.closed.get(commandId) ?? undefined;
  }

  enrol(command: Command, sequence: number): CommandRecord {
    this.epoch = Math.max(this.epoch, command.epoch);
    const record = new CommandRecord(command, sequence);
    this.open.set(command.commandId, record);
    return record;
  }

  /** Why a command may not be sent, null when it may. A stop always may. */
  refusal(command: Command, nowMs: number, freshMs: number): string | null {
    if (command.params.kind === 'stop') return null;
    if (command.epoch < this.epoch) return `epoch ${command.epoch} is over, ${this.epoch} is in force`;
    if (command.expiresAtMs <= nowMs) return 'expired before it was sent';
    if (command.issuedAtMs < this.stopAskedAtMs) return 'issued before the stop in force was asked for';
    const ageMs = nowMs - this.reportedAtMs;
    if (ageMs > freshMs) return `no report for ${Number.isFinite(ageMs) ? `${ageMs} ms` : 'ever'}; permission needs one of the last ${freshMs} ms`;
    return null;
  }

  /** Open commands that the given one makes pointless: it replaces an older release, a stop outdates every permission. */
  supersededBy(record: CommandRecord): CommandRecord[] {
    const { params } = record.command;
    return [...this.open.values()].filter((other) => {
      if (other === record) return false;
      const older = other.command.params;
      // A stop has no number: what is open when it comes was given before it.
      if (params.kind === 'stop') return older.kind === 'resume' || older.kind === 'release';
      if (other.sequence > record.sequence) return false;
      if (params.kind === 'release') return older.kind === 'release';
      if (params.kind === 'route') return older.kind === 'release' || older.kind === 'route';
      return false;
    });
  }

  forgetClosed(record: CommandRecord): void {
    if (!isCommandEnd(record.state)) return;
    const { commandId, params } = record.command;
    this.open.delete(commandId);
    this.closed.set(commandId, params.kind === 'stop' ? record : null);
    if (this.closed.size > CLOSED) this.closed.delete(this.closed.keys().next().value!);
  }
}
