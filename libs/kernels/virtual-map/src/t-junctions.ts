import type { MapSources } from './compile-map';
import type { Mesh } from './virtual-map';

/** A vertex this near to an edge lies on it [m]: the rounding of coordinates. One that is further away lies beside it, where a map has a gap or a lane folds. */
const ON_EDGE_M = 1e-5;
const CELL_M = 4;

/** Vertices of a road that lie in the middle of an edge of the same road. Such an edge bounds one triangle only, so the others need no look. */
export function countTJunctions(mesh: Pick<Mesh, 'verticesM' | 'triangles'>, { strips, triangleStrip }: MapSources): number {
  const trianglesOf = new Map<number, number[]>();
  triangleStrip.forEach((strip, triangle) => {
    const { roadIndex } = strips[strip]!.strip;
    const list = trianglesOf.get(roadIndex);
    if (list === undefined) trianglesOf.set(roadIndex, [triangle]);
    else list.push(triangle);
  });
  let count = 0;
  for (const triangles of trianglesOf.values()) count += countInRoad(mesh, triangles);
  return count;
}

function countInRoad({ verticesM: v, triangles }: Pick<Mesh, 'verticesM' | 'triangles'>, ofRoad: readonly number[]): number {
  const bounding = new Map<string, readonly [number, number]>();
  for (const t of ofRoad) {
    for (let corner = 0; corner < 3; corner += 1) {
      const [a, b] = [triangles[3 * t + corner]!, triangles[3 * t + (corner + 1) % 3]!];
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      if (!bounding.delete(key)) bounding.set(key, [a, b]);
    }
  }
  const cells = new Map<string, number[]>();
  for (const vertex of new Set([...bounding.values()].flat())) {
    const key = `${Math.floor(v[3 * vertex]! / CELL_M)} ${Math.floor(v[3 * vertex + 1]! / CELL_M)}`;
    const list = cells.get(key);
    if (list === undefined) cells.set(key, [vertex]);
    else list.push(vertex);
  }
  let count = 0;
  for (const [a, b] of bounding.values()) {
    const [firstColumn, lastColumn] = cellsBetween(v[3 * a]!, v[3 * b]!);
    const [firstRow, lastRow] = cellsBetween(v[3 * a + 1]!, v[3 * b + 1]!);
    for (let column = firstColumn; column <= lastColumn; column += 1) {
      for (let row = firstRow; row <= lastRow; row += 1) {
        for (const vertex of cells.get(`${column} ${row}`) ?? []) if (vertex !== a && vertex !== b && isBetween(v, a, b, vertex)) count += 1;
      }
    }
  }
  return count;
}

function cellsBetween(aM: number, bM: number): [number, number] {
  return [Math.floor((Math.min(aM, bM) - ON_EDGE_M) / CELL_M), Math.floor((Math.max(aM, bM) + ON_EDGE_M) / CELL_M)];
}

function isBetween(v: Float64Array, a: number, b: number, vertex: number): boolean {
  const [dx, dy, dz] = [v[3 * b]! - v[3 * a]!, v[3 * b + 1]! - v[3 * a + 1]!, v[3 * b + 2]! - v[3 * a + 2]!];
  const [px, py, pz] = [v[3 * vertex]! - v[3 * a]!, v[3 * vertex + 1]! - v[3 * a + 1]!, v[3 * vertex + 2]! - v[3 * a + 2]!];
  const ratio = (px * dx + py * dy + pz * dz) / (dx * dx + dy * dy + dz * dz);
  if (!(ratio > 0 && ratio < 1)) return false;
  return (px - ratio * dx) ** 2 + (py - ratio * dy) ** 2 + (pz - ratio * dz) ** 2 <= ON_EDGE_M * ON_EDGE_M;
}
