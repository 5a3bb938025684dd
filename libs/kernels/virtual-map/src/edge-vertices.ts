import type { VertexStrip } from './lane-mesh';
import { RowKind } from './section-strip';

/** A vertex this near to an edge lies on it [m]; further away it is a gap or an overlap of the map, which is not hidden. */
const ON_EDGE_M = 0.001;

/** Vertices that lie on the edges across a strip, by `row * lanes + laneIndex`: indices in the welded mesh, from the right end of the edge to its left. */
export type EdgeVertices = ReadonlyMap<number, readonly number[]>;

/**
 * Where lane sections of one road meet with other borders on one side than on the other, the vertices of each side are put on the edges of the other. So
 * no vertex of a road lies in the middle of an edge of that road.
 *
 * @param sources strips of all roads, those of one road one after the other by rising s
 * @returns for each strip
 */
export function findEdgeVertices(sources: readonly VertexStrip[], verticesM: Float64Array, indexOf: Int32Array): EdgeVertices[] {
  const found = sources.map(() => new Map<number, readonly number[]>());
  const meet = (a: number, rowOfA: number, b: number, rowOfB: number): void => {
    const [ofA, ofB] = [verticesOfRow(sources[a]!, rowOfA, indexOf), verticesOfRow(sources[b]!, rowOfB, indexOf)];
    addTo(found[a]!, sources[a]!, rowOfA, rowOfA - 1, ofB, verticesM, indexOf);
    addTo(found[b]!, sources[b]!, rowOfB, rowOfB, ofA, verticesM, indexOf);
  };
  sources.forEach(({ strip }, i) => {
    for (let row = 1; row < strip.rowCount; row += 1) if (strip.rowKind[row] === RowKind.jump) meet(i, row - 1, i, row);
    const next = sources[i + 1]?.strip;
    if (next?.roadIndex === strip.roadIndex) meet(i, strip.rowCount - 1, i + 1, 0);
  });
  return found;
}

function verticesOfRow({ strip, vertexOf }: VertexStrip, row: number, indexOf: Int32Array): number[] {
  const borders = strip.lanes.length + 1;
  const vertices = new Set<number>();
  for (let border = 0; border < borders; border += 1) {
    const vertex = vertexOf[row * borders + border]!;
    if (vertex >= 0) vertices.add(indexOf[vertex]!);
  }
  return [...vertices];
}

/** @param step the step of the strip beside the edges: lanes without surface there have no edge */
function addTo(
  found: Map<number, readonly number[]>, { strip, vertexOf, steps }: VertexStrip, row: number, step: number, candidates: readonly number[], v: Float64Array, indexOf: Int32Array,
): void {
  const lanes = strip.lanes.length;
  for (let k = 0; k < lanes; k += 1) {
    if (steps[k]?.[step] !== 1) continue;
    const left = indexOf[vertexOf[row * (lanes + 1) + k]!]!;
    const right = indexOf[vertexOf[row * (lanes + 1) + k + 1]!]!;
    const dx = v[3 * left]! - v[3 * right]!;
    const dy = v[3 * left + 1]! - v[3 * right + 1]!;
    const dz = v[3 * left + 2]! - v[3 * right + 2]!;
    const length2 = dx * dx + dy * dy;
    const onEdge: [number, number][] = [];
    for (const vertex of candidates) {
      if (vertex === left || vertex === right) continue;
      const px = v[3 * vertex]! - v[3 * right]!;
      const py = v[3 * vertex + 1]! - v[3 * right + 1]!;
      const ratio = (px * dx + py * dy) / length2;
      if (!(ratio > 0 && ratio < 1)) continue;
      const off2 = (px - ratio * dx) ** 2 + (py - ratio * dy) ** 2 + (v[3 * vertex + 2]! - v[3 * right + 2]! - ratio * dz) ** 2;
      if (off2 <= ON_EDGE_M * ON_EDGE_M) onEdge.push([ratio, vertex]);
    }
    if (onEdge.length > 0) found.set(row * lanes + k, onEdge.sort((a, b) => a[0] - b[0]).map(([, vertex]) => vertex));
  }
}
