import { describeClock } from '@quaymaster/ports/testing';
import { ManualClock } from './manual-clock';
import { PacedClock } from './paced-clock';
import { SystemClock } from './system-clock';

describeClock('ManualClock', () => {
  const clock = new ManualClock();
  return { clock, pass: async (durationMs) => { clock.advance(durationMs); }, close: () => undefined };
});

describeClock('SystemClock', () => {
  const clock = new SystemClock();
  return { clock, pass: (durationMs) => new Promise((resolve) => { setTimeout(resolve, durationMs); }), close: () => undefined };
});

describeClock('PacedClock', () => {
  const clock = new PacedClock({ startAtMs: 1_760_000_000_000, stepMs: 5, maximumRate: 1000 });
  clock.start();
  return { clock, pass: (durationMs) => clock.sleep(durationMs), close: () => { clock.stop(); } };
});

describe('ManualClock', () => {
  it('shows each task the time at which it was due', () => {
    const clock = new ManualClock(1_760_000_000_000);
    const seenMs: number[] = [];
    clock.every(100, () => { seenMs.push(clock.nowMs() - 1_760_000_000_000); });
    clock.after(250, () => { clock.after(20, () => { seenMs.push(clock.nowMs() - 1_760_000_000_000); }); });
    clock.advance(350);
    expect(seenMs).toEqual([100, 200, 270, 300]);
    expect(clock.nowMs()).toBe(1_760_000_000_350);
  });
});

describe('PacedClock', () => {
  /** Resolves after that many turns of the event loop. */
  async function turns(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
  }

  it('stands still before its start, while it is held, and after its stop', async () => {
    const clock = new PacedClock({ startAtMs: 0, stepMs: 10, maximumRate: 1e6 });
    await turns(10);
    expect(clock.monotonicMs()).toBe(0);
    let held = true;
    clock.holdWhile(() => held);
    clock.start();
    await turns(10);
    expect(clock.monotonicMs()).toBe(0);
    held = false;
    await clock.sleep(50);
    clock.stop();
    const stoppedAtMs = clock.monotonicMs();
    await turns(10);
    expect(clock.monotonicMs()).toBe(stoppedAtMs);
  });

  it('moves by whole steps, and turns the event loop between them', async () => {
    const clock = new PacedClock({ startAtMs: 0, stepMs: 20, maximumRate: 1e6 });
    const seen: { atMs: number; turn: number }[] = [];
    let turn = 0;
    let counting = true;
    const count = (): void => {
      turn += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    clock.every(20, () => { seen.push({ atMs: clock.monotonicMs(), turn }); });
    clock.start();
    await clock.sleep(200);
    clock.stop();
    counting = false;
    expect(seen.slice(0, 10).map(({ atMs }) => atMs)).toEqual([20, 40, 60, 80, 100, 120, 140, 160, 180, 200]);
    for (const [i, { turn: at }] of seen.entries()) expect(at).toBeGreaterThan(seen[i - 1]?.turn ?? -1);
  });

  it('is not faster than its rate', async () => {
    const clock = new PacedClock({ startAtMs: 0, stepMs: 10, maximumRate: 10 });
    const startedMs = performance.now();
    clock.start();
    await clock.sleep(300);
    clock.stop();
    expect(performance.now() - startedMs).toBeGreaterThan(20);
  });
});
