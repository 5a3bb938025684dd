import { ManualClock } from '@quaymaster/clock';
import { Peers } from '@quaymaster/nest-platform';
import fc from 'fast-check';
import { CollisionConfig } from './collision.config';
import { Territory } from './territory';

const clock = new ManualClock();
/** What each of several instances takes for its own when all know of each other. */
function team(names: readonly string[], copies: number, cellM = 150): { readonly territory: Territory; readonly peers: Peers }[] {
  return names.map((self) => {
    const peers = new Peers(self, 'collision', clock);
    for (const instance of names) peers.hear({ service: 'collision', instance, epoch: 0, atMs: clock.nowMs(), isLeaving: false });
    const territory = new Territory(peers, CollisionConfig.from({ QM_COLLISION_COPIES: String(copies), QM_COLLISION_CELL_M: String(cellM) }));
    territory.begin();
    territory.refresh();
    return { territory, peers };
  });
}
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 });
const metres = fc.double({ min: -3000, max: 3000, noNaN: true });

describe('Territory', () => {
  it('gives every point one instance that is responsible, and as many that work on it as there are copies', () => {
    fc.assert(fc.property(names, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 20, max: 400 }), metres, metres, (all, copies, cellM, xM, yM) => {
      const territories = team(all, copies, cellM).map(({ territory }) => territory);
      expect(territories.filter((territory) => territory.isResponsibleAt(xM, yM))).toHaveLength(1);
      expect(territories.filter((territory) => territory.coversAt(xM, yM))).toHaveLength(Math.min(copies, all.length));
      for (const territory of territories) if (territory.isResponsibleAt(xM, yM)) expect(territory.coversAt(xM, yM)).toBe(true);
    }));
  });

  it('meets a box if and only if it works on a point in it', () => {
    fc.assert(fc.property(names, metres, metres, fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 700 }), (all, xM, yM, wideM, highM) => {
      for (const { territory } of team(all, 1)) {
        let covers = false;
        for (let x = 0; x <= Math.ceil(wideM / 100); x += 1) {
          for (let y = 0; y <= Math.ceil(highM / 100); y += 1) covers ||= territory.coversAt(Math.min(xM + 100 * x, xM + wideM), Math.min(yM + 100 * y, yM + highM));
        }
        expect(territory.meets(xM, yM, xM + wideM, yM + highM)).toBe(covers);
      }
    }));
  });

  it('is nothing before it begins and after it has left to others, and everything when it is alone', () => {
    const [a, b] = team(['a', 'b'], 1);
    a!.peers.leave();
    expect([a!.territory.refresh(), a!.territory.isNone, a!.territory.meets(-1e9, -1e9, 1e9, 1e9)]).toEqual([true, true, false]);
    b!.peers.hear({ service: 'collision', instance: 'a', epoch: 0, atMs: clock.nowMs(), isLeaving: true });
    expect([b!.territory.refresh(), b!.territory.coversAll, b!.territory.refresh()]).toEqual([true, true, false]);
    const early = new Territory(new Peers('', 'collision', clock), CollisionConfig.from({}));
    expect([early.refresh(), early.isNone, early.coversAt(0, 0)]).toEqual([false, true, false]);
    early.begin();
    expect([early.refresh(), early.isNone, early.coversAll, early.isResponsibleAt(1e12, -5)]).toEqual([true, false, true, true]);
  });

  it('takes a box over more cells than a site has for its own, and an empty one for nobody\'s', () => {
    for (const { territory } of team(['a', 'b', 'c', 'd'], 1)) {
      expect(territory.meets(-1e7, -1e7, 1e7, 1e7)).toBe(true);
      expect(territory.meets(Infinity, Infinity, -Infinity, -Infinity)).toBe(false);
    }
  });
});
