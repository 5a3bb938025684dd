import { BorderCurves } from './border-curves';
import type { CompiledMap } from './compile-map';
import { isTravelled } from './lane-type';
import type { RoadNetwork } from './road-network';
import { shapeOfSection } from './section-shape';
import { RowKind } from './section-strip';
import { countTJunctions } from './t-junctions';

/** What a finished mesh is like, measured against the curves that it stands for. */
export interface MeshSurvey {
  /** Of all triangles, seen from above; where lanes overlap each counts [m²]. */
  readonly areaM2: number;
  /** Of the lanes that traffic drives along, integrated over their exact borders, seen from above; where lanes overlap each counts [m²]. */
  readonly drivableAreaM2: number;
  /** Greatest distance of a point of an exact border from the edge of the mesh that stands for it [m]. */
  readonly maximumChordErrorM: number;
  /** Vertices in the middle of an edge of the same road. */
  readonly tJunctions: number;
}

/** Points at which each step of a border is measured, one more than there are between its ends. A cubic's greatest deviation is at most 1 % above what they find. */
const PARTS = 16;

/** @param partsPerStep how finely each step is measured; the default suits reports, tests measure finer */
export function surveyMesh(network: RoadNetwork, { map, sources }: Extract<CompiledMap, { kind: 'compiled' }>, partsPerStep: (lengthM: number) => number = () => PARTS): MeshSurvey {
  const { verticesM: v, triangles } = map.mesh;
  let twiceM2 = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [3 * triangles[i]!, 3 * triangles[i + 1]!, 3 * triangles[i + 2]!];
    twiceM2 += (v[b]! - v[a]!) * (v[c + 1]! - v[a + 1]!) - (v[b + 1]! - v[a + 1]!) * (v[c]! - v[a]!);
  }
  let drivableAreaM2 = 0;
  let worst2 = 0;
  for (const { strip, vertexOf } of sources.strips) {
    const road = network.roads[strip.roadIndex]!;
    const shape = shapeOfSection(road, strip.sectionIndex);
    const curves = new BorderCurves(road, shape);
    const borders = shape.lanes.length + 1;
    let points = new Float64Array(3 * borders);
    let before = new Float64Array(3 * borders);
    for (let row = 0; row + 1 < strip.rowCount; row += 1) {
      if (strip.rowKind[row + 1] === RowKind.jump) continue;
      const fromM = strip.sM[row]!;
      const lengthM = strip.sM[row + 1]! - fromM;
      const parts = Math.max(2, partsPerStep(lengthM));
      before.set(strip.xyzM.subarray(3 * borders * row, 3 * borders * (row + 1)));
      for (let part = 1; part <= parts; part += 1) {
        if (part < parts) curves.pointsAt(fromM + lengthM * part / parts, points);
        else points.set(strip.xyzM.subarray(3 * borders * (row + 1), 3 * borders * (row + 2)));
        for (let k = 0; k + 1 < borders; k += 1) if (isTravelled(shape.lanes[k]!.type)) drivableAreaM2 += Math.abs(quadAreaM2(before, points, k));
        for (let border = 0; border < borders && part < parts; border += 1) {
          const a = vertexOf[row * borders + border]!;
          const b = vertexOf[(row + 1) * borders + border]!;
          if (a >= 0 && b >= 0) worst2 = Math.max(worst2, distance2(points, 3 * border, v, 3 * sources.indexOf[a]!, 3 * sources.indexOf[b]!));
        }
        [points, before] = [before, points];
      }
    }
  }
  return { areaM2: twiceM2 / 2, drivableAreaM2, maximumChordErrorM: Math.sqrt(worst2), tJunctions: countTJunctions(map.mesh, sources) };
}

function quadAreaM2(a: Float64Array, b: Float64Array, border: number): number {
  const i = 3 * border;
  // Diagonals of the quad: half their cross product.
  return ((b[i]! - a[i + 3]!) * (a[i + 1]! - b[i + 4]!) - (b[i + 1]! - a[i + 4]!) * (a[i]! - b[i + 3]!)) / 2;
}

/** Square of the distance of a point from a stretch [m²]. */
function distance2(p: Float64Array, at: number, v: Float64Array, a: number, b: number): number {
  const [dx, dy, dz] = [v[b]! - v[a]!, v[b + 1]! - v[a + 1]!, v[b + 2]! - v[a + 2]!];
  const [px, py, pz] = [p[at]! - v[a]!, p[at + 1]! - v[a + 1]!, p[at + 2]! - v[a + 2]!];
  const length2 = dx * dx + dy * dy + dz * dz;
  const ratio = length2 > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy + pz * dz) / length2)) : 0;
  return (px - ratio * dx) ** 2 + (py - ratio * dy) ** 2 + (pz - ratio * dz) ** 2;
}
