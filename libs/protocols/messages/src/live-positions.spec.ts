import fc from 'fast-check';
import { decodePositions, encodePositions, type LivePosition } from './live-positions';

const metres = fc.integer({ min: -100_000_000, max: 100_000_000 }).map((mm) => mm / 1000);
const angle = fc.integer({ min: -3_141_593, max: 3_141_593 }).map((urad) => urad / 1e6);
const position: fc.Arbitrary<LivePosition> = fc.record({
  number: fc.nat(65_535), xM: metres, yM: metres, headingRad: angle, speedMps: fc.integer({ min: -40_000, max: 40_000 }).map((mmps) => mmps / 1000),
  hitchAnglesRad: fc.array(angle, { maxLength: 3 }), stopped: fc.boolean(), online: fc.boolean(),
});

it('gives back every position, to 4 mm and a microradian', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 44 }), fc.array(position, { maxLength: 20 }), (atMs, positions) => {
    const decoded = decodePositions(encodePositions({ atMs, positions }));
    expect(decoded.atMs).toBe(atMs);
    expect(decoded.positions).toHaveLength(positions.length);
    for (const [i, meant] of positions.entries()) {
      const found = decoded.positions[i]!;
      expect([found.number, found.stopped, found.online, found.hitchAnglesRad.length]).toEqual([meant.number, meant.stopped, meant.online, meant.hitchAnglesRad.length]);
      // A 32-bit float near 100 km has steps of 7.8 mm.
      expect(Math.max(Math.abs(found.xM - meant.xM), Math.abs(found.yM - meant.yM))).toBeLessThanOrEqual(0.004);
      expect(Math.abs(found.headingRad - meant.headingRad)).toBeLessThanOrEqual(1e-6);
      expect(Math.abs(found.speedMps - meant.speedMps)).toBeLessThanOrEqual(1e-5);
      for (const [k, hitch] of meant.hitchAnglesRad.entries()) expect(Math.abs(found.hitchAnglesRad[k]! - hitch)).toBeLessThanOrEqual(1e-6);
    }
  }));
});

it('lies in memory as documented', () => {
  const bytes = encodePositions({ atMs: 1, positions: [{ number: 0x0102, xM: 1, yM: -2, headingRad: 0.5, speedMps: 8, hitchAnglesRad: [0.25], stopped: true, online: true }] });
  const view = new DataView(bytes.buffer);
  expect(bytes).toHaveLength(16 + 24);
  expect([bytes[0], view.getUint16(2, true), view.getFloat64(8, true), view.getUint16(16, true), bytes[18], bytes[19]]).toEqual([1, 1, 1, 0x0102, 3, 1]);
  expect([20, 24, 28, 32, 36].map((at) => view.getFloat32(at, true))).toEqual([1, -2, 0.5, 8, 0.25]);
});

it('reads bytes that lie inside a larger buffer', () => {
  const bytes = encodePositions({ atMs: 7, positions: [] });
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  expect(decodePositions(larger.subarray(3))).toEqual({ atMs: 7, positions: [] });
});

it('answers every cut and every other message with RangeError', () => {
  const whole = encodePositions({ atMs: 1, positions: fc.sample(position, { numRuns: 3, seed: 5 }) });
  for (let end = 0; end < whole.length; end += 1) expect(() => decodePositions(whole.subarray(0, end))).toThrow(RangeError);
  expect(() => decodePositions(Uint8Array.from(whole, (byte, i) => (i === 0 ? 2 : byte)))).toThrow(RangeError);
});
