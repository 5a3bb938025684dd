import type { Clock } from '../src';

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Resolves when that much of the clock's own time has passed at least. */
  pass(durationMs: number): Promise<void>;
  close(): void;
}

/** What every Clock keeps. Spans are short, for clocks that only pass by waiting. */
export function describeClock(name: string, open: () => ClockUnderTest): void {
  describe(`${name} as a Clock`, () => {
    let clock: Clock;
    let pass: (durationMs: number) => Promise<void>;
    let close: () => void;
    beforeEach(() => {
      const opened = open();
      clock = opened.clock;
      pass = (durationMs) => opened.pass(durationMs);
      close = () => { opened.close(); };
    });
    afterEach(() => { close(); });

    it('tells whole milliseconds of the epoch, and durations that never run back', async () => {
      expect(Number.isInteger(clock.nowMs())).toBe(true);
      expect(clock.nowMs()).toBeGreaterThan(1_500_000_000_000);
      const startedMs = clock.monotonicMs();
      await pass(20);
      const elapsedMs = clock.monotonicMs() - startedMs;
      expect(elapsedMs).toBeGreaterThanOrEqual(19);
      expect(Number.isInteger(clock.nowMs())).toBe(true);
    });

    it('calls a task once, not before its delay', async () => {
      const startedMs = clock.monotonicMs();
      const calledAfterMs: number[] = [];
      clock.after(15, () => { calledAfterMs.push(clock.monotonicMs() - startedMs); });
      expect(calledAfterMs).toEqual([]);
      await pass(60);
      expect(calledAfterMs).toHaveLength(1);
      expect(calledAfterMs[0]).toBeGreaterThanOrEqual(14);
    });

    it('calls tasks in the order of their due times, first come first served', async () => {
      const called: string[] = [];
      clock.after(20, () => { called.push('later'); });
      clock.after(5, () => { called.push('sooner'); });
      clock.after(20, () => { called.push('later, asked second'); });
      await pass(60);
      expect(called).toEqual(['sooner', 'later', 'later, asked second']);
    });

    it('takes a delay below 0 for none', async () => {
      let called = 0;
      clock.after(-5, () => { called += 1; });
      expect(called).toBe(0);
      await pass(20);
      expect(called).toBe(1);
    });

    it('does not call what was cancelled, once or twice, before or after its time', async () => {
      const called: string[] = [];
      const cancel = clock.after(5, () => { called.push('cancelled'); });
      cancel();
      cancel();
      const late = clock.after(5, () => { called.push('done'); });
      await pass(30);
      late();
      expect(called).toEqual(['done']);
    });

    it('lets a delay of months wait', async () => {
      let called = 0;
      const cancel = clock.after(90 * 86_400_000, () => { called += 1; });
      await pass(20);
      cancel();
      expect(called).toBe(0);
    });

    it('repeats a task until it is cancelled, by itself too', async () => {
      let called = 0;
      const cancel = clock.every(5, () => {
        called += 1;
        if (called === 3) cancel();
      });
      expect(called).toBe(0);
      // A busy machine may serve a system timer late; it serves it in the end.
      for (let waits = 0; called < 3 && waits < 50; waits += 1) await pass(20);
      await pass(40);
      expect(called).toBe(3);
    });

    it('refuses a period that is not above 0', () => {
      expect(() => clock.every(0, () => undefined)).toThrow(RangeError);
      expect(() => clock.every(NaN, () => undefined)).toThrow(RangeError);
    });

    it('sleeps', async () => {
      const startedMs = clock.monotonicMs();
      const slept = clock.sleep(15).then(() => clock.monotonicMs() - startedMs);
      await pass(40);
      expect(await slept).toBeGreaterThanOrEqual(14);
    });

    it('wakes a sleeper that is aborted, with the reason, and does not put one to bed whose signal is gone', async () => {
      const controller = new AbortController();
      const sleeping = clock.sleep(1e6, controller.signal);
      const reason = new Error('enough');
      controller.abort(reason);
      await expect(sleeping).rejects.toBe(reason);
      await expect(clock.sleep(1, controller.signal)).rejects.toBe(reason);
    });

    it('leaves nothing on a signal when a sleep is over', async () => {
      const controller = new AbortController();
      let listeners = 0;
      const signal: AbortSignal = new Proxy(controller.signal, {
        get: (target, property) => {
          if (property === 'addEventListener') listeners += 1;
          if (property === 'removeEventListener') listeners -= 1;
          const value: unknown = Reflect.get(target, property, target);
          return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(target) : value;
        },
      });
      const slept = clock.sleep(5, signal);
      await pass(30);
      await slept;
      expect(listeners).toBe(0);
    });
  });
}
