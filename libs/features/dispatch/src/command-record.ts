import { type Command, type CommandEvent, commandRung, type CommandState } from '@quaymaster/messages';

/** One command on its way: the state machine of the command path. */
export class CommandRecord {
  state: CommandState = 'accepted';
  because = '';
  attempts = 0;
  nextSendAtMs = 0;

  constructor(readonly command: Command, readonly sequence: number) {}

  /** True if the command moved up the ladder; a late or repeated report changes nothing. */
  advance(state: CommandState, because: string): boolean {
    if (commandRung(state) <= commandRung(this.state)) return false;
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
