import { ManualClock } from '@quaymaster/clock';
import type { Heartbeat } from '@quaymaster/messages';
import { PEER_SILENCE_MS, Peers } from './peers';

describe('Peers', () => {
  const clock = new ManualClock();
  const beat = (instance: string, change: Partial<Heartbeat> = {}): Heartbeat => ({ service: 'collision', instance, epoch: 0, atMs: clock.nowMs(), isLeaving: false, ...change });
  const team = (self: string, ...others: string[]): Peers => {
    const peers = new Peers(self, 'collision', clock);
    for (const other of others) peers.hear(beat(other));
    return peers;
  };
  const keys = Array.from({ length: 3000 }, (_, i) => `${i % 50}:${Math.floor(i / 50)}`);
  const owners = (peers: Peers): string[] => keys.map((key) => peers.ranked(key)[0]!);

  it('counts itself, and others of its service while they are heard of', () => {
    const peers = team('b', 'c', 'a', 'b');
    peers.hear(beat('x', { service: 'dispatch' }));
    expect([peers.others, peers.sharers]).toEqual([['a', 'c'], ['a', 'b', 'c']]);
    clock.advance(PEER_SILENCE_MS);
    peers.hear(beat('c'));
    expect(peers.others).toEqual(['a', 'c']);
    clock.advance(1);
    expect([peers.others, peers.isAlive('a'), peers.isAlive('b'), peers.isAlive('c')]).toEqual([['c'], false, true, true]);
  });

  it('one that leaves has no share while others live, and all of it when nobody does', () => {
    const peers = team('a', 'b', 'c');
    peers.hear(beat('c', { isLeaving: true }));
    peers.leave();
    expect(peers.sharers).toEqual(['b']);
    peers.hear(beat('b', { isLeaving: true }));
    expect(peers.sharers).toEqual(['a']);
  });

  it('every instance ranks alike, all of them have a like share, and each place in the ranking is another one', () => {
    const [a, b] = [team('a', 'b', 'c'), team('b', 'a', 'c')];
    expect(keys.map((key) => a.ranked(key))).toEqual(keys.map((key) => b.ranked(key)));
    const shares = ['a', 'b', 'c'].map((name) => owners(a).filter((owner) => owner === name).length / keys.length);
    for (const share of shares) expect(share).toBeCloseTo(1 / 3, 1);
    for (const key of keys.slice(0, 20)) expect([...a.ranked(key)].sort()).toEqual(['a', 'b', 'c']);
  });

  it('the death of one moves its share and no other', () => {
    const before = owners(team('a', 'b', 'c'));
    const after = owners(team('a', 'b'));
    for (const [i, owner] of before.entries()) if (owner !== 'c') expect(after[i]).toBe(owner);
    expect(new Set(before.flatMap((owner, i) => (owner === 'c' ? [after[i]] : [])))).toEqual(new Set(['a', 'b']));
  });
});
