import type { Command } from '@quaymaster/messages';
import { CommandRecord, isTerminal } from './command-record';

/** What dispatch knows of one vehicle: its sequence, its open commands, and the freshness of its reports. */
export class VehicleDesk {
  sequence = 0;
  epoch = 0;
  /** Receipt of the newest report; -Infinity before the first. */
  reportedAtMs = -Infinity;
  online = false;
  /** When the newest stop was asked for; a resume that was issued before it is out of date. */
  stopAskedAtMs = -Infinity;
  private readonly open = new Map<string, CommandRecord>();

  constructor(readonly vehicleId: string) {}

  get openCommands(): Iterable<CommandRecord> {
    return this.open.values();
  }

  find(commandId: string): CommandRecord | undefined {
    return this.open.get(commandId);
  }

  /** A record with the vehicle's next sequence. */
  enrol(command: Command): CommandRecord {
    this.sequence += 1;
    this.epoch = Math.max(this.epoch, command.epoch);
    const record = new CommandRecord(command, this.sequence);
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
      if (other === record || other.sequence > record.sequence) return false;
      const older = other.command.params;
      if (params.kind === 'stop') return older.kind === 'resume' || older.kind === 'release';
      if (params.kind === 'release') return older.kind === 'release';
      if (params.kind === 'route') return older.kind === 'release' || older.kind === 'route';
      return false;
    });
  }

  /** Forgets a command that was neither stored nor sent. */
  withdraw(record: CommandRecord): void {
    this.open.delete(record.command.commandId);
  }

  forgetClosed(record: CommandRecord): void {
    if (isTerminal(record.state)) this.open.delete(record.command.commandId);
  }
}
