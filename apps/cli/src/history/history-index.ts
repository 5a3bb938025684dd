import { type HistoryKind, historyOrder, type HistoryPart, type HistoryRecord, partOf, type RecordOf } from './history-record';

/** A command that was issued, or a stop that was requested, at one vehicle. */
export interface Asked {
  readonly commandId: string;
  readonly vehicleId: string;
  readonly isStop: boolean;
  readonly askedAtMs: number;
  readonly expiresAtMs: number;
  /** When it was first on the bus. */
  readonly heardAtMs: number;
}

/** Records of a history in order of time, as the checks look at them. What they come in as does not matter. */
export class HistoryIndex {
  readonly run: RecordOf<'run'> | undefined;
  /** Of several askings for one command the first one counts. */
  readonly asked: ReadonlyMap<string, Asked>;
  private readonly sorted: readonly HistoryRecord[];

  constructor(records: readonly HistoryRecord[]) {
    this.sorted = [...records].sort(historyOrder);
    this.run = this.of('run')[0];
    this.asked = this.findAsked();
  }

  of<K extends HistoryKind>(...kinds: readonly K[]): RecordOf<K>[] {
    return this.sorted.filter((record): record is RecordOf<K> => (kinds as readonly HistoryKind[]).includes(record.kind));
  }

  recordsOf(part: HistoryPart): number {
    return this.sorted.filter(({ kind }) => kind !== 'end' && partOf[kind] === part).length;
  }

  /** Up to when a part tells everything. For a part that was cut off: its last record, -Infinity without any. */
  endMs(part: HistoryPart): number {
    const end = this.of('end').find((record) => record.part === part);
    if (end !== undefined) return end.at;
    return this.sorted.reduce((last, { kind, at }) => (kind !== 'end' && partOf[kind] === part ? Math.max(last, at) : last), -Infinity);
  }

  private findAsked(): Map<string, Asked> {
    const found = new Map<string, Asked>();
    const add = (asked: Asked): void => {
      const key = askedKey(asked);
      if (!found.has(key)) found.set(key, asked);
    };
    for (const { at, command: { commandId, vehicleId, params, issuedAtMs, expiresAtMs } } of this.of('issued')) {
      add({ commandId, vehicleId, isStop: params.kind === 'stop', askedAtMs: issuedAtMs, expiresAtMs, heardAtMs: at });
    }
    for (const { at, request: { requestId, vehicleIds, requestedAtMs } } of this.of('stop-requested')) {
      // Dispatch gives a stop its time from when it has heard of it.
      const expiresAtMs = at + (this.run?.stopExpiryMs ?? Infinity);
      for (const vehicleId of vehicleIds) add({ commandId: `${requestId}:${vehicleId}`, vehicleId, isStop: true, askedAtMs: requestedAtMs, expiresAtMs, heardAtMs: at });
    }
    return found;
  }
}

export function askedKey({ vehicleId, commandId }: { readonly vehicleId: string; readonly commandId: string }): string {
  return `${vehicleId} ${commandId}`;
}

/** Records of each vehicle, in the order they have. */
export function byVehicle<R extends { readonly vehicleId: string }>(records: readonly R[]): ReadonlyMap<string, R[]> {
  const found = new Map<string, R[]>();
  for (const record of records) {
    const before = found.get(record.vehicleId);
    if (before === undefined) found.set(record.vehicleId, [record]);
    else before.push(record);
  }
  return found;
}
