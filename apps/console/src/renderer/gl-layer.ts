import type { VertexBuffer } from './vertex-buffer';

/** What a layer's vertices are: decides the program and the layout. */
export type LayerKind = 'fill' | 'stroke' | 'marker';

/** Vertices on the graphics card: one draw call. */
export class GlLayer {
  private readonly array: WebGLVertexArrayObject;
  private readonly store: WebGLBuffer;
  private capacityBytes = 0;
  vertices = 0;

  constructor(private readonly gl: WebGL2RenderingContext, readonly kind: LayerKind, vertexBytes: number) {
    this.array = gl.createVertexArray();
    this.store = gl.createBuffer();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.store);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, vertexBytes, 0);
    gl.enableVertexAttribArray(1);
    if (kind === 'fill') gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_BYTE, vertexBytes, 8);
    else if (kind === 'marker') gl.vertexAttribIPointer(1, 4, gl.UNSIGNED_BYTE, vertexBytes, 8);
    else {
      gl.vertexAttribPointer(1, 2, gl.FLOAT, false, vertexBytes, 8);
      gl.enableVertexAttribArray(2);
      gl.vertexAttribPointer(2, 1, gl.FLOAT, false, vertexBytes, 16);
      gl.enableVertexAttribArray(3);
      gl.vertexAttribIPointer(3, 4, gl.UNSIGNED_BYTE, vertexBytes, 20);
    }
    gl.bindVertexArray(null);
  }

  /** @param isStatic the vertices are drawn many times before they change */
  fill(vertices: VertexBuffer, isStatic: boolean): void {
    const { gl } = this;
    const { data } = vertices;
    this.vertices = vertices.vertices;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.store);
    if (isStatic || data.byteLength > this.capacityBytes) {
      this.capacityBytes = isStatic ? data.byteLength : data.byteLength * 2;
      gl.bufferData(gl.ARRAY_BUFFER, this.capacityBytes, isStatic ? gl.STATIC_DRAW : gl.DYNAMIC_DRAW);
    }
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, data);
  }

  draw(): void {
    if (this.vertices === 0) return;
    this.gl.bindVertexArray(this.array);
    this.gl.drawArrays(this.kind === 'marker' ? this.gl.POINTS : this.gl.TRIANGLES, 0, this.vertices);
  }

  dispose(): void {
    this.gl.deleteBuffer(this.store);
    this.gl.deleteVertexArray(this.array);
  }
}
