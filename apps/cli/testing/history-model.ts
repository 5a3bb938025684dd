import { ManualClock } from '@quaymaster/clock';
import type { CommandEvent, CommandState } from '@quaymaster/messages';
import { agv, DriveTrain, type Reply, type UnsafeVehicle, VehicleComputer } from '@quaymaster/simulator';
import type { WireCommand } from '@quaymaster/telemetry';
import type { HistoryRecord, Unplaced } from '../src/history';
import { partOf } from '../src/history/history-record';

type Params = WireCommand['params'];
type Kind = Params['kind'];

const STEP_MS = 20;
const STEP_S = STEP_MS / 1000;
const STOP_EXPIRY_MS = 15_000;
const PERMISSION_TTL_MS = 5000;
const RELEASE_AHEAD_M = 40;
const LEASE_MS = 2000;
/** After this long every command has had its time. */
const SETTLE_MS = 21_000;

/** What may happen in a model of the control plane. `copiesAfter`: control steps until each copy of the command is at the vehicle; none means that all are lost. */
export type ModelAct =
  | { readonly act: 'give'; readonly vehicle: number; readonly kind: Kind; readonly copiesAfter: readonly number[] }
  | { readonly act: 'lease' | 'reboot' | 'repair'; readonly vehicle: number }
  | { readonly act: 'take-over' }
  | { readonly act: 'pass'; readonly steps: number };

interface UnderWay { readonly dueMs: number; readonly at: ModelVehicle; readonly payload: string }
interface Open { readonly command: WireCommand; readonly at: ModelVehicle; readonly expiresAtMs: number; state: CommandState }

class ModelVehicle {
  readonly train = new DriveTrain(agv, 0, 0, 0);
  readonly computer: VehicleComputer;
  sequence = 0;
  leases = 0;
  routes = 0;
  bootId = 1;

  constructor(readonly vehicleId: string, clock: ManualClock, unsafe: UnsafeVehicle, add: (record: Unplaced) => void, reply: (reply: Reply) => void) {
    this.computer = new VehicleComputer(this.train, clock, reply, { unsafe, log: (entry) => { add({ ...entry, at: clock.nowMs(), vehicleId, bootId: this.bootId }); } });
  }
}

/**
 * One scheduler and one dispatcher of the plainest kind over a network that delays, doubles and reorders, with real vehicle computers at its end: what takes
 * effect is theirs to judge.
 */
export class HistoryModel {
  private readonly clock = new ManualClock();
  private readonly told: Unplaced[] = [];
  private readonly vehicles: readonly ModelVehicle[];
  private readonly open = new Map<string, Open>();
  private underWay: UnderWay[] = [];
  private epoch = 1;
  private serial = 0;

  constructor(vehicles: number, unsafe: UnsafeVehicle) {
    const add = (record: Unplaced): void => { this.told.push(record); };
    this.vehicles = Array.from({ length: vehicles }, (_, i) => new ModelVehicle(`T-0${i + 1}`, this.clock, unsafe, add, (reply) => { this.hear(reply); }));
    add({
      kind: 'run', at: this.clock.nowMs(), scenario: 'model', seed: 0, roles: ['dispatch-1'], stopExpiryMs: STOP_EXPIRY_MS,
      protections: { deduplication: unsafe.withoutDeduplication !== true, epoch: unsafe.withoutEpoch !== true },
    });
    for (const { vehicleId, bootId } of this.vehicles) add({ kind: 'reporting', at: this.clock.nowMs(), vehicleId, bootId, reporting: true });
  }

  play(acts: readonly ModelAct[]): void {
    for (const one of acts) this.perform(one);
  }

  /** Lets everything arrive that is under way. */
  settle(): void {
    while (this.underWay.length > 0) this.pass(1);
  }

  /** A permission of the epoch before, as fresh as can be: what a scheduler may still say that does not know that it was relieved. */
  giveStale(vehicle: number): void {
    this.settle();
    this.takeOver();
    this.pass(1);
    this.give(this.vehicles[vehicle]!, 'resume', [0], this.epoch - 1);
    this.pass(1);
  }

  /** Everything that was told, once every command has had its time. */
  history(): HistoryRecord[] {
    this.pass(SETTLE_MS / STEP_MS);
    const count = (part: 'bus' | 'vehicles'): number => this.told.filter(({ kind }) => kind !== 'end' && partOf[kind] === part).length;
    const ends = (['bus', 'vehicles'] as const).map((part): Unplaced => ({ kind: 'end', at: this.clock.nowMs(), part, records: count(part) }));
    return [...this.told, ...ends].map((record, n) => ({ ...record, n }));
  }

