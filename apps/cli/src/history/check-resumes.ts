import { byVehicle, type HistoryIndex } from './history-index';
import type { RecordOf } from './history-record';
import type { Violation } from './violation';

/**
 * A stop is lifted by a resume that took effect and was issued no earlier than the newest stop in effect, and by nothing else but the hands of those who
 * repair the vehicle.
 */
export function checkResumes(index: HistoryIndex): Violation[] {
  return [...byVehicle(index.of('effect', 'motion')).values()].flatMap(checkVehicle);
}

function checkVehicle(records: readonly RecordOf<'effect' | 'motion'>[]): Violation[] {
  const violations: Violation[] = [];
  const resumes = new Map<string, RecordOf<'effect'>>();
  let newestStop: RecordOf<'effect'> | undefined;
  for (const record of records) {
    if (record.kind === 'effect') {
      if (record.outcome !== 'applied') continue;
      if (record.command === 'resume') resumes.set(record.commandId, record);
      else if (record.command === 'stop' && record.issuedAtMs >= (newestStop?.issuedAtMs ?? -Infinity)) newestStop = record;
    } else if (!record.stopped && record.cause !== 'hand') {
      const text = unsafeBecause(record, resumes.get(record.commandId), newestStop);
      if (text !== null) violations.push({ kind: 'unsafe-resume', at: record.at, vehicleId: record.vehicleId, commandId: record.commandId, text });
    }
  }
  return violations;
}

function unsafeBecause(lifted: RecordOf<'motion'>, resume: RecordOf<'effect'> | undefined, stop: RecordOf<'effect'> | undefined): string | null {
  if (lifted.cause !== 'resume') return `the stop was lifted, cause: ${lifted.cause}`;
  if (resume === undefined) return 'the stop was lifted by a resume that did not take effect';
  if (stop === undefined || resume.issuedAtMs >= stop.issuedAtMs) return null;
  return `the stop was lifted by a resume issued ${stop.issuedAtMs - resume.issuedAtMs} ms before stop ${stop.commandId}`;
}
