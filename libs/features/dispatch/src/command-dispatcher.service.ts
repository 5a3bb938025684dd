import { Injectable, Logger } from '@nestjs/common';
import type { Command, Connection, Frame, StopRequest } from '@quaymaster/messages';
import { type Cancel, Clock } from '@quaymaster/ports';
import { vehicleTopics, type WireAcknowledgement, type WireCommand } from '@quaymaster/telemetry';
import { CommandJournal } from './command-journal';
import type { CommandRecord } from './command-record';
import { CommandStore } from './command.store';
import { DispatchConfig } from './dispatch.config';
import { VehicleDesk } from './vehicle-desk';
import { VehicleLink } from './vehicle-link';

const RESEND_TICK_MS = 50;

/**
 * The only writer to vehicles. Sends each command until the vehicle has it or it expires; at least once on the wire, once in effect, because
 * vehicles remember ids. A stop goes out before it is stored and whatever the state of everything else; anything that lets a vehicle move is
 * stored first and needs a fresh report, the newest epoch and time to live.
 */
@Injectable()
export class CommandDispatcher {
  private readonly log = new Logger(CommandDispatcher.name);
  private readonly desks = new Map<string, VehicleDesk>();
  private cancel: Cancel = () => undefined;

  constructor(
    private readonly store: CommandStore,
    private readonly journal: CommandJournal,
    private readonly link: VehicleLink,
    private readonly clock: Clock,
    private readonly config: DispatchConfig,
  ) {}

  async start(): Promise<void> {
    await this.store.expireOrphans();
    for (const ledger of await this.store.ledgers()) {
      const desk = this.desk(ledger.vehicleId);
      desk.sequence = ledger.sequence;
      desk.epoch = ledger.epoch;
    }
    this.cancel = this.clock.every(RESEND_TICK_MS, () => { this.resend(); });
  }

  stop(): void {
    this.cancel();
  }

  get vehicles(): Iterable<VehicleDesk> {
    return this.desks.values();
  }

  /** Takes commands of the scheduler. Idempotent: a known id is passed over. */
  async dispatch(batch: readonly Command[]): Promise<void> {
    const stored = await this.store.known(batch.map((command) => command.commandId));
    const taken: CommandRecord[] = [];
    for (const command of batch) {
      if (stored.has(command.commandId) || this.desk(command.vehicleId).find(command.commandId) !== undefined) continue;
      taken.push(this.enrol(command));
    }
    try {
      await this.store.insert(taken);
    } catch (error) {
      // Nothing was sent: forget them, so that the redelivery takes them anew.
      for (const record of taken) this.desk(record.command.vehicleId).withdraw(record);
      throw error;
    }
    for (const record of taken) this.send(record);
  }

  /** Sends stops at once and stores them afterwards. Idempotent. */
  async requestStop(request: StopRequest): Promise<void> {
    const nowMs = this.clock.nowMs();
    const taken: CommandRecord[] = [];
    for (const vehicleId of request.vehicleIds) {
      const desk = this.desk(vehicleId);
      const commandId = `${request.requestId}:${vehicleId}`;
      const before = desk.find(commandId);
      if (before !== undefined) {
        // Sent already; a redelivery means that storing it failed.
        taken.push(before);
        continue;
      }
      desk.stopAskedAtMs = Math.max(desk.stopAskedAtMs, request.requestedAtMs);
      const record = this.enrol({
        commandId, vehicleId, epoch: 0, issuedAtMs: request.requestedAtMs, expiresAtMs: nowMs + this.config.stopExpiryMs,
        causeId: request.causeId, actor: request.source, params: { kind: 'stop', reason: request.reason },
      });
      this.send(record);
      taken.push(record);
    }
    await this.store.insert(taken);
  }

  acknowledge(ack: WireAcknowledgement): void {
    const desk = this.desks.get(ack.vehicleId);
    const record = desk?.find(ack.commandId);
    if (desk === undefined || record === undefined) return;
    this.move(desk, record, ack.state, ack.because);
  }

  report(frame: Frame): void {
    const desk = this.desk(frame.vehicleId);
    desk.reportedAtMs = Math.max(desk.reportedAtMs, frame.receivedAtMs);
    desk.online = true;
    // A vehicle that outlived our store must not be handed a sequence that it has already seen.
    desk.sequence = Math.max(desk.sequence, frame.commandSequence);
  }

  connect(connection: Connection): void {
    this.desk(connection.vehicleId).online = connection.state === 'ONLINE';
  }

  private enrol(command: Command): CommandRecord {
    const desk = this.desk(command.vehicleId);
    const refusal = desk.refusal(command, this.clock.nowMs(), this.config.freshMs);
    const record = desk.enrol(command);
    this.journal.record(record.toEvent(this.clock.nowMs()));
    if (refusal !== null) this.move(desk, record, 'rejected', refusal);
    else for (const older of desk.supersededBy(record)) this.move(desk, older, 'superseded', `by ${command.commandId}`);
    return record;
  }

  private send(record: CommandRecord): void {
    const { command } = record;
    const desk = this.desk(command.vehicleId);
    if (!record.awaitsVehicle) return;
    const nowMs = this.clock.nowMs();
    if (command.expiresAtMs <= nowMs) {
      this.move(desk, record, 'expired', 'the vehicle did not confirm it in time');
      if (command.params.kind === 'stop') this.log.error(`STOP_UNCONFIRMED: ${command.vehicleId} did not confirm stop ${command.commandId}`);
      return;
    }
    const wire: WireCommand = {
      commandId: command.commandId, sequence: record.sequence, epoch: command.epoch, issuedAtMs: command.issuedAtMs,
      ttlMs: command.expiresAtMs - nowMs, params: command.params,
    };
    this.link.publish(vehicleTopics.command(command.vehicleId), JSON.stringify(wire), 1);
    record.nextSendAtMs = nowMs + Math.min(this.config.resendFirstMs * 2 ** record.attempts, this.config.resendCapMs);
    record.attempts += 1;
    this.move(desk, record, 'dispatched', '');
  }

  private resend(): void {
    const nowMs = this.clock.nowMs();
    for (const desk of this.desks.values()) {
      for (const record of desk.openCommands) {
        if (record.awaitsVehicle && nowMs >= record.nextSendAtMs) this.send(record);
        // The vehicle has it but never said how it ended.
        else if (!record.awaitsVehicle && nowMs > record.command.expiresAtMs + this.config.stopExpiryMs) {
          this.move(desk, record, 'failed', 'the vehicle has it but never reported the end');
        }
      }
    }
  }

  private move(desk: VehicleDesk, record: CommandRecord, state: CommandRecord['state'], because: string): void {
    if (!record.advance(state, because)) return;
    this.journal.record(record.toEvent(this.clock.nowMs()));
    desk.forgetClosed(record);
  }

  private desk(vehicleId: string): VehicleDesk {
    let desk = this.desks.get(vehicleId);
    if (desk === undefined) this.desks.set(vehicleId, desk = new VehicleDesk(vehicleId));
    return desk;
  }
}
