const FORMAT = 1;
const HEADER_BYTES = 16;
const RECORD_BYTES = 20;
const STOPPED = 1;
const ONLINE = 2;

/** Receives one vehicle of a positions message. `hitchAt` is where its hitch angles start in the view, `hitches` of them, f32 little-endian [rad]. */
export interface PositionSink {
  put(
    number: number, xM: number, yM: number, headingRad: number, speedMps: number, stopped: boolean, online: boolean, view: DataView, hitchAt: number, hitches: number,
  ): void;
}

/**
 * Reads a binary positions message (`encodePositions` of the messages package) straight into a sink: ten messages a second of a thousand vehicles must
 * not leave a thousand objects behind each.
 *
 * @returns when the positions were current, ms since the Unix epoch
 * @throws RangeError when the bytes are not a whole positions message of this format; the sink may then have got a part of it
 */
export function readPositions(bytes: ArrayBuffer, sink: PositionSink): number {
  const view = new DataView(bytes);
  if (bytes.byteLength < HEADER_BYTES || view.getUint8(0) !== FORMAT) throw new RangeError('not a positions message of format 1');
  let at = HEADER_BYTES;
  for (let left = view.getUint16(2, true); left > 0; left -= 1) {
    const flags = view.getUint8(at + 2);
    const hitches = view.getUint8(at + 3);
    sink.put(
      view.getUint16(at, true), view.getFloat32(at + 4, true), view.getFloat32(at + 8, true), view.getFloat32(at + 12, true), view.getFloat32(at + 16, true),
      (flags & STOPPED) !== 0, (flags & ONLINE) !== 0, view, at + RECORD_BYTES, hitches,
    );
    at += RECORD_BYTES + 4 * hitches;
  }
  return view.getFloat64(8, true);
}
