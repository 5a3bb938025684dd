import { InMemoryBus } from '@quaymaster/bus-memory';
import { ManualClock } from '@quaymaster/clock';
import { plans, vehicleModels } from '@quaymaster/messages';
import fc from 'fast-check';
import { AlarmHistory } from '../testing/alarm-history';
import { RandomTraffic } from '../testing/random-traffic';
import { Stage } from '../testing/stage';
import { wideYard } from '../testing/wide-yard';

const map = wideYard();
const STEP_MS = 20;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** Something that happens to an instance at a time. */
interface Turn { readonly atS: number; readonly what: 'join' | 'leave' | 'kill'; readonly name: string }
interface Play { readonly seed: number; readonly vehicles: number; readonly cellM: number; readonly copies: number; readonly durationS: number }

async function play({ seed, vehicles, cellM, copies, durationS }: Play, instances: readonly string[], turns: readonly Turn[] = []): Promise<AlarmHistory> {
  const clock = new ManualClock();
  const bus = new InMemoryBus({ clock, compactedTopics: [plans.name, vehicleModels.name] });
  const history = await AlarmHistory.on(bus);
  const stage = await Stage.open(map, bus, clock, { QM_COLLISION_CELL_M: String(cellM), QM_COLLISION_COPIES: String(copies) }, instances);
  stage.obeys = false;
  stage.measuresGaps = false;
  await stage.run(2);
  const traffic = new RandomTraffic(seed, vehicles, durationS);
  await stage.enter(...traffic.actors);
  const leaving: Promise<void>[] = [];
  let atS = 0;
  const runTo = async (untilS: number): Promise<void> => {
    await stage.run(untilS - atS, () => {
      traffic.step(STEP_MS);
      history.expire(clock.nowMs());
    });
    atS = untilS;
  };
  for (const { atS: turnS, what, name } of [...turns].sort((a, b) => a.atS - b.atS)) {
    await runTo(turnS);
    if (what === 'leave') leaving.push(stage.leave(name));
    else await stage[what](name);
  }
  await runTo(durationS);
  await stage.close();
  return history;
}

/** Two beats and a half are missing, and what the next one finds is said within half a second. */
const DEATH_KNOWN_MS = 3300;

/** One that starts while another one dies cannot know what that one had: both are open until the others know of the death. */
const STARTER_MS = 1700;

const numbers = fc.record({ seed: fc.nat({ max: 1e6 }), vehicles: fc.integer({ min: 6, max: 10 }), cellM: fc.integer({ min: 20, max: 250 }) });
const start = new ManualClock().nowMs();
/** Alarms that are open at the end of a play, and were for some time. */
const openAtEnd = (history: AlarmHistory, { durationS }: Play): string[] => {
  const endMs = start + 2000 + durationS * 1000;
  return history.openAt(endMs).filter(({ fromMs }) => fromMs < endMs - 1200).map(({ subject }) => subject).sort();
};
const openAtAll = (history: AlarmHistory, { durationS }: Play): string[] => history.openAt(start + 2000 + durationS * 1000).map(({ subject }) => subject);

describe('predictors that share the map', () => {
  it('together report what one alone does, each alarm once and at once, and ask for the same stops', async () => {
    await fc.assert(fc.asyncProperty(numbers, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 8 }), async (drawn, copies, count) => {
      const what: Play = { ...drawn, copies, durationS: 7 };
      const alone = await play(what, ['']);
      const team = await play(what, NAMES.slice(0, count));
      expect(alone.episodes.length).toBeGreaterThan(0);
      expect({ missed: team.missing(alone, 20), invented: alone.missing(team, 20), unstopped: team.missingStops(alone, 20, 20), doubled: team.doubled(0) })
        .toEqual({ missed: [], invented: [], unstopped: [], doubled: [] });
      expect(team.episodes.filter(({ opened, sources }) => opened !== 1 || sources.size !== 1)).toEqual([]);
      expect(openAtEnd(team, what)).toEqual(openAtEnd(alone, what));
    }), { numRuns: 4 });
  }, 240_000);

  it('miss nothing and leave nothing open when one comes, one leaves in order and one dies, whenever that is', async () => {
    const turn = fc.integer({ min: 2, max: 45 }).map((tenths) => tenths / 10);
    await fc.assert(fc.asyncProperty(numbers, fc.integer({ min: 1, max: 3 }), fc.tuple(turn, turn, turn), async (drawn, copies, [joinS, leaveS, killS]) => {
      const what: Play = { ...drawn, copies, durationS: 9 };
      const alone = await play(what, ['']);
      const team = await play(what, ['a', 'b', 'c', 'd'], [{ atS: joinS, what: 'join', name: 'e' }, { atS: leaveS, what: 'leave', name: 'b' }, { atS: killS, what: 'kill', name: 'c' }]);
      // Without a second copy nobody works on a dead instance's cells until it is known to be dead.
      const withinMs = copies === 1 ? DEATH_KNOWN_MS : 350;
      expect({ missed: team.missing(alone, withinMs), unstopped: team.missingStops(alone, withinMs, DEATH_KNOWN_MS), doubled: team.doubled(STARTER_MS) })
        .toEqual({ missed: [], unstopped: [], doubled: [] });
      expect(openAtAll(alone, what)).toEqual(expect.arrayContaining(openAtEnd(team, what)));
      expect(openAtAll(team, what)).toEqual(expect.arrayContaining(openAtEnd(alone, what)));
    }), { numRuns: 3, endOnFailure: true });
  }, 240_000);
});
