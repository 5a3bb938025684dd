import { seededRandom } from '@quaymaster/geometry';
import { createBodyShape, type MovingBody, PredictedMotion } from '@quaymaster/motion';
import { boundedId } from './bounded-id';
import { SweptBoxes } from './swept-boxes';

function body(xM: number, yM: number, vxMps: number, vyMps: number): MovingBody {
  const motion = new PredictedMotion(1, 2, 8);
  motion.moveStraight(1, xM, yM, vxMps, vyMps);
  return { shape: createBodyShape([[-3, -4, 3, -4, 3, 4, -3, 4]]), motion };
}

describe('SweptBoxes', () => {
  it('finds, among 300 bodies, exactly those whose circles sweep over boxes that meet', () => {
    const random = seededRandom(3);
    const boxes = new SweptBoxes();
    const bodies = Array.from({ length: 300 }, () => body(random() * 500, random() * 500, random() * 10 - 5, random() * 10 - 5));
    bodies.forEach((b) => { boxes.set(boxes.add(), b, 0.1); });
    bodies.forEach((a, i) => {
      const near = boxes.near(i);
      const expected = bodies.flatMap((b, k) => {
        const apart = [a.motion.minXM - b.motion.maxXM, b.motion.minXM - a.motion.maxXM, a.motion.minYM - b.motion.maxYM, b.motion.minYM - a.motion.maxYM];
        return k !== i && Math.max(...apart) <= 10.2 ? [k] : [];
      });
      expect([...boxes.numbers.subarray(0, near)]).toEqual(expected);
    });
  });

  it('finds nothing for a number whose box was never set', () => {
    const boxes = new SweptBoxes();
    boxes.set(boxes.add(), body(0, 0, 0, 0), 0);
    expect(boxes.near(boxes.add())).toBe(0);
  });
});

describe('boundedId', () => {
  it('leaves ids of up to 128 characters as they are', () => {
    expect(boundedId('A|B|1')).toBe('A|B|1');
    expect(boundedId('x'.repeat(128))).toHaveLength(128);
  });
  it('keeps longer ones apart though their starts are the same', () => {
    const a = boundedId(`${'x'.repeat(200)}1`);
    const b = boundedId(`${'x'.repeat(200)}2`);
    expect(a).toHaveLength(128);
    expect(a).not.toBe(b);
  });
});
