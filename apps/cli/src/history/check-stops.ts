import { type Asked, askedKey, byVehicle, type HistoryIndex } from './history-index';
import type { RecordOf } from './history-record';
import type { Violation } from './violation';

/** A stop is at its vehicle within this time after somebody asked for it, as long as the vehicle is heard of. */
const DELIVERY_MS = 5000;

/**
 * Every stop has reached its vehicle in time if the vehicle reported from the asking on until then. No stop is excused because the vehicle stood already or
 * because another stop came after it: dispatch sends each one until it is confirmed, and nothing supersedes a stop.
 */
export function checkStops(index: HistoryIndex): Violation[] {
  const reports = byVehicle(index.of('reporting'));
  const reachedAtMs = new Map<string, number>();
  for (const effect of index.of('effect')) {
    const key = askedKey(effect);
    if (!reachedAtMs.has(key)) reachedAtMs.set(key, effect.at);
  }
  const endMs = index.endMs('vehicles');
  const violations: Violation[] = [];
  for (const [key, asked] of index.asked) {
    const { vehicleId, commandId, isStop, askedAtMs } = asked;
    const byMs = askedAtMs + DELIVERY_MS;
    if (!isStop || byMs > endMs || !isHeardOf(asked, byMs, reports.get(vehicleId) ?? [])) continue;
    const atMs = reachedAtMs.get(key) ?? Infinity;
    if (atMs <= byMs) continue;
    const late = atMs === Infinity ? 'has never reached the vehicle' : `has reached the vehicle after ${atMs - askedAtMs} ms`;
    violations.push({ kind: 'undelivered-stop', at: byMs, vehicleId, commandId, text: `${late}, which reported all the ${DELIVERY_MS} ms since it was asked for` });
  }
  return violations;
}

/** Whether its frames left the vehicle all the time from the asking on. */
function isHeardOf({ askedAtMs }: Asked, untilMs: number, reports: readonly RecordOf<'reporting'>[]): boolean {
  const before = reports.filter(({ at }) => at <= askedAtMs);
  return before[before.length - 1]?.reporting === true && !reports.some(({ at, reporting }) => !reporting && at > askedAtMs && at <= untilMs);
}
