import { seededRandom } from '@quaymaster/geometry';
import { randomBody, sampledBody } from '../testing/random-bodies';
import { placedAt, touches, type SteppedBody } from '../testing/stepped-contacts';
import { SampledContact } from './sampled-contact';

/** How many; the oracle takes tens of milliseconds for each. */
const PAIRS = Number(process.env['QM_RANDOM_PAIRS'] ?? 500);
const SEED = 1;
const STEP_S = 0.001;

const touchAt = (a: SteppedBody, b: SteppedBody, atS: number): boolean => {
  const [here, there] = [placedAt(a, atS), placedAt(b, atS)];
  return here !== null && there !== null && here.some((one) => there.some((other) => touches(one, other)));
};

describe(`the search for contacts over ${PAIRS} random pairs (QM_RANDOM_PAIRS), seed ${SEED}`, () => {
  it('misses none that stepping by a millisecond finds, and is within 10 ms of it', () => {
    const random = seededRandom(SEED);
    const search = new SampledContact();
    let contacts = 0;
    let grazes = 0;
    const missed: number[] = [];
    const late: number[] = [];
    for (let round = 0; round < PAIRS; round += 1) {
      const [a, b] = [randomBody(random, 0, 0), randomBody(random, 0, 0)];
      const [one, other] = [sampledBody(a), sampledBody(b)];
      const beginS = Math.max(0, one.tS[0]!, other.tS[0]!);
      const endS = Math.min(1, one.tS[one.tS.length - 1]!, other.tS[other.tS.length - 1]!);
      if (beginS > endS) continue;
      const foundS = search.firstContactS(one, other, beginS, endS);
      // Every millisecond before what was found must be free, and the next ten after it must not all be, unless the two graze.
      let steppedS = Infinity;
      const untilS = Math.min(endS, foundS + 0.01);
      for (let n = 0; beginS + n * STEP_S <= untilS; n += 1) {
        if (!touchAt(a, b, beginS + n * STEP_S)) continue;
        steppedS = beginS + n * STEP_S;
        break;
      }
      if (foundS < Infinity) contacts += 1;
      if (steppedS < foundS - 1e-9) (foundS === Infinity ? missed : late).push(round);
      if (foundS < Infinity && steppedS === Infinity) grazes += 1;
    }
    expect({ missed, late }).toEqual({ missed: [], late: [] });
    expect(contacts).toBeGreaterThan(PAIRS / 10);
    // Two that touch for less than a millisecond, or at the end of the time, are few.
    expect(grazes).toBeLessThan(contacts / 50);
  });
});
