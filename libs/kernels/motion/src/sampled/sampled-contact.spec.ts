import { seededRandom } from '@quaymaster/geometry';
import { box, randomBody, sampledBody } from '../testing/random-bodies';
import { distanceM, placedAt, steppedContactS, type SteppedBody } from '../testing/stepped-contacts';
import { findContacts } from './all-contacts';
import { SampledContact } from './sampled-contact';

type Pose = readonly [number, number, number];
const SQUARE = box(1, 1, 2);

/** One part, at its poses after 0, 1, 2 … seconds from a time on. */
function body(polygon: readonly (readonly [number, number])[], poses: readonly Pose[], fromS = 0): SteppedBody {
  return { polygons: [polygon], samples: poses.map((pose, i) => ({ tS: fromS + i, poses: [pose] })) };
}

function contactOf(a: SteppedBody, b: SteppedBody, horizonS = 8) {
  const { contacts } = findContacts([sampledBody(a), sampledBody(b)], 0, horizonS);
  return contacts[0] ?? null;
}

describe('first contact of sampled bodies', () => {
  it('is when the fronts of two squares that drive at each other meet, and where', () => {
    const found = contactOf(body(SQUARE, [[0, 0, 0], [3, 0, 0]]), body(SQUARE, [[8, 0.5, Math.PI], [5, 0.5, Math.PI]]))!;
    // 6 m apart at 6 m/s.
    expect(found.atS).toBeCloseTo(1, 9);
    expect(found.xM).toBeCloseTo(4, 6);
    expect(found.yM).toBeGreaterThanOrEqual(-0.5 - 1e-9);
    expect(found.yM).toBeLessThanOrEqual(1 + 1e-9);
  });
  it('is the closed form of a beam that turns into a point', () => {
    // Its tip at radius 10 m and half width 0.5 m comes to a small square on the circle.
    const beam = body(box(10, 10, 1), [[0, 0, 0], [0, 0, 1]]);
    const post = body([[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01]], [[0, 8, 0], [0, 8, 0]], -0.5);
    const turnS = contactOf(body(box(10, 10, 1), [[0, 0, 0], [0, 0, 3]]), { ...post, samples: [{ tS: 0, poses: [[0, 8, 0]] }, { tS: 5, poses: [[0, 8, 0]] }] })!.atS;
    // The beam's left side is at 0.5 m: the corner (0.01, 8) lies on it when its angle is that of the corner less asin(0.5 / distance).
    const cornerRad = Math.atan2(8, 0.01);
    expect(turnS).toBeCloseTo((cornerRad - Math.asin(0.5 / Math.hypot(8, 0.01))) / 3, 9);
    expect(contactOf(beam, post)).toBeNull();
  });
  it.each<[string, SteppedBody, SteppedBody, number | null]>([
    ['edges that touch at rest', body(SQUARE, [[0, 0, 0], [0, 0, 0]]), body(SQUARE, [[2, 0, 0], [2, 0, 0]]), 0],
    ['corners that touch at rest', body(SQUARE, [[0, 0, 0], [0, 0, 0]]), body(SQUARE, [[2, 2, 0], [2, 2, 0]]), 0],
    ['a micrometre between edges', body(SQUARE, [[0, 0, 0], [0, 0, 0]]), body(SQUARE, [[2.000001, 0, 0], [2.000001, 0, 0]]), null],
    ['sides that slide along each other', body(SQUARE, [[0, 0, 0], [10, 0, 0]]), body(SQUARE, [[5, 2, 0], [5, 2, 0]]), 0.3],
    ['sides that slide by a micrometre apart', body(SQUARE, [[0, 0, 0], [10, 0, 0]]), body(SQUARE, [[5, 2.000001, 0], [5, 2.000001, 0]]), null],
    ['bodies that overlap before the time begins', body(SQUARE, [[0, 0, 0], [0, 0, 0], [0, 0, 0]], -2), body(SQUARE, [[1, 0, 0], [1, 0, 0]], -1), 0],
    ['one body in the other', body(box(20, 20, 40), [[0, 0, 0], [0, 0, 0]]), body(SQUARE, [[3, 3, 1], [3, 3, 1]]), 0],
    ['a body of one sample, in its instant', body(SQUARE, [[0, 0, 0], [10, 0, 0]]), body(SQUARE, [[5, 0, 0]], 0.5), 0.5],
    ['a body of one sample, a moment too early', body(SQUARE, [[0, 0, 0], [10, 0, 0]]), body(SQUARE, [[5, 0, 0]], 0.299), null],
    ['lives that share one instant', body(SQUARE, [[0, 0, 0], [0, 0, 0]]), body(SQUARE, [[1, 0, 0], [1, 0, 0]], 1), 1],
    ['lives that share none', body(SQUARE, [[0, 0, 0], [0, 0, 0]]), body(SQUARE, [[1, 0, 0], [1, 0, 0]], 1.001), null],
    ['a turn over the half circle, the short way', body(box(10, 0, 1), [[0, 0, 3.1], [0, 0, -3.1]]), body(SQUARE, [[-8, 0, 0], [-8, 0, 0]]), 0],
    ['the mouth of a U, which is free', body([[-3, -3], [3, -3], [3, 3], [2, 3], [2, -2], [-2, -2], [-2, 3], [-3, 3]], [[0, 0, 0], [0, 0, 0]]), body(SQUARE, [[0, 9, 0], [0, 0, 0]]), null],
  ])('%s', (_, a, b, atS) => {
    const found = contactOf(a, b);
    if (atS === null) expect(found).toBeNull();
    else expect(found?.atS).toBeCloseTo(atS, 8);
    expect(contactOf(b, a)?.atS ?? null).toEqual(found === null ? null : expect.closeTo(found.atS, 9));
  });
  it('is not found beyond the horizon, and is at its very end', () => {
    const [a, b] = [body(SQUARE, [[0, 0, 0], [10, 0, 0]]), body(SQUARE, [[7, 0, 0], [7, 0, 0]])];
    expect(contactOf(a, b, 0.5)?.atS).toBeCloseTo(0.5, 9);
    expect(contactOf(a, b, 0.499)).toBeNull();
  });
  it('is the same far from the origin, in a turned frame, and with samples between samples', () => {
    const random = seededRandom(21);
    for (let round = 0; round < 100; round += 1) {
      const [a, b] = [randomBody(random, 0, 0), randomBody(random, 0, 0)];
      const plain = contactOf(a, b, 3);
      const turned = (one: SteppedBody): SteppedBody => ({
        ...one, samples: one.samples.map(({ tS, poses }) => ({ tS, poses: poses.map(([x, y, h]) => [600_000 + x * Math.cos(2) - y * Math.sin(2), 5_790_000 + x * Math.sin(2) + y * Math.cos(2), h + 2] as const) })),
      });
      const refined = (one: SteppedBody): SteppedBody => ({
        ...one, samples: one.samples.flatMap((sample, i) => {
          const next = one.samples[i + 1];
          if (next === undefined) return [sample];
          return [sample, { tS: (sample.tS + next.tS) / 2, poses: sample.poses.map(([x, y, h], p) => { const [u, v, g] = next.poses[p]!; return [(x + u) / 2, (y + v) / 2, h + Math.atan2(Math.sin(g - h), Math.cos(g - h)) / 2] as const; }) }];
        }),
      });
      for (const [name, other] of [['turned', contactOf(turned(a), turned(b), 3)], ['refined', contactOf(refined(a), refined(b), 3)]] as const) {
        expect([name, other?.atS ?? null]).toEqual([name, plain === null ? null : expect.closeTo(plain.atS, 5)]);
      }
    }
  });
  it('misses none that stepping by a millisecond finds in random traffic, is never late, and has a point of both bodies (seed 7)', () => {
    const random = seededRandom(7);
    const search = new SampledContact();
    let contacts = 0;
    for (let round = 0; round < 100; round += 1) {
      const [a, b] = [randomBody(random, 0, 0), randomBody(random, 0, 0)];
      const [one, other] = [sampledBody(a), sampledBody(b)];
      const steppedS = steppedContactS(a, b, 1, 0.001);
      const beginS = Math.max(0, one.tS[0]!, other.tS[0]!);
      const endS = Math.min(1, one.tS[one.tS.length - 1]!, other.tS[other.tS.length - 1]!);
      const foundS = beginS > endS ? Infinity : search.firstContactS(one, other, beginS, endS);
      if (steppedS < Infinity) {
        contacts += 1;
        // Stepping is late by a step at most, and by more only where it stepped over a graze.
        expect(foundS).toBeLessThanOrEqual(steppedS + 1e-9);
      }
      if (foundS === Infinity) continue;
      const [here, there] = [placedAt(a, foundS)!, placedAt(b, foundS)!];
      const point = [search.pointXM, search.pointYM] as const;
      expect(Math.min(...here.map((polygon) => distanceM(point, polygon)))).toBeLessThan(1e-6);
      expect(Math.min(...there.map((polygon) => distanceM(point, polygon)))).toBeLessThan(1e-6);
    }
    expect(contacts).toBeGreaterThan(20);
  });
  it('finds over many bodies what it finds pair by pair', () => {
    const random = seededRandom(3);
    const bodies = Array.from({ length: 60 }, () => sampledBody(randomBody(random, 120 * random(), 120 * random())));
    const search = new SampledContact();
    const expected: string[] = [];
    bodies.forEach((a, i) => {
      bodies.slice(i + 1).forEach((b, n) => {
        const [beginS, endS] = [Math.max(0, a.tS[0]!, b.tS[0]!), Math.min(2.5, a.tS[a.tS.length - 1]!, b.tS[b.tS.length - 1]!)];
        const atS = beginS > endS ? Infinity : search.firstContactS(a, b, beginS, endS);
        if (atS < Infinity) expected.push(`${i} ${i + 1 + n} ${atS.toFixed(7)}`);
      });
    });
    const found = findContacts(bodies, 0, 2.5);
    expect(found.contacts.map(({ i, k, atS }) => `${i} ${k} ${atS.toFixed(7)}`).sort()).toEqual(expected.sort());
    expect(found.pairsChecked).toBeLessThan(60 * 59 / 2);
    expect(expected.length).toBeGreaterThan(20);
  });
  it('refuses a window that is none', () => {
    for (const [from, to] of [[1, 0], [0, Infinity], [NaN, 1]]) expect(() => findContacts([], from!, to!)).toThrow(RangeError);
    expect(findContacts([], 0, 8)).toEqual({ contacts: [], pairsChecked: 0 });
  });
});
