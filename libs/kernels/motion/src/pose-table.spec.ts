import { createPolyline, normalizeAngleRad, polygonAreaM2, poseOnPolyline } from '@quaymaster/geometry';
import fc from 'fast-check';
import { buildPoseTable, contourAt, inflatedContours, partPose, towedHeadingRad } from './pose-table';
import type { VehicleModel } from './vehicle-model';

const box = (frontM: number, rearM: number, widthM: number): number[] => [-rearM, -widthM / 2, frontM, -widthM / 2, frontM, widthM / 2, -rearM, widthM / 2];
const tractor: VehicleModel = {
  id: 'tractor',
  parts: [{ contourM: box(4.2, 1.4, 2.6), axleBehindHitchM: 0, hitchForwardM: 0.4 }, { contourM: box(0.9, 11.7, 2.6), axleBehindHitchM: 8, hitchForwardM: 0 }],
  frontM: 4.2, rearM: 11.3, widthM: 2.6, maximumSpeedMps: 8.3, accelerationMps2: 0.7, brakingMps2: 1.5,
};
const pose = new Float64Array(3);

/** 20 m straight, then on a circle to the left. */
function intoCircle(radiusM: number, arcM: number, chordM = 0.1): ReturnType<typeof createPolyline> {
  const xyM = [0, 0, 20, 0];
  for (let s = chordM; s <= arcM; s += chordM) xyM.push(20 + radiusM * Math.sin(s / radiusM), radiusM * (1 - Math.cos(s / radiusM)));
  return createPolyline(xyM);
}

describe('towedHeadingRad', () => {
  it('does not turn when the hitch is pulled straight ahead or stands', () => {
    expect(towedHeadingRad(0.3, Math.cos(0.3), Math.sin(0.3), 8)).toBeCloseTo(0.3, 12);
    expect(towedHeadingRad(0.3, 0, 0, 8)).toBe(0.3);
  });
  it('agrees with small steps of dθ/ds = sin(φ - θ)/L', () => {
    fc.assert(fc.property(fc.integer({ min: -2500, max: 2500 }), fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 2000, max: 12_000 }), (mrad, mm, axleMm) => {
      let theta = 0;
      for (let i = 0; i < 20_000; i += 1) theta += (Math.sin(mrad / 1000 - theta) / (axleMm / 1000)) * (mm / 1000 / 20_000);
      const exact = towedHeadingRad(0, (mm / 1000) * Math.cos(mrad / 1000), (mm / 1000) * Math.sin(mrad / 1000), axleMm / 1000);
      expect(exact).toBeCloseTo(theta, 3);
    }), { numRuns: 40, seed: 1 });
  });
  it('does not depend on how a straight pull is cut up', () => {
    fc.assert(fc.property(fc.integer({ min: -3000, max: 3000 }), fc.integer({ min: 1, max: 9 }), (mrad, cut) => {
      const whole = towedHeadingRad(mrad / 1000, 2, 0, 8);
      const first = towedHeadingRad(mrad / 1000, (2 * cut) / 10, 0, 8);
      expect(towedHeadingRad(first, 2 - (2 * cut) / 10, 0, 8)).toBeCloseTo(whole, 9);
    }), { seed: 2 });
  });
  it('turns the mirror image of the pull the other way', () => {
    expect(towedHeadingRad(-0.2, 1, -0.5, 6)).toBeCloseTo(-towedHeadingRad(0.2, 1, 0.5, 6), 12);
  });
});

