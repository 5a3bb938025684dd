import type { CollisionConfig } from './collision.config';
import type { DeviationBook } from './deviation-book';
import type { Ground } from './ground';
import type { VehicleTrack } from './vehicle-track';

/** Notices vehicles that are heard of no more. */
export class SilenceWatch {
  constructor(private readonly config: CollisionConfig, private readonly ground: Ground, private readonly book: DeviationBook) {}

  /**
   * @param reports whether what is found is to be reported; every instance must know who is lost
   * @returns true when the vehicle has just been given up for lost
   */
  watch(track: VehicleTrack, nowMs: number, reports: boolean): boolean {
    const silentMs = nowMs - track.heardAtMs;
    const mattersMs = track.connection === 'ONLINE' ? Math.min(this.config.suspectMs, this.config.lostMs) : 0;
    if (silentMs < mattersMs || this.isAtRest(track)) {
      this.clear(track, nowMs);
      return false;
    }
    const silentS = silentMs / 1000;
    const isLost = isOnTheMove(track) && (silentMs >= this.config.lostMs || track.connection !== 'ONLINE');
    if (isLost) this.book.close(track, 'suspect', nowMs);
    if (isLost && reports) {
      this.book.open(track, 'lost', silentS, track.connection === 'ONLINE' ? `has been silent for ${silentS.toFixed(1)} s` : 'lost its connection', nowMs);
    } else if (reports && silentMs >= this.config.suspectMs) {
      this.book.open(track, 'suspect', silentS, `has been silent for ${silentS.toFixed(1)} s`, nowMs);
    }
    const isNew = isLost && !track.lost;
    track.lost ||= isLost;
    return isNew;
  }

  private clear(track: VehicleTrack, nowMs: number): void {
    this.book.close(track, 'suspect', nowMs);
    this.book.close(track, 'lost', nowMs);
  }

  /** It may be silent: it stands in its slot, or it said goodbye while it stood. */
  private isAtRest(track: VehicleTrack): boolean {
    if (!track.stands) return false;
    if (track.connection === 'OFFLINE') return true;
    return !track.mayMove && track.model !== null && this.ground.isInSlot(track.frame, track.model);
  }
}

function isOnTheMove(track: VehicleTrack): boolean {
  return !track.stands || track.mayMove;
}
