import { ManualClock } from '@quaymaster/clock';
import { Pace } from './pace';

const GAP_MS = 5;

/** Whether `rest` lets the next request go within so many milliseconds. */
async function goesWithin(pace: Pace, clock: ManualClock, waitMs: number): Promise<boolean> {
  let goes = false;
  void pace.rest().then(() => { goes = true; });
  clock.advance(waitMs);
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return goes;
}

it.each([
  { sinceMs: null, waitMs: 0, goes: true, because: 'nothing came before' },
  { sinceMs: 0, waitMs: 4, goes: false, because: 'the last one has just begun' },
  { sinceMs: 0, waitMs: 5, goes: true, because: 'the gap is over' },
  { sinceMs: 3, waitMs: 1, goes: false, because: 'some of the gap is left' },
  { sinceMs: 3, waitMs: 2, goes: true, because: 'the rest of the gap is over' },
  { sinceMs: 5, waitMs: 0, goes: true, because: 'the last one is long enough ago' },
])('next goes: $goes, $sinceMs ms after the last and $waitMs ms of waiting, for $because', async ({ sinceMs, waitMs, goes }) => {
  const clock = new ManualClock();
  const pace = new Pace(clock, GAP_MS);
  if (sinceMs !== null) {
    pace.begin();
    clock.advance(sinceMs);
  }
  expect(await goesWithin(pace, clock, waitMs)).toBe(goes);
});

it('never waits without a gap', async () => {
  const clock = new ManualClock();
  const pace = new Pace(clock, 0);
  pace.begin();
  expect(await goesWithin(pace, clock, 0)).toBe(true);
});
