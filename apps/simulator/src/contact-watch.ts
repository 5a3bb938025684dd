import { separationM, sharedMiddle } from './convex-contact';
import type { VehicleBody } from './vehicle-body';

/** A vehicle as the watch looks at it. */
export interface WatchedBody { readonly vehicleId: string; readonly body: VehicleBody; readonly speedMps: number }

/** Two vehicles have touched. */
export interface BodyContact {
  /** In order of their ids. */
  readonly vehicleIds: readonly [string, string];
  readonly xM: number;
  readonly yM: number;
  readonly atMs: number;
  /** Of each of them when the contact was seen. */
  readonly speedsMps: readonly [number, number];
}

/** A pair has come apart when it is at least this far apart; touching again after that is a new contact [m]. */
const APART_M = 0.5;

/** A body with a circle around the origin of its first part that no part of it leaves. */
class Watched {
  readonly minXM: number;
  readonly maxXM: number;
  readonly yM: number;
  readonly reachM: number;
  private contours: readonly number[][] | null = null;

  constructor(readonly of: WatchedBody) {
    const { xM, yM } = of.body.poses[0]!;
    this.reachM = of.body.reachM;
    this.minXM = xM - this.reachM;
    this.maxXM = xM + this.reachM;
    this.yM = yM;
  }

  get rings(): readonly number[][] {
    return this.contours ??= this.of.body.contours();
  }
}

/**
 * The truth about collisions: true contours of all vehicles, every step, with code of its own. A graze that begins and ends between two looks is not seen;
 * at 20 ms and 8.3 m/s against each other that is an overlap of less than 0.35 m.
 */
export class ContactWatch {
  readonly contacts: BodyContact[] = [];
  private readonly touching = new Map<string, readonly [string, string]>();

  /** One look at everybody. Returns the contacts that have newly begun. */
  look(bodies: readonly WatchedBody[], atMs: number): readonly BodyContact[] {
    const watched = bodies.map((body) => new Watched(body)).sort((a, b) => a.minXM - b.minXM);
    this.partThoseApart(watched);
    const fresh: BodyContact[] = [];
    for (let i = 0; i < watched.length; i += 1) {
      const a = watched[i]!;
      for (let k = i + 1; k < watched.length && watched[k]!.minXM <= a.maxXM; k += 1) {
        const b = watched[k]!;
        if (Math.abs(a.yM - b.yM) > a.reachM + b.reachM) continue;
        const contact = this.contactOf(a, b, atMs);
        if (contact !== null) fresh.push(contact);
      }
    }
    this.contacts.push(...fresh);
    return fresh;
  }

  private contactOf(one: Watched, other: Watched, atMs: number): BodyContact | null {
    const [a, b] = one.of.vehicleId < other.of.vehicleId ? [one, other] : [other, one];
    const vehicleIds = [a.of.vehicleId, b.of.vehicleId] as const;
    const key = vehicleIds.join(' ');
    if (this.touching.has(key)) return null;
    for (const ringA of a.rings) {
      for (const ringB of b.rings) {
        const place = separationM(ringA, ringB) <= 0 ? sharedMiddle(ringA, ringB) : null;
        if (place === null) continue;
        this.touching.set(key, vehicleIds);
        return { vehicleIds, ...place, atMs, speedsMps: [a.of.speedMps, b.of.speedMps] };
      }
    }
    return null;
  }

  private partThoseApart(watched: readonly Watched[]): void {
    if (this.touching.size === 0) return;
    const byId = new Map(watched.map((one) => [one.of.vehicleId, one]));
    for (const [key, [idA, idB]] of this.touching) {
      const a = byId.get(idA);
      const b = byId.get(idB);
      const apart = a === undefined || b === undefined || a.rings.every((ringA) => b.rings.every((ringB) => separationM(ringA, ringB) > APART_M));
      if (apart) this.touching.delete(key);
    }
  }
}
