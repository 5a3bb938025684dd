import type { Clock } from '@quaymaster/ports';
import { wireCommandSchema, wireLeaseSchema, type WireAcknowledgement, type WireCommand } from '@quaymaster/telemetry';
import { CommandDesk } from './command-desk';
import type { DriveTrain } from './drive-train';
import { ComputerLog, type Effect, type Motion, type UnsafeVehicle } from './effect-log';
import { MotionLease } from './motion-lease';
import { routeStart } from './route-start';
import { Odometer } from './odometer';

type Params<K extends WireCommand['params']['kind']> = Extract<WireCommand['params'], { kind: K }>;

/** What a vehicle answers: an acknowledgement without the envelope that its link puts on. */
export type Reply = Pick<WireAcknowledgement, 'commandId' | 'state' | 'because'>;

export interface VehicleComputerOptions {
  /** Takes down what comes of commands; without it nothing is. */
  readonly log?: ((entry: Effect | Motion) => void) | undefined;
  readonly unsafe?: UnsafeVehicle | undefined;
}

interface Inbox { readonly command: WireCommand; readonly receivedAtMs: number }

/**
 * The vehicle's side of the native protocol. Commands wait for the next control step, a stop does not. Epoch, sequence and stored answers survive a
 * reboot, as in the non-volatile memory of a vehicle: a command from before cannot take effect after it.
 */
export class VehicleComputer {
  readonly desk: CommandDesk;
  readonly lease: MotionLease;
  /** Messages that were no message of the protocol. */
  malformed = 0;
  private readonly odometer = new Odometer();
  private readonly log: ComputerLog;
  private inbox: Inbox[] = [];
  private stopsUnderWay: string[] = [];

  constructor(
    private readonly train: DriveTrain, private readonly clock: Clock, private readonly reply: (reply: Reply) => void, { log, unsafe }: VehicleComputerOptions = {},
  ) {
    this.desk = new CommandDesk(unsafe);
    this.lease = new MotionLease(clock);
    this.log = new ComputerLog(train, log);
  }

  /** Commands that wait for the next control step. */
  get waiting(): number {
    return this.inbox.length;
  }

  receiveCommand(payload: string): void {
    const command = parse(payload, wireCommandSchema);
    if (command === null) this.malformed += 1;
    else if (command.params.kind === 'stop') this.handle(command, 0);
    else this.inbox.push({ command, receivedAtMs: this.clock.monotonicMs() });
  }

  receiveLease(payload: string): void {
    const lease = parse(payload, wireLeaseSchema);
    if (lease === null) this.malformed += 1;
    else if (this.lease.renew(lease, this.desk.epoch)) this.desk.enter(lease.epoch);
  }

  /** One control step: permissions first, then motion. */
  step(stepS: number): void {
    const { train } = this;
    const nowMs = this.clock.monotonicMs();
    this.log.motion('unexplained');
    for (const { command, receivedAtMs } of this.inbox.splice(0)) this.handle(command, nowMs - receivedAtMs);
    train.leaseAlive = this.lease.isAlive;
    // Silence while it moves or may move ends in a stop that only a resume lifts; one that stands without permission has nothing to stop.
    if (this.lease.takeLapse() && (!train.standsStill || train.hasPermissionLeft)) train.stopped = true;
    this.log.motion('lease-lapse');
    train.step(stepS);
    this.odometer.note(nowMs, train.speedMps * stepS);
    if (!train.standsStill) return;
    for (const commandId of this.stopsUnderWay.splice(0)) this.answer(commandId, 'finished', 'stands');
  }

  /** Starts anew after a failure: no route, no lease, and stopped until resumed. */
  reboot(): void {
    this.inbox = [];
    this.stopsUnderWay = [];
    this.lease.forget();
    this.train.leaseAlive = false;
    this.train.leavePath();
    this.train.stopped = true;
    this.log.motion('reboot');
  }

  /** The people who repair it stop it first. */
  stopByHand(): void {
    this.train.stopped = true;
    this.log.motion('hand');
  }

