import fc from 'fast-check';
import { ContactWatch, type WatchedBody } from './contact-watch';
import { separationM, sharedMiddle } from './convex-contact';
import { VehicleBody } from './vehicle-body';
import { agv, terminalTractor } from './vehicle-kind';

const micro = (limitM: number) => fc.integer({ min: -limitM * 1e6, max: limitM * 1e6 }).map((um) => um / 1e6);
const body = (vehicleId: string, xM: number, yM: number, headingRad = 0, kind = agv): WatchedBody => ({
  vehicleId, body: new VehicleBody(kind, xM, yM, headingRad), speedMps: 1,
});

/** A grid of points over one ring, tested against the other: shares nothing with the separating axes. */
function overlapsByPoints(a: readonly number[], b: readonly number[]): boolean {
  const inside = (ring: readonly number[], x: number, y: number): boolean => {
    for (let i = 0, k = ring.length - 2; i < ring.length; k = i, i += 2) {
      if ((ring[i]! - ring[k]!) * (y - ring[k + 1]!) - (ring[i + 1]! - ring[k + 1]!) * (x - ring[k]!) < 0) return false;
    }
    return true;
  };
  const at = (u: number, v: number): [number, number] => [
    a[0]! + u * (a[2]! - a[0]!) + v * (a[6]! - a[0]!), a[1]! + u * (a[3]! - a[1]!) + v * (a[7]! - a[1]!),
  ];
  for (let i = 0; i <= 150; i += 1) for (let k = 0; k <= 40; k += 1) if (inside(b, ...at(i / 150, k / 40))) return true;
  return false;
}

describe('contact of two rings', () => {
  const pose = fc.tuple(micro(12), micro(12), fc.integer({ min: -3142, max: 3142 }).map((mrad) => mrad / 1000));

  it('is what a fine grid of points over one of them finds', () => {
    fc.assert(fc.property(pose, ([xM, yM, headingRad]) => {
      const a = new VehicleBody(agv, 0, 0, 0).contours()[0]!;
      const b = new VehicleBody(agv, xM, yM, headingRad).contours()[0]!;
      const apartM = separationM(a, b);
      // Between two grid points (0.1 m) the grid sees nothing, so the band around contact is left out.
      if (Math.abs(apartM) > 0.12) expect(apartM < 0).toBe(overlapsByPoints(a, b));
    }), { numRuns: 400 });
  });

  it('does not depend on the order, and its place lies in both', () => {
    fc.assert(fc.property(pose, ([xM, yM, headingRad]) => {
      const a = new VehicleBody(agv, 0, 0, 0).contours()[0]!;
      const b = new VehicleBody(agv, xM, yM, headingRad).contours()[0]!;
      expect(separationM(b, a)).toBeCloseTo(separationM(a, b), 9);
      const place = sharedMiddle(a, b);
      expect(place === null).toBe(separationM(a, b) > 0);
      if (place === null) return;
      const point = [place.xM, place.yM];
      expect(Math.max(separationM(a, point), separationM(b, point))).toBeLessThan(1e-6);
    }), { numRuns: 400 });
  });
});

describe('the contact watch', () => {
  it('finds exactly the pairs that a look at every pair finds', () => {
    const place = fc.tuple(micro(60), micro(60), fc.integer({ min: -314, max: 314 }), fc.boolean());
    fc.assert(fc.property(fc.array(place, { minLength: 2, maxLength: 14 }), (places) => {
      const bodies = places.map(([x, y, h, isAgv], i) => body(`v${i}`, x, y, h / 100, isAgv ? agv : terminalTractor));
      const found = new ContactWatch().look(bodies, 0).map(({ vehicleIds }) => vehicleIds.join('+')).sort();
      const expected: string[] = [];
      for (const a of bodies) {
        for (const b of bodies) {
          if (a.vehicleId >= b.vehicleId) continue;
          if (a.body.contours().some((ringA) => b.body.contours().some((ringB) => separationM(ringA, ringB) <= 0))) expected.push(`${a.vehicleId}+${b.vehicleId}`);
        }
      }
      expect(found).toEqual(expected.sort());
    }), { numRuns: 200 });
  });

  it('counts a pair once while it touches, and anew after it was 0.5 m apart', () => {
    const watch = new ContactWatch();
    const at = (yM: number): number => watch.look([body('a', 0, 0), body('b', 0, yM)], 0).length;
    // Two bodies 3 m wide, side by side.
    expect([3.2, 2.9, 2.8, 3.3, 2.9, 3.6, 2.9].map(at)).toEqual([0, 1, 0, 0, 0, 0, 1]);
    expect(watch.contacts).toHaveLength(2);
  });

  it('says who, where, when and how fast', () => {
    const contact = new ContactWatch().look([body('b', 14, 0), body('a', 0, 0)], 1234)[0]!;
    expect(contact).toMatchObject({ vehicleIds: ['a', 'b'], atMs: 1234, speedsMps: [1, 1] });
    expect(contact.xM).toBeCloseTo(7, 6);
    expect(contact.yM).toBeCloseTo(0, 6);
  });

  it('sees the trailer of an articulated vehicle where it swings to', () => {
    const turned = body('a', 0, 0, 0, terminalTractor);
    turned.body.poses[1]!.headingRad = Math.PI / 2;
    const below = body('b', 0.4, -10, Math.PI / 2, agv);
    expect(new ContactWatch().look([turned, below], 0)).toHaveLength(1);
    expect(new ContactWatch().look([body('a', 0, 0, 0, terminalTractor), below], 0)).toHaveLength(0);
  });
});
