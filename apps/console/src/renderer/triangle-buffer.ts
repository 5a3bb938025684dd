import { VertexBuffer } from './vertex-buffer';

/** Bytes of one vertex: x f32, y f32 [m from the map's origin], paint u8, 3 bytes unused. */
export const FILL_VERTEX_BYTES = 12;

/** Corner numbers of triangles that cover a simple polygon `[x, y, …]`, three each. Handed in, so that building layers needs no library. */
export type Triangulate = (ring: ArrayLike<number>) => readonly number[];

/** Filled triangles. */
export class TriangleBuffer extends VertexBuffer {
  constructor(originXM: number, originYM: number) {
    super(FILL_VERTEX_BYTES, originXM, originYM);
  }

  /** A convex polygon, `length` numbers of `ring` from `at`, as a fan. */
  convex(ring: ArrayLike<number>, at: number, length: number, paint: number): void {
    for (let i = at + 2; i + 3 < at + length; i += 2) {
      this.vertex(ring[at]!, ring[at + 1]!, paint);
      this.vertex(ring[i]!, ring[i + 1]!, paint);
      this.vertex(ring[i + 2]!, ring[i + 3]!, paint);
    }
  }

  /** Any simple polygon. */
  polygon(ring: ArrayLike<number>, paint: number, triangulate: Triangulate): void {
    for (const corner of triangulate(ring)) this.vertex(ring[2 * corner]!, ring[2 * corner + 1]!, paint);
  }

  vertex(xM: number, yM: number, paint: number): void {
    const at = this.add(xM, yM);
    this.bytes[at + 8] = paint;
  }
}
