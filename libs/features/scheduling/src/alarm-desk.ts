import type { Conflict, Deviation, StopRequest } from '@quaymaster/messages';
import type { Alarm } from './incident/incident-desk';

/** Deviations of a vehicle that must be looked at before it is moved again. */
const FAULTS: ReadonlySet<Deviation['kind']> = new Set(['lateral', 'heading', 'off-surface', 'release-violation', 'lost']);

/** Every open alarm is repeated each second or more often; one that has not been for so long is nobody's any more. */
export const ALARM_UNREPEATED_MS = 5000;

interface Heard { readonly vehicleId: string; readonly heardAtMs: number }

/** Puts together what the predictor says, in whatever order it arrives: who is in danger, and who is at fault. */
export class AlarmDesk {
  /** When each open conflict was last heard of. */
  private readonly conflicts = new Map<string, number>();
  private readonly faults = new Map<string, Heard>();

  /** @param nowMs when it is received, here and below by a clock that does not step */
  conflict(conflict: Conflict, nowMs: number): void {
    if (conflict.phase === 'closed') this.conflicts.delete(conflict.conflictId);
    else this.conflicts.set(conflict.conflictId, nowMs);
  }

  /** Returns the vehicle if it has newly turned out to be at fault. */
  deviation(deviation: Deviation, nowMs: number): string | null {
    if (!FAULTS.has(deviation.kind)) return null;
    if (deviation.phase === 'closed') {
      this.faults.delete(deviation.deviationId);
      return null;
    }
    this.faults.set(deviation.deviationId, { vehicleId: deviation.vehicleId, heardAtMs: nowMs });
    return deviation.vehicleId;
  }

  /**
   * Drops alarms that are repeated no more: whoever had opened them has died and told nobody.
   *
   * @param predictedForMs for how long a predictor has been heard of without a gap. While there was none, nobody could repeat anything, and nothing is dropped
   */
  expire(nowMs: number, predictedForMs: number): void {
    if (predictedForMs < ALARM_UNREPEATED_MS) return;
    for (const [id, heardAtMs] of this.conflicts) if (nowMs - heardAtMs > ALARM_UNREPEATED_MS) this.conflicts.delete(id);
    for (const [id, { heardAtMs }] of this.faults) if (nowMs - heardAtMs > ALARM_UNREPEATED_MS) this.faults.delete(id);
  }

  isAtFault(vehicleId: string): boolean {
    return [...this.faults.values()].some((fault) => fault.vehicleId === vehicleId);
  }

  /** The alarm that a lost vehicle raises by itself: nobody can ask it to stop. */
  lost(deviation: Deviation): Alarm {
    return {
      cause: 'lost-vehicle', text: `${deviation.vehicleId} fell silent`, causedBy: [deviation.vehicleId], decidedAtMs: deviation.observedAtMs,
      danger: { around: [deviation.vehicleId], polygonXyM: [], wholeSite: false },
    };
  }

  /** The alarm behind a stop request. */
  stop(request: StopRequest): Alarm {
    const byOperator = request.source.startsWith('operator');
    const atFault = request.vehicleIds.filter((id) => this.isAtFault(id));
    const isConflict = this.conflicts.has(request.causeId);
    return {
      cause: byOperator ? 'operator' : isConflict || request.vehicleIds.length > 1 ? 'imminent-conflict' : 'deviation',
      text: request.reason,
      // A single vehicle that is stopped for its own sake is at fault even if its deviation has not been heard of yet.
      causedBy: request.vehicleIds.length === 1 && !isConflict ? request.vehicleIds : atFault,
      decidedAtMs: request.requestedAtMs,
      danger: { around: request.vehicleIds, polygonXyM: [], wholeSite: false },
    };
  }
}
