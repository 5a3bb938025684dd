import * as fc from 'fast-check';
import { Camera } from './camera';

const bounds = [0, 0, 1000, 500] as const;
function camera(widthPx = 800, heightPx = 600): Camera {
  const made = new Camera();
  made.resize(widthPx, heightPx);
  made.setBounds(bounds);
  made.fit(bounds, true);
  return made;
}
const settle = (made: Camera): void => { for (let i = 0; i < 1000 && made.advance(16); i += 1); };
const pixel = fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 0, max: 600 }));

describe('Camera', () => {
  it('shows a site of 1000 m whole in 800 px less two margins of 48 px: 0.704 px/m', () => {
    expect(camera().view).toEqual({ xM: 500, yM: 250, pixelsPerM: 0.704 });
  });
  it('puts north up and the middle of the view in its middle', () => {
    const made = camera();
    expect(made.toScreen(500, 250)).toEqual([400, 300]);
    expect(made.toScreen(500, 260)[1]).toBeLessThan(300);
    expect(made.toScreen(510, 250)[0]).toBeGreaterThan(400);
  });
  it('finds the point of the site under any pixel', () => {
    fc.assert(fc.property(pixel, ([xPx, yPx]) => {
      const made = camera();
      const [x, y] = made.toScreen(...made.toSite(xPx, yPx));
      expect(x).toBeCloseTo(xPx, 6);
      expect(y).toBeCloseTo(yPx, 6);
    }));
  });
  it('keeps the point zoomed about where it is, at every moment of the glide', () => {
    fc.assert(fc.property(fc.tuple(fc.integer({ min: 200, max: 600 }), fc.integer({ min: 200, max: 400 })), fc.integer({ min: 11, max: 40 }), ([xPx, yPx], tenths) => {
      const made = camera();
      const under = made.toSite(xPx, yPx);
      made.zoomAt(xPx, yPx, tenths / 10);
      for (let i = 0; i < 200; i += 1) {
        const isOnWay = made.advance(16);
        const [x, y] = made.toScreen(...under);
        expect(Math.hypot(x - xPx, y - yPx)).toBeLessThan(0.2);
        if (!isOnWay) return;
      }
      throw new Error('the glide does not end');
    }));
  });
  it('moves the site with the pointer', () => {
    const made = camera();
    const under = made.toSite(400, 300);
    made.drag(30, -20);
    const [x, y] = made.toScreen(...under);
    expect([x, y]).toEqual([expect.closeTo(430, 6), expect.closeTo(280, 6)]);
  });
  it('does not leave the site', () => {
    const made = camera();
    made.drag(1e6, 1e6);
    expect(made.view).toMatchObject({ xM: 0, yM: 500 });
  });
  it('zooms no further than 60 px/m, nor out of sight of the site', () => {
    const made = camera();
    made.zoomAt(400, 300, 1e6, true);
    expect(made.view.pixelsPerM).toBe(60);
    made.zoomAt(400, 300, 1e-9, true);
    expect(made.view.pixelsPerM).toBeCloseTo(0.32, 9);
  });
  it('comes to rest exactly at its target', () => {
    const made = camera();
    made.centreOn(200, 100, 4);
    settle(made);
    expect(made.view).toEqual({ xM: 200, yM: 100, pixelsPerM: 4 });
    expect(made.advance(16)).toBe(false);
  });
  it('keeps a closer view when it is led to a vehicle', () => {
    const made = camera();
    made.zoomAt(400, 300, 1e6, true);
    made.centreOn(500, 250, 4);
    settle(made);
    expect(made.view.pixelsPerM).toBe(60);
  });
});