  private handle(command: WireCommand, ageMs: number): void {
    const { commandId, params: { kind } } = command;
    this.log.motion('unexplained');
    const before = this.desk.seen(commandId);
    if (before !== undefined) {
      this.log.effect(command, 'repeated', '');
      this.reply({ commandId, ...before });
      return;
    }
    this.carryOut(command, ageMs);
    const { state, because } = this.desk.answerTo(commandId);
    this.log.effect(command, state === 'rejected' || state === 'failed' ? 'refused' : 'applied', because);
    this.log.motion(kind === 'stop' || kind === 'resume' ? kind : 'unexplained', commandId);
  }

  private carryOut(command: WireCommand, ageMs: number): void {
    const { commandId, params } = command;
    const refusal = this.desk.refusal(command, ageMs);
    if (refusal !== null) {
      this.answer(commandId, 'rejected', refusal);
      return;
    }
    switch (params.kind) {
      case 'stop':
        this.accept(command);
        this.stop(commandId, params);
        return;
      case 'resume':
        this.accept(command);
        this.resume(commandId);
        return;
      case 'route':
        this.route(command, params);
        return;
      case 'release':
        this.release(command, params);
        return;
    }
  }

  private stop(commandId: string, { reason }: Params<'stop'>): void {
    this.train.stopped = true;
    if (this.train.standsStill) {
      this.answer(commandId, 'finished', 'stands');
      return;
    }
    this.stopsUnderWay.push(commandId);
    this.answer(commandId, 'running', `braking: ${reason}`);
  }

  private resume(commandId: string): void {
    if (this.train.fault === 'recovering') {
      this.answer(commandId, 'failed', 'it is being driven by hand');
      return;
    }
    const wasStopped = this.train.stopped;
    this.train.stopped = false;
    for (const stopId of this.stopsUnderWay.splice(0)) this.answer(stopId, 'failed', `lifted by ${commandId} before it stood`);
    this.answer(commandId, 'finished', wasStopped ? 'the stop is lifted' : 'no stop was in force');
  }

  private route(command: WireCommand, params: Params<'route'>): void {
    const { train } = this;
    const { commandId } = command;
    if (train.fault !== 'none') {
      this.accept(command);
      this.answer(commandId, 'failed', 'its route control does not respond');
      return;
    }
    const start = routeStart(params, train.body.poses[0]!, this.odometer.recentM(this.clock.monotonicMs()));
    if (start.kind === 'misfit') {
      this.answer(commandId, 'rejected', start.because);
      return;
    }
    this.accept(command);
    train.follow(start.path, start.sM);
    this.answer(commandId, 'finished', `follows ${params.routeId} from ${start.sM.toFixed(2)} m`);
  }

  private release(command: WireCommand, { routeId, releasedToSM }: Params<'release'>): void {
    const { train } = this;
    const { commandId } = command;
    if (train.path?.routeId !== routeId) {
      this.answer(commandId, 'rejected', `follows ${train.path === null ? 'no route' : train.path.routeId}, not ${routeId}`);
    } else if (releasedToSM < train.releasedToSM) {
      this.answer(commandId, 'rejected', `permission reaches ${train.releasedToSM.toFixed(2)} m and never moves backwards`);
    } else {
      this.accept(command);
      train.releasedToSM = releasedToSM;
      this.answer(commandId, 'finished', `may drive to ${releasedToSM.toFixed(2)} m`);
    }
  }

  private accept(command: WireCommand): void {
    this.desk.take(command);
    this.answer(command.commandId, 'received', '');
  }

  private answer(commandId: string, state: Reply['state'], because: string): void {
    const answer = { state, because: because.slice(0, 500) };
    this.desk.remember(commandId, answer);
    this.reply({ commandId, ...answer });
  }
}

function parse<T>(payload: string, schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } }): T | null {
  let body: unknown;
  try {
    body = JSON.parse(payload);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(body);
  return parsed.success ? parsed.data : null;
}
