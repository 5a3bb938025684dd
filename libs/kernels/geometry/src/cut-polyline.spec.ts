import { cutPolyline } from './cut-polyline';
import type { Polyline } from './polyline';

const bend: Polyline = {
  xyM: Float64Array.of(0, 0, 10, 0, 10, 10), sM: Float64Array.of(0, 10, 20), headingRad: Float64Array.of(0, Math.PI / 2, Math.PI / 2),
};

describe('cutPolyline', () => {
  it('ends with a point at the arc length asked for', () => {
    const cut = cutPolyline(bend, 14);
    expect([...cut.xyM]).toEqual([0, 0, 10, 0, 10, 4]);
    expect([...cut.sM]).toEqual([0, 10, 14]);
  });
  it('keeps a point that lies exactly at the cut once', () => {
    expect([...cutPolyline(bend, 10).xyM]).toEqual([0, 0, 10, 0]);
  });
  it('gives the whole curve beyond its end', () => {
    expect(cutPolyline(bend, 25)).toBe(bend);
  });
  it('refuses a cut that leaves nothing', () => {
    expect(() => cutPolyline(bend, 0)).toThrow(RangeError);
  });
});
