import type { Conflict, Deviation, StopRequest } from '@quaymaster/messages';
import type { Alarm } from './incident/incident-desk';

/** Deviations of a vehicle that must be looked at before it is moved again. */
const FAULTS: ReadonlySet<Deviation['kind']> = new Set(['lateral', 'heading', 'off-surface', 'release-violation', 'lost']);

/** Puts together what the predictor says, in whatever order it arrives: who is in danger, and who is at fault. */
export class AlarmDesk {
  private readonly conflicts = new Map<string, Conflict>();
  private readonly faults = new Map<string, Deviation>();

  conflict(conflict: Conflict): void {
    if (conflict.phase === 'closed') this.conflicts.delete(conflict.conflictId);
    else this.conflicts.set(conflict.conflictId, conflict);
  }

  /** Returns the vehicle if it has newly turned out to be at fault. */
  deviation(deviation: Deviation): string | null {
    if (!FAULTS.has(deviation.kind)) return null;
    if (deviation.phase === 'closed') {
      this.faults.delete(deviation.deviationId);
      return null;
    }
    this.faults.set(deviation.deviationId, deviation);
    return deviation.vehicleId;
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
