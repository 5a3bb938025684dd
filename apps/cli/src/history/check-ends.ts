import { isCommandEnd } from '@quaymaster/messages';
import { type Asked, askedKey, type HistoryIndex } from './history-index';
import type { RecordOf } from './history-record';
import type { Violation } from './violation';

/** From its expiry a command has this long to be given its end; if it came to the bus only later, from then: it may have waited for a scheduler's successor. */
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
    const { vehicleId, commandId, expiresAtMs, heardAtMs } = asked;
    const fromMs = Math.max(expiresAtMs, heardAtMs);
    const endByMs = fromMs + END_GRACE_MS;
    const since = heardAtMs > expiresAtMs ? 'it was heard, expired' : 'its expiry';
    const first = ends.get(key)?.[0];
    if (first === undefined && endByMs > endMs) open.push(asked);
    else if (first === undefined) violations.push({ kind: 'lost', at: endByMs, vehicleId, commandId, text: `nobody has said how it ended by ${END_GRACE_MS} ms after ${since}` });
    else if (first.at > endByMs) violations.push({ kind: 'lost', at: endByMs, vehicleId, commandId, text: `${first.event.state} only ${first.at - fromMs} ms after ${since}` });
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
