import type { CommandParams, CommandState } from '@quaymaster/messages';
import type { HistoryRecord, RecordOf, Unplaced } from '../src/history';
import { partOf } from '../src/history/history-record';

type Kind = RecordOf<'effect'>['command'];
type Given<K extends HistoryRecord['kind']> = Partial<Omit<RecordOf<K>, 'kind' | 'n'>>;

export const VEHICLE = 'T-01';
export const STOP_EXPIRY_MS = 15_000;
const COMMAND_TTL_MS = 5000;
const PARAMS: Readonly<Record<Kind, CommandParams>> = {
  stop: { kind: 'stop', reason: 'test' }, resume: { kind: 'resume' }, release: { kind: 'release', routeId: 'R', releasedToSM: 10 },
  route: { kind: 'route', routeId: 'R', pathXyM: [0, 0, 10, 0], limitFromSM: [0], limitMps: [8], startSM: 0 },
};

/** A history that is told record by record. Both its parts end by themselves, at 100 s if not said otherwise. */
export class Story {
  private readonly told: Unplaced[] = [];
  private serial = 0;

  constructor() {
    this.add({
      kind: 'run', at: 0, scenario: 'breakdown', seed: 7, roles: ['dispatch-1', 'scheduler-1'], protections: { deduplication: true, epoch: true }, stopExpiryMs: STOP_EXPIRY_MS,
    });
    this.reporting(0, true);
  }

  add(record: Unplaced): this {
    this.told.push(record);
    return this;
  }

  /** A permission that the scheduler gives, or a stop that comes the same way. */
  issue(commandId: string, at: number, kind: Kind = 'resume', epoch = 1, issuedAtMs = at): this {
    const command = { commandId, vehicleId: VEHICLE, epoch, issuedAtMs, expiresAtMs: issuedAtMs + COMMAND_TTL_MS, causeId: 'M-1', actor: 'scheduler', params: PARAMS[kind] };
    return this.add({ kind: 'issued', at, ...this.message('scheduler-1'), command });
  }

  requestStop(requestId: string, at: number, vehicleIds: readonly string[] = [VEHICLE]): this {
    return this.add({
      kind: 'stop-requested', at, ...this.message('collision-1'),
      request: { requestId, vehicleIds: [...vehicleIds], source: 'collision', causeId: 'C-1', reason: 'test', requestedAtMs: at },
    });
  }

  event(commandId: string, at: number, state: CommandState, { source = 'dispatch-1', vehicleId = VEHICLE } = {}): this {
    return this.add({
      kind: 'event', at, ...this.message(source),
      event: { commandId, vehicleId, kind: 'resume', state, sequence: 1, epoch: 1, causeId: 'M-1', because: '', atMs: at },
    });
  }

  effect(commandId: string, at: number, command: Kind, change: Given<'effect'> = {}): this {
    return this.add({
      kind: 'effect', at, vehicleId: VEHICLE, bootId: 1, commandId, command, sequence: 1, epoch: command === 'stop' ? 0 : 1, issuedAtMs: at, outcome: 'applied', because: '', ...change,
    });
  }

  motion(at: number, stopped: boolean, cause: RecordOf<'motion'>['cause'], commandId = ''): this {
    return this.add({ kind: 'motion', at, vehicleId: VEHICLE, bootId: 1, stopped, cause, commandId });
  }

  reporting(at: number, reporting: boolean): this {
    return this.add({ kind: 'reporting', at, vehicleId: VEHICLE, bootId: 1, reporting });
  }

  /** A command as it should go: issued, taken, in effect after 100 ms and said to be. */
  done(commandId: string, at: number, kind: Kind, change: Given<'effect'> = {}): this {
    if (kind === 'stop') this.requestStop(commandId, at);
    else this.issue(commandId, at, kind, change.epoch);
    const id = kind === 'stop' ? `${commandId}:${VEHICLE}` : commandId;
    return this.effect(id, at + 100, kind, { issuedAtMs: at, ...change }).event(id, at + 110, 'finished');
  }

  records(endMs: Partial<Record<'bus' | 'vehicles', number>> = {}): HistoryRecord[] {
    const count = (part: 'bus' | 'vehicles'): number => this.told.filter(({ kind }) => kind !== 'end' && partOf[kind] === part).length;
    const ends = (['bus', 'vehicles'] as const).map((part): Unplaced => ({ kind: 'end', at: endMs[part] ?? 100_000, part, records: count(part) }));
    return [...this.told, ...ends].map((record, n) => ({ ...record, n }));
  }

  private message(source: string): { messageId: string; source: string } {
    this.serial += 1;
    return { messageId: `m-${this.serial}`, source };
  }
}
