import { isCommandEnd } from '@quaymaster/messages';
import { type Asked, askedKey, type HistoryIndex } from './history-index';
import type { RecordOf } from './history-record';
import type { Violation } from './violation';

/** From its expiry a command has this long to be given its end. */
const END_GRACE_MS = 5000;

export interface EndsCheck {
  readonly violations: Violation[];
  /** Commands without an end that still had time for one when the history ended. */
  readonly open: readonly Asked[];
}

/** Every command that was asked for has one end, in time, and keeps it. Any number of processes may say the same end. */
export function checkEnds(index: HistoryIndex): EndsCheck {
  const ends = endsByCommand(index);
  const open: Asked[] = [];
  const violations: Violation[] = [];
  const endMs = index.endMs('bus');
  for (const [key, asked] of index.asked) {
    const { vehicleId, commandId, expiresAtMs } = asked;
    const endByMs = expiresAtMs + END_GRACE_MS;
    const first = ends.get(key)?.[0];
    if (first === undefined && endByMs > endMs) open.push(asked);
    else if (first === undefined) violations.push({ kind: 'lost', at: endByMs, vehicleId, commandId, text: `nobody has said how it ended by ${END_GRACE_MS} ms after its expiry` });
    else if (first.at > endByMs) violations.push({ kind: 'lost', at: endByMs, vehicleId, commandId, text: `${first.event.state} only ${first.at - expiresAtMs} ms after its expiry` });
  }
  for (const [first, ...others] of ends.values()) {
    const { vehicleId, commandId, state } = first!.event;
    const changed = others.find(({ event }) => event.state !== state);
    if (changed === undefined) continue;
    violations.push({ kind: 'changed-end', at: changed.at, vehicleId, commandId, text: `${state} as ${first!.source} says, then ${changed.event.state} as ${changed.source} says` });
  }
  return { violations, open };
}

function endsByCommand(index: HistoryIndex): ReadonlyMap<string, RecordOf<'event'>[]> {
  const ends = new Map<string, RecordOf<'event'>[]>();
  for (const record of index.of('event')) {
    if (!isCommandEnd(record.event.state)) continue;
    const key = askedKey(record.event);
    ends.set(key, [...(ends.get(key) ?? []), record]);
  }
  return ends;
}
