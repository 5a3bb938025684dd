/** Where one vehicle is, as the console draws it. */
export interface LivePosition {
  /** Number of the vehicle in the roster of its connection. */
  readonly number: number;
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
  readonly speedMps: number;
  readonly hitchAnglesRad: readonly number[];
  readonly stopped: boolean;
  readonly online: boolean;
}

export interface LivePositions {
  readonly atMs: number;
  readonly positions: readonly LivePosition[];
}

const FORMAT = 1;
const HEADER_BYTES = 16;
const STOPPED = 1;
const ONLINE = 2;

/**
 * Positions as one binary message, little-endian: format u8, 1 byte unused, count u16, 4 bytes unused, atMs f64; then per vehicle number u16, flags u8,
 * hitches u8, x f32, y f32, heading f32, speed f32, hitch angles f32 each. Positions are rounded to some millimetres within 100 km of the origin.
 */
export function encodePositions({ atMs, positions }: LivePositions): Uint8Array {
  const bytes = positions.reduce((sum, position) => sum + 20 + 4 * position.hitchAnglesRad.length, HEADER_BYTES);
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint8(0, FORMAT);
  view.setUint16(2, positions.length, true);
  view.setFloat64(8, atMs, true);
  let at = HEADER_BYTES;
  for (const position of positions) {
    view.setUint16(at, position.number, true);
    view.setUint8(at + 2, (position.stopped ? STOPPED : 0) | (position.online ? ONLINE : 0));
    view.setUint8(at + 3, position.hitchAnglesRad.length);
    view.setFloat32(at + 4, position.xM, true);
    view.setFloat32(at + 8, position.yM, true);
    view.setFloat32(at + 12, position.headingRad, true);
    view.setFloat32(at + 16, position.speedMps, true);
    position.hitchAnglesRad.forEach((angle, i) => { view.setFloat32(at + 20 + 4 * i, angle, true); });
    at += 20 + 4 * position.hitchAnglesRad.length;
  }
  return new Uint8Array(view.buffer);
}

/** @throws RangeError when the bytes are not a positions message of this format */
export function decodePositions(bytes: Uint8Array): LivePositions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < HEADER_BYTES || view.getUint8(0) !== FORMAT) throw new RangeError('not a positions message of format 1');
  const positions: LivePosition[] = [];
  let at = HEADER_BYTES;
  for (let left = view.getUint16(2, true); left > 0; left -= 1) {
    const flags = view.getUint8(at + 2);
    const hitches = view.getUint8(at + 3);
    positions.push({
      number: view.getUint16(at, true), xM: view.getFloat32(at + 4, true), yM: view.getFloat32(at + 8, true), headingRad: view.getFloat32(at + 12, true),
      speedMps: view.getFloat32(at + 16, true), stopped: (flags & STOPPED) !== 0, online: (flags & ONLINE) !== 0,
      hitchAnglesRad: Array.from({ length: hitches }, (_, i) => view.getFloat32(at + 20 + 4 * i, true)),
    });
    at += 20 + 4 * hitches;
  }
  return { atMs: view.getFloat64(8, true), positions };
}
