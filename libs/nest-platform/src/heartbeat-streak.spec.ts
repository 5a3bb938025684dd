import { ManualClock } from '@quaymaster/clock';
import type { Heartbeat } from '@quaymaster/messages';
import { HeartbeatStreak } from './heartbeat-streak';
import { PEER_SILENCE_MS } from './peers';

describe('HeartbeatStreak', () => {
  const clock = new ManualClock();
  const beat = (service: Heartbeat['service'], instance = ''): Heartbeat => ({ service, instance, epoch: 0, atMs: clock.nowMs(), isLeaving: false });

  it('lasts while any instance of the service is heard of, and begins anew after a gap', () => {
    const streak = new HeartbeatStreak('collision', clock);
    expect(streak.lastsMs).toBe(0);
    for (const instance of ['a', 'b', 'a']) {
      streak.hear(beat('collision', instance));
      clock.advance(PEER_SILENCE_MS);
    }
    expect(streak.lastsMs).toBe(3 * PEER_SILENCE_MS);
    clock.advance(1);
    streak.hear(beat('scheduler'));
    expect(streak.lastsMs).toBe(0);
    streak.hear(beat('collision'));
    clock.advance(10);
    expect(streak.lastsMs).toBe(10);
  });
});
