import { createPolyline, normalizeAngleRad } from '@quaymaster/geometry';
import fc from 'fast-check';
import { buildPoseTable, partPose } from './pose-table';
import { PredictedMotion } from './predicted-motion';
import { rollOutSteady } from './speed-profile';
import type { VehicleModel } from './vehicle-model';

const box = (frontM: number, rearM: number, widthM: number): number[] => [-rearM, -widthM / 2, frontM, -widthM / 2, frontM, widthM / 2, -rearM, widthM / 2];
const tractor: VehicleModel = {
  id: 'tractor',
  parts: [{ contourM: box(4.2, 1.4, 2.6), axleBehindHitchM: 0, hitchForwardM: 0.4 }, { contourM: box(0.9, 11.7, 2.6), axleBehindHitchM: 8, hitchForwardM: 0 }],
  frontM: 4.2, rearM: 11.3, widthM: 2.6, maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5,
};
const SAMPLES = 81;
const motion = new PredictedMotion(2, SAMPLES, 0.1);
const progressM = new Float64Array(SAMPLES);
const pose = new Float64Array(3);

function path(): ReturnType<typeof createPolyline> {
  const xyM = [0, 0, 30, 0];
  for (let s = 0.25; s <= 60; s += 0.25) xyM.push(30 + 18 * Math.sin(s / 18), 18 * (1 - Math.cos(s / 18)));
  return createPolyline(xyM);
}

describe('PredictedMotion.followPath', () => {
  const table = buildPoseTable(path(), tractor);

  it('is where the table is when nothing is said about the vehicle itself', () => {
    rollOutSteady(20, 6, 0, 8.3, 0.1, progressM);
    motion.followPath(table, tractor, progressM);
    for (let k = 0; k < SAMPLES; k += 7) {
      for (let part = 0; part < 2; part += 1) {
        partPose(table, part, progressM[k]!, pose);
        const at = part * SAMPLES + k;
        // Between two rows the table has the hitch on a chord.
        expect(Math.hypot(motion.xM[at]! - pose[0]!, motion.yM[at]! - pose[1]!)).toBeLessThan(1e-3);
        expect(motion.headingRad[at]).toBeCloseTo(pose[2]!, 9);
      }
    }
  });

  it('starts at the vehicle and comes back to the path with distance', () => {
    rollOutSteady(10, 5, 0, 8.3, 0.1, progressM);
    motion.followPath(table, tractor, progressM, { xM: 10, yM: 0.8, headingRad: 0.1, hitchAnglesRad: [-0.3] });
    expect(motion.xM[0]).toBeCloseTo(10, 9);
    expect(motion.yM[0]).toBeCloseTo(0.8, 9);
    expect(motion.headingRad[0]).toBeCloseTo(0.1, 9);
    expect(motion.headingRad[SAMPLES]).toBeCloseTo(-0.2, 9);
    // The trailer hangs at its hitch all the time.
    for (let k = 0; k < SAMPLES; k += 1) {
      expect(motion.xM[SAMPLES + k]).toBeCloseTo(motion.xM[k]! + 0.4 * Math.cos(motion.headingRad[k]!), 9);
    }
    partPose(table, 0, progressM[SAMPLES - 1]!, pose);
    expect(Math.hypot(motion.xM[SAMPLES - 1]! - pose[0]!, motion.yM[SAMPLES - 1]! - pose[1]!)).toBeLessThan(0.8 * Math.exp(-40 / 8) + 1e-6);
  });

  it('does not move while the progress does not', () => {
    progressM.fill(25);
    motion.followPath(table, tractor, progressM, { xM: 25, yM: 0.5, headingRad: 0, hitchAnglesRad: [0.2] });
    expect(motion.moves).toBe(false);
    expect([motion.minYM, motion.maxYM]).toEqual([0.5, 0.5]);
  });
});