  private perform(one: ModelAct): void {
    switch (one.act) {
      case 'pass':
        this.pass(one.steps);
        return;
      case 'take-over':
        this.takeOver();
        return;
      case 'give':
        this.give(this.vehicles[one.vehicle]!, one.kind, one.copiesAfter);
        return;
      case 'lease': {
        const at = this.vehicles[one.vehicle]!;
        at.leases += 1;
        at.computer.receiveLease(JSON.stringify({ epoch: this.epoch, sequence: at.leases, ttlMs: LEASE_MS }));
        return;
      }
      case 'repair':
        this.vehicles[one.vehicle]!.computer.stopByHand();
        return;
      case 'reboot': {
        const at = this.vehicles[one.vehicle]!;
        at.computer.reboot();
        at.bootId += 1;
        return;
      }
    }
  }

  /** A new scheduler: vehicles learn of its epoch by its first permission, which may cross whatever is under way. */
  private takeOver(): void {
    this.epoch += 1;
    for (const at of this.vehicles) this.give(at, 'resume', [0]);
  }

  private give(at: ModelVehicle, kind: Kind, copiesAfter: readonly number[], epoch = this.epoch): void {
    this.serial += 1;
    const nowMs = this.clock.nowMs();
    const { vehicleId } = at;
    at.sequence += 1;
    const isStop = kind === 'stop';
    const ttlMs = isStop ? STOP_EXPIRY_MS : PERMISSION_TTL_MS;
    const commandId = isStop ? `s-${this.serial}:${vehicleId}` : `c-${this.serial}`;
    const command: WireCommand = { commandId, sequence: at.sequence, epoch: isStop ? 0 : epoch, issuedAtMs: nowMs, ttlMs, params: paramsOf(at, kind) };
    const heard = { at: nowMs, messageId: `m-${this.serial}`, source: 'scheduler-1' };
    if (isStop) {
      const request = { requestId: `s-${this.serial}`, vehicleIds: [vehicleId], source: 'collision', causeId: 'C-1', reason: 'model', requestedAtMs: nowMs };
      this.told.push({ kind: 'stop-requested', ...heard, request });
    } else {
      const { params } = command;
      this.told.push({ kind: 'issued', ...heard, command: { commandId, vehicleId, epoch, issuedAtMs: nowMs, expiresAtMs: nowMs + ttlMs, causeId: 'M-1', actor: 'scheduler', params } });
    }
    const open: Open = { command, at, expiresAtMs: nowMs + ttlMs, state: 'accepted' };
    this.open.set(commandId, open);
    this.say(open, 'dispatched');
    for (const steps of copiesAfter) this.underWay.push({ dueMs: nowMs + steps * STEP_MS, at, payload: JSON.stringify(command) });
  }

  private pass(steps: number): void {
    for (let i = 0; i < steps; i += 1) {
      const nowMs = this.clock.nowMs();
      const due = this.underWay.filter(({ dueMs }) => dueMs <= nowMs);
      this.underWay = this.underWay.filter(({ dueMs }) => dueMs > nowMs);
      for (const { at, payload } of due) at.computer.receiveCommand(payload);
      this.clock.advance(STEP_MS);
      for (const { computer } of this.vehicles) computer.step(STEP_S);
      for (const open of this.open.values()) if (open.expiresAtMs <= this.clock.nowMs()) this.say(open, open.state === 'dispatched' ? 'expired' : 'failed');
    }
  }

  private hear({ commandId, state }: Reply): void {
    const open = this.open.get(commandId);
    if (open !== undefined) this.say(open, state);
  }

  /** Once a command has its end it is forgotten. */
  private say(open: Open, state: CommandState): void {
    const { command: { commandId, sequence, epoch, params: { kind } }, at: { vehicleId } } = open;
    const atMs = this.clock.nowMs();
    this.serial += 1;
    open.state = state;
    const event: CommandEvent = { commandId, vehicleId, kind, state, sequence, epoch, causeId: 'M-1', because: '', atMs };
    this.told.push({ kind: 'event', at: atMs, messageId: `e-${this.serial}`, source: 'dispatch-1', event });
    if (state !== 'dispatched' && state !== 'received' && state !== 'running') this.open.delete(commandId);
  }
}

function paramsOf(at: ModelVehicle, kind: Kind): Params {
  switch (kind) {
    case 'stop':
      return { kind, reason: 'model' };
    case 'resume':
      return { kind };
    case 'route':
      at.routes += 1;
      return { kind, routeId: `R-${at.routes}`, pathXyM: [-10, 0, 5000, 0], limitFromSM: [0], limitMps: [8], startSM: at.train.body.poses[0]!.xM + 10 };
    case 'release':
      return { kind, routeId: `R-${at.routes}`, releasedToSM: at.train.sM + RELEASE_AHEAD_M };
  }
}
