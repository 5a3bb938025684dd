import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type HistoryRecord, historyRecordSchema } from './history-record';
import { HistoryUnreadableError } from './history-unreadable-error';

/**
 * The records of a file in its order. A last line that was cut off in the middle is left out: the `end` that the checker asks for is missing then.
 *
 * @throws HistoryUnreadableError naming the line that is no record
 */
export function readHistory(file: string): HistoryRecord[] {
  return linesOf(file).map((text, index) => {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (error) {
      throw new HistoryUnreadableError(file, index + 1, `not JSON (${error instanceof Error ? error.message : String(error)})`);
    }
    const record = historyRecordSchema.safeParse(body);
    if (!record.success) throw new HistoryUnreadableError(file, index + 1, z.prettifyError(record.error));
    return record.data;
  });
}

function linesOf(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HistoryUnreadableError(file, 0, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const lines = text.split('\n');
  // After the last line feed comes nothing, or a record that was cut off.
  lines.pop();
  if (lines.length === 0) throw new HistoryUnreadableError(file, 0, 'it has no record');
  return lines;
}
