import fc from 'fast-check';
import { brakingDistanceM, rollOut, rollOutBraking, rollOutSteady } from './speed-profile';

const STEP_S = 0.1;
const driving = { maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5 };
const free = { fromSM: [0], limitMps: [8.3] };
const speed = fc.integer({ min: 0, max: 8300 }).map((mm) => mm / 1000);

function speeds(out: Float64Array): number[] {
  return Array.from(out.subarray(1), (sM, i) => (sM - out[i]!) / STEP_S);
}

describe('brakingDistanceM', () => {
  it('is 22.96 m from 8.3 m/s at 1.5 m/s²', () => {
    expect(brakingDistanceM(8.3, 1.5)).toBeCloseTo(68.89 / 3, 10);
  });
});

describe('rollOut', () => {
  it('accelerates from standstill: 5.6 m in 4 s at 0.7 m/s²', () => {
    const out = new Float64Array(41);
    expect(rollOut(0, 0, Infinity, free, driving, STEP_S, out)).toBeCloseTo(2.8, 9);
    expect(out[40]).toBeCloseTo(5.6, 9);
  });

  it('stands at the stop within 5 cm, whatever its speed, if it can stop at all', () => {
    fc.assert(fc.property(speed, fc.integer({ min: 0, max: 60 }), (startMps, spareM) => {
      const stopSM = 100 + brakingDistanceM(startMps, 1.5) + spareM;
      const out = new Float64Array(601);
      expect(rollOut(100, startMps, stopSM, free, driving, STEP_S, out)).toBeLessThan(0.01);
      expect(out[600]).toBeGreaterThan(stopSM - 0.05);
      expect(out[600]).toBeLessThanOrEqual(stopSM);
    }), { seed: 1 });
  });

  it('never goes back, never passes the stop, and keeps to its accelerations', () => {
    fc.assert(fc.property(speed, fc.integer({ min: 30, max: 200 }), speed, (startMps, aheadM, limitMps) => {
      const out = new Float64Array(101);
      rollOut(0, startMps, aheadM, { fromSM: [0, 25], limitMps: [8.3, Math.max(1, limitMps)] }, driving, STEP_S, out);
      let before = startMps;
      for (const mps of speeds(out)) {
        expect(mps).toBeGreaterThanOrEqual(0);
        expect(mps - before).toBeLessThanOrEqual(0.7 * STEP_S + 1e-9);
        // The last step ends at the stop wherever it began.
        if (out[100]! < aheadM) expect(before - mps).toBeLessThanOrEqual(1.5 * 1.05 * STEP_S + 1e-9);
        before = mps;
      }
      expect(out[100]).toBeLessThanOrEqual(aheadM);
    }), { seed: 2 });
  });

  it('is down to a lower limit where that begins', () => {
    const out = new Float64Array(200);
    rollOut(0, 8.3, Infinity, { fromSM: [0, 60], limitMps: [8.3, 3] }, driving, STEP_S, out);
    speeds(out).forEach((mps, i) => { if (out[i]! >= 60) expect(mps).toBeLessThanOrEqual(3.05); });
    // It brakes as late as it may: 20 m before, it is still at full speed.
    const at = out.findIndex((sM) => sM > 36);
    expect(speeds(out)[at - 1]).toBeCloseTo(8.3, 1);
  });

  it('is the same drive further along the path', () => {
    const a = new Float64Array(81);
    const b = new Float64Array(81);
    rollOut(0, 5, 40, { fromSM: [0, 15], limitMps: [8, 4] }, driving, STEP_S, a);
    rollOut(1000, 5, 1040, { fromSM: [0, 1015], limitMps: [8, 4] }, driving, STEP_S, b);
    a.forEach((sM, i) => { expect(b[i]).toBeCloseTo(sM + 1000, 9); });
  });

  it('comes to the closed form of a trapezoid: 100 m from standstill to standstill in 20.33 s', () => {
    // 0.7 up to 8.3 takes 11.86 s and 49.2 m, 1.5 down 5.53 s and 23.0 m, 27.8 m between take 3.35 s: 20.74 s less what rounding to steps gives.
    const out = new Float64Array(301);
    rollOut(0, 0, 100, free, driving, STEP_S, out);
    const arrivedS = out.findIndex((sM) => sM > 99.95) * STEP_S;
    expect(Math.abs(arrivedS - (8.3 / 0.7 + 8.3 / 1.5 + (100 - 8.3 ** 2 / 1.4 - 8.3 ** 2 / 3) / 8.3))).toBeLessThan(0.5);
  });
});

describe('rollOutBraking', () => {
  it('ends after the braking distance and stays there', () => {
    const out = new Float64Array(101);
    rollOutBraking(10, 6, 1.5, STEP_S, out);
    expect(out[20]).toBeCloseTo(10 + 12 - 3, 9);
    expect(out[100]).toBeCloseTo(10 + brakingDistanceM(6, 1.5), 9);
  });
});

describe('rollOutSteady', () => {
  it.each([
    { mps: 4, mps2: 0, atS: 5, sM: 20, because: 'nothing changes' },
    { mps: 4, mps2: -1, atS: 8, sM: 8, because: 'it stands after 4 s and 8 m' },
    { mps: 7.3, mps2: 1, atS: 3, sM: 7.8 + 16.6, because: 'it reaches 8.3 m/s after 1 s and keeps it' },
    { mps: 9, mps2: 1, atS: 2, sM: 18, because: 'what is too fast already gains nothing' },
    { mps: -2, mps2: 0, atS: 3, sM: -6, because: 'it goes on backwards' },
    { mps: -2, mps2: 1, atS: 9, sM: -2, because: 'backwards it stands after 2 s and 2 m' },
    { mps: 0, mps2: -1, atS: 9, sM: 0, because: 'what stands does not brake itself backwards' },
  ])('$sM m after $atS s when $because', ({ mps, mps2, atS, sM }) => {
    const out = new Float64Array(101);
    rollOutSteady(0, mps, mps2, 8.3, STEP_S, out);
    expect(out[atS * 10]).toBeCloseTo(sM, 9);
  });
});
