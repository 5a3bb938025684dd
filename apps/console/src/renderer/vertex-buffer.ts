/** Growing list of vertices of one size, in the layout in which they go to the graphics card. It keeps its memory when it is cleared. */
export abstract class VertexBuffer {
  private buffer: ArrayBuffer;
  protected floats: Float32Array;
  protected bytes: Uint8Array;
  vertices = 0;

  /**
   * @param vertexBytes a multiple of 4
   * @param originXM, originYM subtracted from every position [m]: 32-bit numbers hold millimetres near the origin only
   */
  protected constructor(readonly vertexBytes: number, private readonly originXM: number, private readonly originYM: number) {
    this.buffer = new ArrayBuffer(vertexBytes * 64);
    this.floats = new Float32Array(this.buffer);
    this.bytes = new Uint8Array(this.buffer);
  }

  clear(): void {
    this.vertices = 0;
  }

  /** The vertices in use. */
  get data(): Uint8Array {
    return this.bytes.subarray(0, this.vertices * this.vertexBytes);
  }

  /** Adds a vertex at a position, which takes its first 8 bytes. @returns where the vertex starts [bytes] */
  protected add(xM: number, yM: number): number {
    const at = this.vertices * this.vertexBytes;
    if (at + this.vertexBytes > this.buffer.byteLength) this.grow();
    this.floats[at / 4] = xM - this.originXM;
    this.floats[at / 4 + 1] = yM - this.originYM;
    this.vertices += 1;
    return at;
  }

  private grow(): void {
    const larger = new ArrayBuffer(this.buffer.byteLength * 2);
    new Uint8Array(larger).set(this.bytes);
    this.buffer = larger;
    this.floats = new Float32Array(larger);
    this.bytes = new Uint8Array(larger);
  }
}
