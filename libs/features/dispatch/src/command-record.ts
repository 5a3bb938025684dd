import type { Command, CommandEvent, CommandState } from '@quaymaster/messages';

/** States that never change again. */
const TERMINAL: ReadonlySet<CommandState> = new Set(['finished', 'failed', 'rejected', 'expired', 'superseded']);
/** The ladder that acknowledgements climb; a rung once passed is not gone back to. */
const RUNG: Readonly<Record<CommandState, number>> = {
  accepted: 0, dispatched: 1, received: 2, running: 3, finished: 4, failed: 4, rejected: 4, expired: 4, superseded: 4,
};

export function isTerminal(state: CommandState): boolean {
  return TERMINAL.has(state);
}

/** One command on its way: the state machine of the command path. */
export class CommandRecord {
  state: CommandState = 'accepted';
  because = '';
  attempts = 0;
  nextSendAtMs = 0;

  constructor(readonly command: Command, readonly sequence: number) {}

  /** True if the command moved up the ladder; a late or repeated report changes nothing. */
  advance(state: CommandState, because: string): boolean {
    if (RUNG[state] <= RUNG[this.state]) return false;
    this.state = state;
    this.because = because;
    return true;
  }

  /** Nothing more is sent once the vehicle says that it has the command. */
  get awaitsVehicle(): boolean {
    return this.state === 'accepted' || this.state === 'dispatched';
  }

  toEvent(atMs: number): CommandEvent {
    return {
      commandId: this.command.commandId, vehicleId: this.command.vehicleId, kind: this.command.params.kind, state: this.state,
      sequence: this.sequence, epoch: this.command.epoch, causeId: this.command.causeId, because: this.because, atMs,
    };
  }
}