describe('PredictedMotion.followArc', () => {
  it('drives a circle: radius speed over turn rate, whatever the acceleration', () => {
    fc.assert(fc.property(fc.integer({ min: 10, max: 83 }), fc.integer({ min: 2, max: 40 }), fc.integer({ min: -15, max: 7 }), (dmps, cradps, dmps2) => {
      const speedMps = dmps / 10;
      const yawRate = cradps / 100;
      rollOutSteady(0, speedMps, dmps2 / 10, 8.3, 0.1, progressM);
      motion.followArc(tractor, { xM: 3, yM: 4, headingRad: 1, hitchAnglesRad: [0] }, speedMps, yawRate, progressM);
      const radiusM = speedMps / yawRate;
      const centreX = 3 - radiusM * Math.sin(1);
      const centreY = 4 + radiusM * Math.cos(1);
      for (let k = 0; k < SAMPLES; k += 8) {
        expect(Math.hypot(motion.xM[k]! - centreX, motion.yM[k]! - centreY)).toBeCloseTo(radiusM, 6);
        expect(normalizeAngleRad(motion.headingRad[k]! - 1 - progressM[k]! / radiusM)).toBeCloseTo(0, 9);
      }
    }), { numRuns: 100, seed: 1 });
  });

  it('pulls the trailer as a table along the same circle does', () => {
    // The table starts with its trailer in line: so does the arc.
    const circle = createPolyline(Array.from({ length: 400 }, (_, i) => i * 0.1).flatMap((s) => [18 * Math.sin(s / 18), 18 * (1 - Math.cos(s / 18))]));
    const table = buildPoseTable(circle, tractor, 0.05);
    rollOutSteady(0, 4, 0, 8.3, 0.1, progressM);
    motion.followArc(tractor, { xM: 0, yM: 0, headingRad: 0, hitchAnglesRad: [0] }, 4, 4 / 18, progressM);
    for (let k = 0; k < SAMPLES; k += 10) {
      partPose(table, 1, progressM[k]!, pose);
      expect(motion.headingRad[SAMPLES + k]).toBeCloseTo(pose[2]!, 2);
    }
  });

  it('goes straight when it is too slow for its turn rate to mean anything', () => {
    rollOutSteady(0, 0.3, 0, 8.3, 0.1, progressM);
    motion.followArc(tractor, { xM: 0, yM: 0, headingRad: 0, hitchAnglesRad: [] }, 0.3, 0.2, progressM);
    expect(motion.yM[SAMPLES - 1]).toBe(0);
  });

  it('reverses with a negative speed', () => {
    rollOutSteady(0, -2, 0, 8.3, 0.1, progressM);
    motion.followArc(tractor, { xM: 0, yM: 0, headingRad: 0, hitchAnglesRad: [0] }, -2, 0, progressM);
    expect(motion.xM[SAMPLES - 1]).toBeCloseTo(-16, 9);
  });
});

describe('PredictedMotion', () => {
  it('sums up turning either way and covers all origins with its box', () => {
    rollOutSteady(0, 5, 0, 8.3, 0.1, progressM);
    motion.followArc(tractor, { xM: 0, yM: 0, headingRad: 0, hitchAnglesRad: [0.5] }, 5, 0.3, progressM);
    expect(motion.turnedRad[SAMPLES - 1]).toBeCloseTo(2.4, 9);
    for (let i = 0; i < 2 * SAMPLES; i += 1) {
      expect(motion.xM[i]).toBeGreaterThanOrEqual(motion.minXM);
      expect(motion.xM[i]).toBeLessThanOrEqual(motion.maxXM);
      expect(motion.yM[i]).toBeGreaterThanOrEqual(motion.minYM);
      expect(motion.yM[i]).toBeLessThanOrEqual(motion.maxYM);
    }
  });
  it('refuses what it cannot hold', () => {
    expect(() => new PredictedMotion(1, 1, 0.1)).toThrow(RangeError);
    expect(() => { new PredictedMotion(1, 2, 0.1).moveStraight(2, 0, 0, 0, 0); }).toThrow(RangeError);
  });
});
