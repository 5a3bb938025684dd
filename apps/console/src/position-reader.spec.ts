import { decodePositions, encodePositions, type LivePosition } from '@quaymaster/messages';
import * as fc from 'fast-check';
import { type PositionSink, readPositions } from './position-reader';

function collect(): PositionSink & { readonly got: LivePosition[] } {
  const got: LivePosition[] = [];
  return {
    got,
    put: (number, xM, yM, headingRad, speedMps, stopped, online, view, hitchAt, hitches) => {
      got.push({
        number, xM, yM, headingRad, speedMps, stopped, online, hitchAnglesRad: Array.from({ length: hitches }, (_, i) => view.getFloat32(hitchAt + 4 * i, true)),
      });
    },
  };
}

const buffer = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer;
const metres = fc.integer({ min: -1e8, max: 1e8 }).map((mm) => mm / 1000);
const radians = fc.integer({ min: -3141, max: 3141 }).map((mrad) => mrad / 1000);
const position = fc.record({
  number: fc.integer({ min: 0, max: 65535 }), xM: metres, yM: metres, headingRad: radians, speedMps: fc.integer({ min: 0, max: 3000 }).map((cm) => cm / 100),
  hitchAnglesRad: fc.array(radians, { maxLength: 3 }), stopped: fc.boolean(), online: fc.boolean(),
});

describe('readPositions', () => {
  it('reads what the messages package decodes, of any message it encodes', () => {
    fc.assert(fc.property(fc.array(position, { maxLength: 20 }), fc.integer({ min: 0, max: 2 ** 45 }), (positions, atMs) => {
      const bytes = encodePositions({ atMs, positions });
      const sink = collect();
      expect(readPositions(buffer(bytes), sink)).toBe(atMs);
      expect(sink.got).toEqual(decodePositions(bytes).positions);
    }));
  });
  it('refuses another format, and a message that ends too early', () => {
    const bytes = encodePositions({ atMs: 1, positions: [{ number: 0, xM: 0, yM: 0, headingRad: 0, speedMps: 0, hitchAnglesRad: [0.1], stopped: false, online: true }] });
    const other = bytes.slice();
    other[0] = 2;
    expect(() => readPositions(buffer(other), collect())).toThrow(RangeError);
    expect(() => readPositions(buffer(bytes.slice(0, 12)), collect())).toThrow(RangeError);
    expect(() => readPositions(buffer(bytes.slice(0, 30)), collect())).toThrow(RangeError);
  });
});
