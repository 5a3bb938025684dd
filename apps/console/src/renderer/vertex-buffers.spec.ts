import * as fc from 'fast-check';
import { polygonAreaM2 } from '@quaymaster/geometry';
import { MARKER_BYTES, MarkerBuffer, MarkerShape } from './marker-buffer';
import { STROKE_VERTEX_BYTES, StrokeBuffer } from './stroke-buffer';
import { FILL_VERTEX_BYTES, TriangleBuffer, type Triangulate } from './triangle-buffer';

let triangulate: Triangulate;
beforeAll(async () => { triangulate = (await import('earcut')).default; });

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function trianglesOf(buffer: TriangleBuffer): number[][] {
  const view = viewOf(buffer.data);
  return Array.from({ length: buffer.vertices / 3 }, (_, t) => [0, 1, 2].flatMap((k) => {
    const at = (3 * t + k) * FILL_VERTEX_BYTES;
    return [view.getFloat32(at, true), view.getFloat32(at + 4, true)];
  }));
}
const areaOf = (buffer: TriangleBuffer): number => trianglesOf(buffer).reduce((sum, triangle) => sum + Math.abs(polygonAreaM2(triangle)), 0);

describe('TriangleBuffer', () => {
  it('covers a convex ring with count - 2 triangles of the same area', () => {
    const buffer = new TriangleBuffer(0, 0);
    buffer.convex([9, 9, 0, 0, 4, 0, 4, 3, 0, 3, 9, 9], 2, 8, 5);
    expect(buffer.vertices).toBe(6);
    expect(areaOf(buffer)).toBe(12);
    expect(buffer.data[8]).toBe(5);
  });
  it('covers a bent strip, such as a block in a curve, with its own area', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 5, max: 90 }), (steps, radiusM) => {
      const ring: number[] = [];
      for (let i = 0; i <= steps; i += 1) ring.push((radiusM + 2) * Math.cos((i / steps) * 1.5), (radiusM + 2) * Math.sin((i / steps) * 1.5));
      for (let i = steps; i >= 0; i -= 1) ring.push((radiusM - 2) * Math.cos((i / steps) * 1.5), (radiusM - 2) * Math.sin((i / steps) * 1.5));
      const buffer = new TriangleBuffer(0, 0);
      buffer.polygon(ring, 0, triangulate);
      expect(areaOf(buffer)).toBeCloseTo(Math.abs(polygonAreaM2(ring)), 2);
    }));
  });
  it('holds millimetres far from the origin of the site by measuring from the map', () => {
    const buffer = new TriangleBuffer(500_000, 4_000_000);
    buffer.vertex(500_000.001, 4_000_000.002, 0);
    const view = viewOf(buffer.data);
    expect(view.getFloat32(0, true)).toBeCloseTo(0.001, 6);
    expect(view.getFloat32(4, true)).toBeCloseTo(0.002, 6);
  });
  it('keeps every vertex while it grows, and starts anew when cleared', () => {
    const buffer = new TriangleBuffer(0, 0);
    for (let i = 0; i < 5000; i += 1) buffer.vertex(i, -i, i % 256);
    const view = viewOf(buffer.data);
    expect(buffer.data.byteLength).toBe(5000 * FILL_VERTEX_BYTES);
    for (const i of [0, 63, 64, 4999]) expect([view.getFloat32(i * FILL_VERTEX_BYTES, true), buffer.data[i * FILL_VERTEX_BYTES + 8]]).toEqual([i, i % 256]);
    buffer.clear();
    expect(buffer.data.byteLength).toBe(0);
  });
});

interface StrokeVertex { readonly xM: number; readonly yM: number; readonly offX: number; readonly offY: number; readonly alongM: number; readonly style: readonly number[] }
function strokeOf(buffer: StrokeBuffer): StrokeVertex[] {
  const view = viewOf(buffer.data);
  return Array.from({ length: buffer.vertices }, (_, i) => {
    const at = i * STROKE_VERTEX_BYTES;
    const [xM, yM, offX, offY, alongM] = [0, 4, 8, 12, 16].map((byte) => view.getFloat32(at + byte, true)) as [number, number, number, number, number];
    return { xM, yM, offX, offY, alongM, style: [20, 21, 22, 23].map((byte) => view.getUint8(at + byte)) };
  });
}

describe('StrokeBuffer', () => {
  it('makes a straight line a ribbon: left and right of each end', () => {
    const buffer = new StrokeBuffer(0, 0);
    buffer.segment(0, 0, 10, 0, 7, 2, 5);
    expect(strokeOf(buffer)[0]).toEqual({ xM: 0, yM: 0, offX: -0, offY: 1, alongM: 0, style: [7, 255, 16, 5] });
    expect(strokeOf(buffer)[5]).toEqual({ xM: 10, yM: 0, offX: 0, offY: -1, alongM: 10, style: [7, 0, 16, 5] });
  });
  it('meets a right angle in the corner of both ribbons', () => {
    const buffer = new StrokeBuffer(0, 0);
    buffer.line([0, 0, 10, 0, 10, 10], 0, 6, false, 0, 1);
    const atCorner = strokeOf(buffer).filter((vertex) => vertex.xM === 10 && vertex.yM === 0);
    expect(atCorner).toHaveLength(6);
    for (const { offX, offY, style } of atCorner) {
      const sign = style[1] === 255 ? 1 : -1;
      expect([offX * sign, offY * sign]).toEqual([expect.closeTo(-1, 6), expect.closeTo(1, 6)]);
    }
  });
  it('never moves an edge further than two and a half half widths, however sharp the corner', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), { minLength: 2, maxLength: 12 }), fc.boolean(), (points, isClosed) => {
      const buffer = new StrokeBuffer(0, 0);
      buffer.line(points.flat(), 0, points.length * 2, isClosed, 0, 1);
      for (const { offX, offY } of strokeOf(buffer)) {
        const reach = Math.hypot(offX, offY);
        expect(reach).toBeGreaterThan(0.999);
        expect(reach).toBeLessThan(2.501);
      }
    }));
  });
  it('closes a ring with one stretch more, and leaves out stretches without length', () => {
    const buffer = new StrokeBuffer(0, 0);
    buffer.line([0, 0, 1, 0, 1, 1, 0, 1], 0, 8, true, 0, 1);
    expect(buffer.vertices).toBe(4 * 6);
    buffer.clear();
    buffer.line([0, 0, 0, 0, 1, 1], 0, 6, false, 0, 1);
    expect(buffer.vertices).toBe(6);
    buffer.clear();
    buffer.line([3, 3], 0, 2, false, 0, 1);
    expect(buffer.vertices).toBe(0);
  });
});

describe('MarkerBuffer', () => {
  it('packs place, colour, size and shape', () => {
    const buffer = new MarkerBuffer(10, 20);
    buffer.put(11, 22, 3, 14, MarkerShape.diamond);
    const view = viewOf(buffer.data);
    expect(buffer.data.byteLength).toBe(MARKER_BYTES);
    expect([view.getFloat32(0, true), view.getFloat32(4, true), ...buffer.data.subarray(8, 11)]).toEqual([1, 2, 3, 14, 2]);
  });
});
