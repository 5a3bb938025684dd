import { polygonAreaM2 } from '@quaymaster/geometry';
import * as fc from 'fast-check';
import { POSE_STRIDE } from '../vehicle-poses';
import { aheadOf, drawnModel, partPoses, placeParts, placeRing } from './vehicle-contours';

const box = (frontM: number, rearM: number, halfM: number): number[] => [-rearM, -halfM, frontM, -halfM, frontM, halfM, -rearM, halfM];
const tractor = drawnModel({
  id: 't', frontM: 4, rearM: 11, widthM: 2, maximumSpeedMps: 8, accelerationMps2: 1, brakingMps2: 1,
  parts: [{ contourM: box(4, 1, 1), axleBehindHitchM: 0, hitchForwardM: 0.5 }, { contourM: box(1, 11, 1), axleBehindHitchM: 8, hitchForwardM: -10 }, { contourM: box(0, 6, 1), axleBehindHitchM: 5, hitchForwardM: 0 }],
});
const poseOf = (number: number, ...numbers: number[]): Float64Array => {
  const poses = new Float64Array((number + 1) * POSE_STRIDE);
  poses.set(numbers, number * POSE_STRIDE);
  return poses;
};

describe('placeParts', () => {
  it('hangs each part at the hitch of the one before, turned by the hitch angle', () => {
    placeParts(tractor, poseOf(2, 100, 50, Math.PI / 2, -Math.PI / 2, Math.PI / 2), 2);
    // Facing north, hitch 0.5 m ahead; the trailer faces east, its hitch 10 m behind its own; the last faces north again.
    expect([...partPoses.subarray(0, 9)].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([
      100, 50, Math.round((Math.PI / 2) * 1e9) / 1e9, 100, 50.5, 0, 90, 50.5, Math.round((Math.PI / 2) * 1e9) / 1e9,
    ]);
  });
  it('moves and turns every corner with the vehicle', () => {
    fc.assert(fc.property(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -31, max: 31 }), fc.integer({ min: -15, max: 15 }), (xM, tenthRad, hitchTenthRad) => {
      const still = new Float64Array(8);
      const moved = new Float64Array(8);
      placeParts(tractor, poseOf(0, 0, 0, 0, hitchTenthRad / 10), 0);
      expect(placeRing(tractor.parts[1]!.contourM, 1, still)).toBe(8);
      placeParts(tractor, poseOf(0, xM, 7, tenthRad / 10, hitchTenthRad / 10), 0);
      placeRing(tractor.parts[1]!.contourM, 1, moved);
      const cos = Math.cos(tenthRad / 10);
      const sin = Math.sin(tenthRad / 10);
      for (let i = 0; i < 8; i += 2) {
        expect(moved[i]).toBeCloseTo(xM + still[i]! * cos - still[i + 1]! * sin, 9);
        expect(moved[i + 1]).toBeCloseTo(7 + still[i]! * sin + still[i + 1]! * cos, 9);
      }
    }));
  });
});

describe('aheadOf', () => {
  it('cuts the front 1.3 m off a box of 2 m width: 2.6 m²', () => {
    expect(polygonAreaM2(tractor.noseM)).toBeCloseTo(2.6, 9);
  });
  it('splits a contour into two that make up the whole', () => {
    const hexagon = [3, 0, 1.5, 2.6, -1.5, 2.6, -3, 0, -1.5, -2.6, 1.5, -2.6];
    fc.assert(fc.property(fc.integer({ min: -29, max: 29 }), (tenths) => {
      const ahead = polygonAreaM2(aheadOf(hexagon, tenths / 10));
      const behind = polygonAreaM2(aheadOf(hexagon.map((value) => -value), -tenths / 10));
      expect(ahead + behind).toBeCloseTo(polygonAreaM2(hexagon), 9);
    }));
  });
});
