import type { WireAcknowledgement, WireCommand } from '@quaymaster/telemetry';
import type { UnsafeVehicle } from './effect-log';

export interface Answer { state: WireAcknowledgement['state']; because: string }

/** Answers that a vehicle remembers; older ones are long expired on the other side. */
const REMEMBERED = 500;

/** A vehicle's side of the command rule: each command takes effect once, in order, under the newest epoch; a stop always does. */
export class CommandDesk {
  epoch = 0;
  sequence = 0;
  /** When the newest stop was issued that it has taken; survives a reboot like the rest. */
  private stopIssuedAtMs = -Infinity;
  private readonly answers = new Map<string, Answer>();

  constructor(private readonly unsafe: UnsafeVehicle = {}) {}

  /** What was answered to this command before, undefined if it is new. */
  seen(commandId: string): Answer | undefined {
    return this.unsafe.withoutDeduplication === true ? undefined : this.answers.get(commandId);
  }

  /** What was answered last to a command that has been taken or refused. */
  answerTo(commandId: string): Answer {
    return this.answers.get(commandId)!;
  }

  /** Null when the command may be carried out, else why not. */
  refusal(command: WireCommand, ageMs: number): string | null {
    if (command.params.kind === 'stop') return null;
    if (ageMs > command.ttlMs) return `expired ${ageMs - command.ttlMs} ms ago`;
    if (command.epoch < this.epoch && this.unsafe.withoutEpoch !== true) return `epoch ${command.epoch} is over, ${this.epoch} is in force`;
    // Only a vehicle that does without deduplication gets here with a known id: its own sequence must not refuse it then.
    if (command.epoch === this.epoch && command.sequence <= this.sequence && !this.answers.has(command.commandId)) return `sequence ${command.sequence} is not after ${this.sequence}`;
    // Stops and permissions may take different ways, and cross: whoever gave this permission did not know of the stop.
    if (command.issuedAtMs < this.stopIssuedAtMs) return 'issued before the newest stop was';
    return null;
  }

  /** A command or a lease of this epoch was taken: all earlier ones are over, and a later one counts its commands from the beginning. */
  enter(epoch: number): void {
    if (epoch <= this.epoch) return;
    this.epoch = epoch;
    this.sequence = 0;
  }

  /** Counts the command as taken. */
  take(command: WireCommand): void {
    if (command.params.kind === 'stop') this.stopIssuedAtMs = Math.max(this.stopIssuedAtMs, command.issuedAtMs);
    this.enter(command.epoch);
    this.sequence = Math.max(this.sequence, command.sequence);
  }

  remember(commandId: string, answer: Answer): void {
    this.answers.set(commandId, answer);
    if (this.answers.size > REMEMBERED) this.answers.delete(this.answers.keys().next().value!);
  }
}
