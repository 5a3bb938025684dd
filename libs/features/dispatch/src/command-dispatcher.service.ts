import { Injectable, Logger } from '@nestjs/common';
import { type Command, type Connection, type Frame, isCommandEnd, type StopRequest } from '@quaymaster/messages';
import { Peers } from '@quaymaster/nest-platform';
import { type Cancel, Clock } from '@quaymaster/ports';
import { vehicleTopics, type WireAcknowledgement, type WireCommand } from '@quaymaster/telemetry';
import { CommandJournal } from './command-journal';
import { CommandRecord } from './command-record';
import { CommandStore, type Orphan } from './command.store';
import { DispatchConfig } from './dispatch.config';
import { RecentAcknowledgements } from './recent-acknowledgements';
import { VehicleDesk } from './vehicle-desk';
import { VehicleLink } from './vehicle-link';

const RESEND_TICK_MS = 50;
const SETTLE_MS = 1000;
/** Stops go out before they are numbered, and need no number: a vehicle obeys one whatever came before it. */
const STOP_SEQUENCE = 0;

/**
 * The only writer to vehicles. Sends each command until the vehicle has it or it expires; at least once on the wire, once in effect, because
 * vehicles remember ids. A stop goes out before it is stored and whatever the state of everything else, from every instance that hears of it; anything that lets
 * a vehicle move is stored first, by one instance, under a number that the store allots, and needs a fresh report, the newest epoch and time to live.
 */
@Injectable()
export class CommandDispatcher {
  private readonly log = new Logger(CommandDispatcher.name);
  private readonly desks = new Map<string, VehicleDesk>();
  private readonly unclaimed = new RecentAcknowledgements();
  private cancel: Cancel = () => undefined;

  constructor(
    private readonly store: CommandStore,
    private readonly journal: CommandJournal,
    private readonly link: VehicleLink,
    private readonly clock: Clock,
    private readonly config: DispatchConfig,
    private readonly peers: Peers,
  ) {}

  start(): void {
    this.cancel = this.clock.every(RESEND_TICK_MS, () => { this.resend(); });
  }

  stop(): void {
    this.cancel();
  }

  /** Resolves when every vehicle has answered what was sent to it, or after a second; at once where nobody else is there to take over. */
  async settled(): Promise<void> {
    const untilMs = this.clock.monotonicMs() + SETTLE_MS;
    const isWaiting = (): boolean => this.peers.others.length > 0 && [...this.desks.values()].some((desk) => [...desk.openCommands].some((record) => record.awaitsVehicle));
    while (isWaiting() && this.clock.monotonicMs() < untilMs) await this.clock.sleep(RESEND_TICK_MS);
  }

  get vehicles(): Iterable<VehicleDesk> {
    return this.desks.values();
  }

  /** Takes commands of the scheduler. Idempotent, over all instances: a known id is passed over. Rejects when they cannot be stored; nothing was sent then. */
  async dispatch(batch: readonly Command[]): Promise<void> {
    const taken = await this.store.take(this.peers.self, [...new Map(batch.map((command) => [command.commandId, command])).values()], (id) => this.desk(id).reportedSequence);
    for (const command of batch) {
      const allotted = taken.get(command.commandId);
      const desk = this.desk(command.vehicleId);
      if (allotted === undefined || desk.find(command.commandId) !== undefined) continue;
      desk.epoch = Math.max(desk.epoch, allotted.epochInForce);
      this.send(this.enrol(command, allotted.sequence));
    }
  }

  /** Sends stops before this returns, and until the vehicles have them. A stop that is known here is passed over. */
  sendStop(request: StopRequest): void {
    const nowMs = this.clock.nowMs();
    for (const vehicleId of request.vehicleIds) {
      const desk = this.desk(vehicleId);
      const commandId = stopId(request, vehicleId);
      if (desk.findStop(commandId) !== undefined) continue;
      desk.stopAskedAtMs = Math.max(desk.stopAskedAtMs, request.requestedAtMs);
      this.send(this.enrol({
        commandId, vehicleId, epoch: 0, issuedAtMs: request.requestedAtMs, expiresAtMs: nowMs + this.config.stopExpiryMs,
        causeId: request.causeId, actor: request.source, params: { kind: 'stop', reason: request.reason },
      }, STOP_SEQUENCE));
    }
  }

  /**
   * Stores stops, and sends those that are neither stored nor known here: they came while nobody listened. Idempotent, over all instances. Rejects when they
   * cannot be stored; they have been sent all the same.
   */
  async storeStop(request: StopRequest): Promise<void> {
    const unknown = request.vehicleIds.filter((vehicleId) => this.desk(vehicleId).findStop(stopId(request, vehicleId)) === undefined);
    // Where nothing can be read, sending a stop twice is the lesser evil.
    const stored = await this.store.known(unknown.map((vehicleId) => stopId(request, vehicleId))).catch(() => new Set<string>());
    const vehicleIds = request.vehicleIds.filter((vehicleId) => !stored.has(stopId(request, vehicleId)));
    this.sendStop({ ...request, vehicleIds });
    await this.store.insertStops(this.peers.self, vehicleIds.flatMap((vehicleId) => this.desk(vehicleId).findStop(stopId(request, vehicleId)) ?? []));
  }

  /**
   * Goes on with what another instance has left open: its stops until the vehicle has them. A permission that no vehicle has answered ends here: it was given on
   * what was known then, and whoever gave it gives a new one.
   */
  adopt(orphans: readonly Orphan[]): void {
    for (const { command, sequence, state } of orphans) {
      const desk = this.desk(command.vehicleId);
      const stop = desk.findStop(command.commandId);
      // It was stored by one who had not heard yet how it ended.
      if (stop !== undefined && isCommandEnd(stop.state)) this.journal.record(stop.toEvent(this.clock.nowMs()));
      if (stop !== undefined || desk.hasClosed(command.commandId)) continue;
      const record = desk.enrol(command, sequence);
      record.state = state;
      const ack = this.unclaimed.take(command.commandId);
      if (ack !== undefined) this.move(desk, record, ack.state, ack.because);
      if (command.params.kind === 'stop') this.send(record);
      else if (record.awaitsVehicle) this.move(desk, record, 'expired', 'the instance of dispatch that had it is gone');
    }
  }

  acknowledge(ack: WireAcknowledgement): void {
    const desk = this.desk(ack.vehicleId);
    const record = desk.find(ack.commandId);
    if (record !== undefined) this.move(desk, record, ack.state, ack.because);
    else if (!desk.hasClosed(ack.commandId)) this.unclaimed.note(ack, this.clock.nowMs());
  }

  report(frame: Frame): void {
    const desk = this.desk(frame.vehicleId);
    desk.reportedAtMs = Math.max(desk.reportedAtMs, frame.receivedAtMs);
    desk.online = true;
    desk.reportedSequence = Math.max(desk.reportedSequence, frame.commandSequence);
  }

  connect(connection: Connection): void {
    this.desk(connection.vehicleId).online = connection.state === 'ONLINE';
  }

  private enrol(command: Command, sequence: number): CommandRecord {
    const desk = this.desk(command.vehicleId);
    const refusal = desk.refusal(command, this.clock.nowMs(), this.config.freshMs);
    const record = desk.enrol(command, sequence);
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

function stopId({ requestId }: StopRequest, vehicleId: string): string {
  return `${requestId}:${vehicleId}`;
}
