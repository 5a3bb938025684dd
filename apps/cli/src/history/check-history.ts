import { checkEffects } from './check-effects';
import { checkEnds } from './check-ends';
import { checkResumes } from './check-resumes';
import { checkStops } from './check-stops';
import { checkWhole } from './check-whole';
import { askedKey, HistoryIndex } from './history-index';
import type { HistoryRecord, RecordOf } from './history-record';
import type { Violation, ViolationKind } from './violation';

export interface HistoryVerdict {
  /** Commands issued and stops requested; a stop request counts once for each of its vehicles. */
  readonly commands: number;
  /** Of these, those without an end in time and stops that did not reach their vehicle in time. */
  readonly lost: number;
  readonly doubled: number;
  readonly stale: number;
  readonly unsafeResumes: number;
  readonly changedEnds: number;
  readonly ghosts: number;
  /** Commands that the history is too short to judge. */
  readonly open: number;
  /** Commands that reached a vehicle, copies and forged ones among them, by what came of them. */
  readonly effects: Readonly<Record<RecordOf<'effect'>['outcome'], number>>;
  readonly forged: number;
  /** In order of time; empty exactly when the history is as it should be. */
  readonly violations: readonly Violation[];
}

/** Judges a history. It does not matter in which order its records come. */
export function checkHistory(records: readonly HistoryRecord[]): HistoryVerdict {
  const index = new HistoryIndex(records);
  const ends = checkEnds(index);
  const violations = [...checkWhole(index), ...ends.violations, ...checkStops(index), ...checkEffects(index), ...checkResumes(index)].sort(inOrder);
  const count = (kind: ViolationKind): number => violations.filter((one) => one.kind === kind).length;
  const effects = { applied: 0, repeated: 0, refused: 0 };
  for (const { outcome } of index.of('effect')) effects[outcome] += 1;
  return {
    commands: index.asked.size, lost: new Set(violations.filter(({ kind }) => kind === 'lost' || kind === 'undelivered-stop').map(askedKey)).size,
    doubled: count('doubled'), stale: count('stale'), unsafeResumes: count('unsafe-resume'), changedEnds: count('changed-end'), ghosts: count('ghost'),
    open: ends.open.length, effects, forged: index.of('forged').length, violations,
  };
}

function inOrder(a: Violation, b: Violation): number {
  return a.at - b.at || compare(a.vehicleId, b.vehicleId) || compare(a.commandId, b.commandId) || compare(a.kind, b.kind);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
