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

interface Boxed extends WatchedBody {
  readonly rings: readonly number[][];
  minXM: number;
  maxXM: number;
  minYM: number;
  maxYM: number;
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
    const boxed = bodies.map(box).sort((a, b) => a.minXM - b.minXM);
    this.partThoseApart(boxed);
    const fresh: BodyContact[] = [];
    for (let i = 0; i < boxed.length; i += 1) {
      const a = boxed[i]!;
      for (let k = i + 1; k < boxed.length && boxed[k]!.minXM <= a.maxXM; k += 1) {
        const b = boxed[k]!;
        if (b.minYM > a.maxYM || b.maxYM < a.minYM) continue;
        const contact = this.contactOf(a, b, atMs);
        if (contact !== null) fresh.push(contact);
      }
    }
    this.contacts.push(...fresh);
    return fresh;
  }

  private contactOf(one: Boxed, other: Boxed, atMs: number): BodyContact | null {
    const [a, b] = one.vehicleId < other.vehicleId ? [one, other] : [other, one];
    const key = `${a.vehicleId} ${b.vehicleId}`;
    if (this.touching.has(key)) return null;
    for (const ringA of a.rings) {
      for (const ringB of b.rings) {
        const place = separationM(ringA, ringB) <= 0 ? sharedMiddle(ringA, ringB) : null;
        if (place === null) continue;
        this.touching.set(key, [a.vehicleId, b.vehicleId]);
        return { vehicleIds: [a.vehicleId, b.vehicleId], ...place, atMs, speedsMps: [a.speedMps, b.speedMps] };
      }
    }
    return null;
  }

  private partThoseApart(boxed: readonly Boxed[]): void {
    if (this.touching.size === 0) return;
    const byId = new Map(boxed.map((box) => [box.vehicleId, box]));
    for (const [key, [idA, idB]] of this.touching) {
      const a = byId.get(idA);
      const b = byId.get(idB);
      const apart = a === undefined || b === undefined || a.rings.every((ringA) => b.rings.every((ringB) => separationM(ringA, ringB) > APART_M));
      if (apart) this.touching.delete(key);
    }
  }
}

function box(watched: WatchedBody): Boxed {
  const rings = watched.body.contours();
  const boxed: Boxed = { ...watched, rings, minXM: Infinity, maxXM: -Infinity, minYM: Infinity, maxYM: -Infinity };
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      boxed.minXM = Math.min(boxed.minXM, ring[i]!);
      boxed.maxXM = Math.max(boxed.maxXM, ring[i]!);
      boxed.minYM = Math.min(boxed.minYM, ring[i + 1]!);
      boxed.maxYM = Math.max(boxed.maxYM, ring[i + 1]!);
    }
  }
  return boxed;
}
