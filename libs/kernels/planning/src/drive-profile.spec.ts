import fc from 'fast-check';
import { durationS, fastestDrive, passingS, speedEnvelope } from './drive-profile';

const driving = { maximumSpeedMps: 8, accelerationMps2: 1, brakingMps2: 2 };

/** The same drive by small steps: as fast as acceleration, the limits ahead and the end allow. */
function steppedS(limits: readonly (readonly [fromSM: number, limitMps: number])[], fromMps: number, toSM: number): number {
  const stepM = 0.002;
  const steps = Math.round(toSM / stepM);
  const allowed = new Float64Array(steps + 1);
  for (let i = steps - 1; i >= 0; i -= 1) {
    const sM = i * stepM;
    const limit = Math.min(8, limits.filter(([from]) => from <= sM + 1e-9).at(-1)?.[1] ?? 8);
    allowed[i] = Math.min(limit, Math.sqrt(allowed[i + 1]! ** 2 + 2 * 2 * stepM));
  }
  let speed = fromMps;
  let timeS = 0;
  for (let i = 0; i < steps; i += 1) {
    const next = Math.min(allowed[i + 1]!, Math.sqrt(speed * speed + 2 * stepM));
    timeS += (2 * stepM) / Math.max(1e-9, speed + next);
    speed = next;
  }
  return timeS;
}

describe('fastestDrive', () => {
  it.each([
    { lengthM: 72, seconds: 15, because: '8 s and 32 m to 8 m/s, 24 m at 8 m/s, 4 s and 16 m to rest' },
    { lengthM: 24, seconds: 8.4853, because: 'top speed v with v²/2 + v²/4 = 24 is √32, reached after √32 s and lost in √32/2 s' },
    { lengthM: 0, seconds: 0, because: 'it is there' },
  ])('takes $seconds s over $lengthM m: $because', ({ lengthM, seconds }) => {
    const profile = fastestDrive(speedEnvelope([], [], lengthM, driving), driving, 0, 0, lengthM);
    expect(durationS(profile)).toBeCloseTo(seconds, 3);
  });

  it('brakes before a lower limit so that it is kept where it begins', () => {
    const envelope = speedEnvelope([0, 50, 60], [8, 2, 8], 100, driving);
    const profile = fastestDrive(envelope, driving, 0, 0, 100);
    const at = profile.sM.findIndex((sM) => Math.abs(sM - 50) < 1e-6);
    expect(Math.sqrt(profile.u[at]!)).toBeCloseTo(2, 6);
    expect(passingS(profile, 60) - passingS(profile, 50)).toBeCloseTo(5, 6);
  });

  it('brakes harder than in service when the end is too near', () => {
    const profile = fastestDrive(speedEnvelope([], [], 4, driving), driving, 0, 8, 4);
    expect(durationS(profile)).toBeCloseTo(1, 9);
    expect(profile.u.at(-1)).toBe(0);
  });

  it('agrees with the same drive by small steps', () => {
    const limits = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 9 })), { maxLength: 4 })
      .map((list) => [[0, 7] as const, ...list.sort((a, b) => a[0] - b[0]).filter(([sM], i, all) => i === 0 || sM > all[i - 1]![0])]);
    fc.assert(fc.property(limits, fc.integer({ min: 5, max: 80 }), (list, toSM) => {
      const envelope = speedEnvelope(list.map(([sM]) => sM), list.map(([, mps]) => mps), toSM, driving);
      const seconds = durationS(fastestDrive(envelope, driving, 0, 0, toSM));
      expect(Math.abs(seconds - steppedS(list, 0, toSM))).toBeLessThan(0.1);
    }), { numRuns: 60, seed: 7 });
  });

  it('is never slower for passing a place than for stopping there', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 79 }), fc.integer({ min: 0, max: 7 }), (placeSM, fromMps) => {
      const envelope = speedEnvelope([0, 30, 50], [8, 3, 6], 80, driving);
      const through = fastestDrive(envelope, driving, 0, fromMps, 80);
      expect(passingS(through, placeSM)).toBeLessThanOrEqual(durationS(fastestDrive(envelope, driving, 0, fromMps, placeSM)) + 1e-9);
    }), { numRuns: 200, seed: 7 });
  });
});
