import type { UnsafeVehicle } from '@quaymaster/simulator';
import fc from 'fast-check';
import { HistoryModel, type ModelAct } from '../../testing/history-model';
import { checkHistory, type HistoryRecord, type HistoryVerdict } from '.';

const VEHICLES = 2;
const vehicle = fc.nat({ max: VEHICLES - 1 });
/** Copies arrive within 1 s; a stop is sent until one has. */
const after = fc.nat({ max: 50 });
const acts: fc.Arbitrary<ModelAct[]> = fc.array(fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('give' as const), vehicle, kind: fc.constantFrom('resume' as const, 'route' as const, 'release' as const), copiesAfter: fc.array(after, { maxLength: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('give' as const), vehicle, kind: fc.constant('stop' as const), copiesAfter: fc.array(after, { minLength: 1, maxLength: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('pass' as const), steps: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('lease' as const), vehicle }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('reboot' as const, 'repair' as const), vehicle }) },
  { weight: 1, arbitrary: fc.constant<ModelAct>({ act: 'take-over' }) },
), { maxLength: 40, size: 'max' });

/** Random traffic, then what a protection is there for, then more traffic. */
interface Play { readonly before: ModelAct[]; readonly at: number; readonly kind: 'stop' | 'resume'; readonly after: ModelAct[] }
const plays: fc.Arbitrary<Play> = fc.record({ before: acts, at: vehicle, kind: fc.constantFrom('stop' as const, 'resume' as const), after: acts });

function history({ before, at, kind, after: rest }: Play, danger: 'duplicate' | 'stale', unsafe: UnsafeVehicle): HistoryRecord[] {
  const model = new HistoryModel(VEHICLES, unsafe);
  model.play(before);
  // Nothing is still under way that could outdate the command before both copies are there.
  model.settle();
  if (danger === 'duplicate') model.play([{ act: 'give', vehicle: at, kind, copiesAfter: [0, 2] }, { act: 'pass', steps: 3 }]);
  else model.giveStale(at);
  model.play(rest);
  return model.history();
}

function sumOfViolations({ lost, doubled, stale, unsafeResumes, changedEnds, ghosts }: HistoryVerdict): number {
  return lost + doubled + stale + unsafeResumes + changedEnds + ghosts;
}

describe('a history of vehicles that obey the rules', () => {
  it.each(['duplicate', 'stale'] as const)('has no violation, whatever a network does to it and though a %s comes', (danger) => {
    const seen = { applied: 0, repeated: 0, refused: 0 };
    fc.assert(fc.property(plays, (play) => {
      const { violations, effects, open } = checkHistory(history(play, danger, {}));
      for (const outcome of ['applied', 'repeated', 'refused'] as const) seen[outcome] += effects[outcome];
      expect(violations).toEqual([]);
      expect(open).toBe(0);
    }), { numRuns: 100 });
    // The network did what it can do.
    expect(Math.min(seen.applied, seen.repeated, seen.refused)).toBeGreaterThan(100);
  });
});

describe('a history of vehicles without', () => {
  it('deduplication has effects that are doubled', () => {
    fc.assert(fc.property(plays, (play) => {
      const verdict = checkHistory(history(play, 'duplicate', { withoutDeduplication: true }));
      expect(verdict.doubled).toBeGreaterThan(0);
      expect(sumOfViolations(verdict)).toBe(verdict.violations.length);
    }), { numRuns: 100 });
  });

  it('a check of the epoch has permissions that are stale', () => {
    fc.assert(fc.property(plays, (play) => {
      const verdict = checkHistory(history(play, 'stale', { withoutEpoch: true }));
      expect(verdict.stale).toBeGreaterThan(0);
      expect(sumOfViolations(verdict)).toBe(verdict.violations.length);
    }), { numRuns: 100 });
  });
});

it('a verdict does not depend on the order of the records', () => {
  const shuffled = plays.chain((play) => {
    const records = history(play, 'duplicate', { withoutDeduplication: true, withoutEpoch: true });
    return fc.tuple(fc.constant(records), fc.shuffledSubarray(records, { minLength: records.length }));
  });
  fc.assert(fc.property(shuffled, ([records, mixed]) => { expect(checkHistory(mixed)).toEqual(checkHistory(records)); }), { numRuns: 50 });
});
