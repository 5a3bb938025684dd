/** Mesh vertices as they are made, and the merging of those that different lane sections make at the same place. */
export class VertexWeld {
  /** `[x, y, z, …]` [m] */
  private readonly xyzM: number[] = [];
  private readonly representative: number[] = [];
  private readonly heads = new Map<number, number>();
  private readonly next: number[] = [];
  private readonly cellM: number;

  /** @param weldM vertices at most this far apart become one [m], > 0 */
  constructor(private readonly weldM: number) {
    this.cellM = Math.max(0.05, 4 * weldM);
  }

  get count(): number {
    return this.representative.length;
  }

  /** Adds a vertex inside a section, which nothing else can share. @returns its number */
  add(xM: number, yM: number, zM: number): number {
    const id = this.representative.length;
    this.xyzM.push(xM, yM, zM);
    this.representative.push(id);
    this.next.push(-1);
    return id;
  }

  /** Adds a vertex that other sections may share: the first one within reach stands for it from now on. @returns its own number */
  addShared(xM: number, yM: number, zM: number): number {
    const id = this.add(xM, yM, zM);
    this.representative[id] = this.lowestNear(xM, yM, zM) ?? id;
    if (this.representative[id] === id) {
      const cell = this.cellOf(Math.floor(xM / this.cellM), Math.floor(yM / this.cellM));
      this.next[id] = this.heads.get(cell) ?? -1;
      this.heads.set(cell, id);
    }
    return id;
  }

  /** Numbers the vertices that are left: positions, and for each vertex that was added the number of the one that stands for it. */
  finish(): { readonly verticesM: Float64Array; readonly indexOf: Int32Array } {
    const indexOf = new Int32Array(this.representative.length);
    const verticesM = new Float64Array(this.representative.length * 3);
    let count = 0;
    for (let id = 0; id < this.representative.length; id += 1) {
      const kept = this.representative[id]!;
      if (kept !== id) {
        indexOf[id] = indexOf[kept]!;
        continue;
      }
      indexOf[id] = count;
      for (let axis = 0; axis < 3; axis += 1) verticesM[3 * count + axis] = this.xyzM[3 * id + axis]!;
      count += 1;
    }
    return { verticesM: verticesM.slice(0, 3 * count), indexOf };
  }

  private lowestNear(xM: number, yM: number, zM: number): number | undefined {
    const { weldM, cellM } = this;
    let lowest: number | undefined;
    for (let i = Math.floor((xM - weldM) / cellM); i <= Math.floor((xM + weldM) / cellM); i += 1) {
      for (let j = Math.floor((yM - weldM) / cellM); j <= Math.floor((yM + weldM) / cellM); j += 1) {
        for (let id = this.heads.get(this.cellOf(i, j)) ?? -1; id >= 0; id = this.next[id]!) {
          if (lowest !== undefined && id >= lowest) continue;
          const dx = this.xyzM[3 * id]! - xM;
          const dy = this.xyzM[3 * id + 1]! - yM;
          const dz = this.xyzM[3 * id + 2]! - zM;
          if (dx * dx + dy * dy + dz * dz <= weldM * weldM) lowest = id;
        }
      }
    }
    return lowest;
  }

  /** Cells that share a key only cost a look, since distances decide. */
  private cellOf(i: number, j: number): number {
    return Math.imul(i, 73856093) ^ Math.imul(j, 19349663);
  }
}
