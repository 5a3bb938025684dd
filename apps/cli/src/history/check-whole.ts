import type { HistoryIndex } from './history-index';
import { historyPartSchema } from './history-record';
import type { Violation } from './violation';

/** The history is of one run, and has all that was written of each part: of what is missing nothing can be said. */
export function checkWhole(index: HistoryIndex): Violation[] {
  const texts: string[] = [];
  const runs = index.of('run').length;
  if (runs !== 1) texts.push(`it tells of ${runs} runs, not of one`);
  for (const part of historyPartSchema.options) {
    const ends = index.of('end').filter((end) => end.part === part);
    const records = index.recordsOf(part);
    if (ends.length !== 1) texts.push(`part ${part} has ${ends.length} ends, not one`);
    else if (ends[0]!.records !== records) texts.push(`part ${part} has ${records} records of ${ends[0]!.records}`);
  }
  const at = Math.max(0, index.endMs('bus'), index.endMs('vehicles'));
  return texts.map((text) => ({ kind: 'incomplete', at, vehicleId: '', commandId: '', text }));
}
