import type { FleetPicture } from '../fleet-picture';
import { isStanding } from '../fleet-picture';
import type { SiteState } from '../site-state';
import type { Drive } from './drive';

/** A vehicle that follows a drive must say so after this long; a route command is issued anew several times meanwhile [ms]. */
const ADOPTION_LIMIT_MS = 15_000;
/** A vehicle that has followed a drive and no longer does, e.g. after a restart of its computer, is given this long to come to rest [ms]. */
const DROPPED_LIMIT_MS = 3000;
const FRESH_MS = 1000;

/** Finds drives that their vehicles do not know of, or know no more: nothing will come of them. */
export class LostRoutes {
  private readonly sinceMs = new Map<string, number>();

  constructor(private readonly state: SiteState, private readonly picture: FleetPicture) {}

  /** Drives to give up. Only a vehicle that reports, and stands, is believed: silence is another matter. */
  find(nowMs: number): Drive[] {
    const lost: Drive[] = [];
    const live = new Set<string>();
    for (const drive of this.state.drives) {
      const track = this.picture.get(drive.vehicleId);
      if (track === undefined || !track.online || nowMs - track.frame.receivedAtMs > FRESH_MS || track.frame.routeId === drive.routeId) continue;
      live.add(drive.routeId);
      const sinceMs = this.sinceMs.get(drive.routeId) ?? nowMs;
      this.sinceMs.set(drive.routeId, sinceMs);
      if (isStanding(track.frame) && nowMs - sinceMs > (drive.adopted ? DROPPED_LIMIT_MS : ADOPTION_LIMIT_MS)) lost.push(drive);
    }
    for (const routeId of this.sinceMs.keys()) if (!live.has(routeId)) this.sinceMs.delete(routeId);
    return lost;
  }
}