describe('buildPoseTable', () => {
  it('puts every part on a straight line one behind the other', () => {
    const table = buildPoseTable(createPolyline([0, 0, 30, 0]), tractor);
    partPose(table, 0, 12, pose);
    expect([...pose]).toEqual([12, 0, 0]);
    partPose(table, 1, 12, pose);
    expect(pose[0]).toBeCloseTo(12.4, 12);
    expect(pose[2]).toBe(0);
  });
  it('settles to the steady turn of a trailer on a circle: sin(angle at the hitch) = L / radius of the hitch', () => {
    const table = buildPoseTable(intoCircle(18, 110), tractor);
    partPose(table, 0, 125, pose);
    const tractorRad = pose[2]!;
    partPose(table, 1, 125, pose);
    const hitchRadiusM = Math.hypot(18, 0.4);
    // The hitch runs ahead of the axle on a wider circle: its direction is atan(0.4 / 18) further round.
    const expected = Math.atan(0.4 / 18) - Math.asin(8 / hitchRadiusM);
    expect(normalizeAngleRad(pose[2]! - tractorRad)).toBeCloseTo(expected, 2);
  });
  it('differs by less than 1 mrad from steps 50 times finer on an arc of 18 m', () => {
    const path = intoCircle(18, 60);
    const coarse = buildPoseTable(path, tractor);
    const fine = buildPoseTable(path, tractor, 0.005);
    const other = new Float64Array(3);
    for (let sM = 0; sM <= coarse.lengthM; sM += 0.25) {
      partPose(coarse, 1, sM, pose);
      partPose(fine, 1, sM, other);
      expect(Math.abs(pose[2]! - other[2]!)).toBeLessThan(1e-3);
    }
  });
  it('never lets a trailer axle slip sideways by more than a tenth of a millimetre a step', () => {
    const table = buildPoseTable(intoCircle(18, 60), tractor, 0.05);
    for (let i = 1; i < table.rows - 1; i += 1) {
      const at = table.rows + i;
      const middleRad = (table.headingRad[at]! + table.headingRad[at - 1]!) / 2;
      const axle = (k: number): [number, number] => [table.xM[k]! - 8 * Math.cos(table.headingRad[k]!), table.yM[k]! - 8 * Math.sin(table.headingRad[k]!)];
      const [ax, ay] = axle(at - 1);
      const [bx, by] = axle(at);
      expect(Math.abs((by - ay) * Math.cos(middleRad) - (bx - ax) * Math.sin(middleRad))).toBeLessThan(1e-4);
    }
  });
  it('keeps headings unwrapped through more than a full turn', () => {
    const table = buildPoseTable(intoCircle(12, 100), tractor);
    for (let i = 1; i < table.rows; i += 1) expect(Math.abs(table.headingRad[i]! - table.headingRad[i - 1]!)).toBeLessThan(0.1);
    expect(table.headingRad[table.rows - 1]).toBeCloseTo(100 / 12, 1);
  });
  it('moves with its path', () => {
    const path = intoCircle(15, 30);
    const turned = createPolyline(Array.from(path.xyM, (_, i) => (i % 2 === 0 ? 7 - path.xyM[i + 1]! : path.xyM[i - 1]! - 3)));
    const a = buildPoseTable(path, tractor);
    const b = buildPoseTable(turned, tractor);
    for (let i = 0; i < a.xM.length; i += 1) {
      expect(b.xM[i]).toBeCloseTo(7 - a.yM[i]!, 6);
      expect(b.yM[i]).toBeCloseTo(a.xM[i]! - 3, 6);
    }
  });
});

describe('partPose', () => {
  it('meets the path at arc lengths between rows, in the short last stretch too, and stays at the ends beyond', () => {
    const path = createPolyline([0, 0, 10.1, 0]);
    const table = buildPoseTable(path, tractor);
    const expected = new Float64Array(3);
    for (const sM of [-1, 0, 0.1, 5.13, 10, 10.05, 10.1, 12]) {
      poseOnPolyline(path, sM, expected);
      partPose(table, 0, sM, pose);
      expect(pose[0]).toBeCloseTo(expected[0]!, 9);
    }
  });
});

describe('contours', () => {
  it('are placed at the pose of their part', () => {
    const table = buildPoseTable(createPolyline([0, 0, 0, 30]), tractor);
    const out = new Float64Array(8);
    expect(contourAt(table, tractor.parts[0]!.contourM, 0, 10, out)).toBe(8);
    [1.3, 8.6, 1.3, 14.2, -1.3, 14.2, -1.3, 8.6].forEach((value, i) => { expect(out[i]).toBeCloseTo(value, 9); });
  });
  it('grow by the margin on each side', () => {
    const [first] = inflatedContours(tractor, 0.5);
    expect(polygonAreaM2(first!)).toBeCloseTo((5.6 + 1) * (2.6 + 1), 9);
  });
});
