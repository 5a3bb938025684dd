import { VertexBuffer } from './vertex-buffer';

/** Bytes of one marker: x f32, y f32 [m from the map's origin], paint u8, size u8 [px], shape u8, 1 byte unused. */
export const MARKER_BYTES = 12;

export const MarkerShape = { disc: 0, ring: 1, diamond: 2, square: 3 } as const;
export type MarkerShapeNumber = (typeof MarkerShape)[keyof typeof MarkerShape];

/** Signs of constant size on the screen. */
export class MarkerBuffer extends VertexBuffer {
  constructor(originXM: number, originYM: number) {
    super(MARKER_BYTES, originXM, originYM);
  }

  put(xM: number, yM: number, paint: number, sizePx: number, shape: MarkerShapeNumber): void {
    const at = this.add(xM, yM);
    this.bytes[at + 8] = paint;
    this.bytes[at + 9] = sizePx;
    this.bytes[at + 10] = shape;
  }
}
