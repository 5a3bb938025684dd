import { askedKey, byVehicle, type HistoryIndex } from './history-index';
import type { RecordOf } from './history-record';
import type { Violation } from './violation';

type Effect = RecordOf<'effect'>;

/**
 * A command takes effect once at most, whatever boots lie between; permissions take effect in the order of (epoch, sequence), a stop whenever it comes; and
 * whatever takes effect was asked for. A command that nobody asked for may be refused only if the run itself forged it.
 */
export function checkEffects(index: HistoryIndex): Violation[] {
  const violations: Violation[] = [];
  for (const effects of byVehicle(index.of('effect')).values()) violations.push(...checkOrder(effects.filter(({ outcome }) => outcome === 'applied')));
  const forged = new Set(index.of('forged').map(({ vehicleId, command: { commandId } }) => askedKey({ vehicleId, commandId })));
  const told = new Set<string>();
  for (const effect of index.of('effect')) {
    const key = askedKey(effect);
    const isAllowed = index.asked.has(key) || (forged.has(key) && effect.outcome !== 'applied');
    if (isAllowed || told.has(key)) continue;
    told.add(key);
    violations.push(violation('ghost', effect, `a ${effect.command} that nobody asked for was ${effect.outcome}`));
  }
  return violations;
}

/** @param applied what took effect at one vehicle */
function checkOrder(applied: readonly Effect[]): Violation[] {
  const violations: Violation[] = [];
  const firstOf = new Map<string, Effect>();
  let epoch = 0;
  let newest: Effect | undefined;
  for (const effect of applied) {
    const first = firstOf.get(effect.commandId);
    const isPermission = effect.command !== 'stop';
    if (isPermission && effect.epoch < epoch) violations.push(violation('stale', effect, `a ${effect.command} of epoch ${effect.epoch} took effect after one of epoch ${epoch}`));
    if (first !== undefined) violations.push(violation('doubled', effect, `took effect again ${effect.at - first.at} ms later, in boot ${effect.bootId} after boot ${first.bootId}`));
    else if (isPermission && newest?.epoch === effect.epoch && effect.sequence <= newest.sequence) {
      violations.push(violation('doubled', effect, `sequence ${effect.sequence} took effect after ${newest.sequence} of ${newest.commandId}`));
    }
    firstOf.set(effect.commandId, first ?? effect);
    epoch = Math.max(epoch, effect.epoch);
    if (isPermission && (newest === undefined || effect.epoch > newest.epoch || (effect.epoch === newest.epoch && effect.sequence > newest.sequence))) newest = effect;
  }
  return violations;
}

function violation(kind: Violation['kind'], { at, vehicleId, commandId }: Effect, text: string): Violation {
  return { kind, at, vehicleId, commandId, text };
}
