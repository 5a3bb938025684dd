import { closeSync, openSync, writeSync } from 'node:fs';
import { type HistoryRecord, historyOrder } from './history-record';
import { readHistory } from './read-history';

/** Records that are written to the disk at once. */
const AT_ONCE = 1000;

/**
 * Puts the parts of a history into one file, in order of time; records of one instant keep the order they have in their part. A part that was cut off is
 * taken as far as it goes: its `end` is missing then, and the checker says so.
 *
 * @returns the records as they stand in the file
 * @throws HistoryUnreadableError for a part that is no history
 */
export function mergeHistory(parts: readonly string[], file: string): HistoryRecord[] {
  const records = parts.flatMap((part) => readHistory(part).sort(historyOrder)).sort((a, b) => a.at - b.at).map((record, n) => ({ ...record, n }));
  const out = openSync(file, 'w');
  try {
    for (let i = 0; i < records.length; i += AT_ONCE) writeSync(out, records.slice(i, i + AT_ONCE).map((record) => `${JSON.stringify(record)}\n`).join(''));
  } finally {
    closeSync(out);
  }
  return records;
}
