import { ClipType, Clipper, ClipperOffset, EndType, JoinType, PolyFillType, PolyType, type IntPoint, type Path } from 'clipper-lib';

/** Rings `[x, y, …]` [m], not closed: areas counter-clockwise, holes in them clockwise. */
export type PolygonSet = readonly Float64Array[];

/** Coordinates are rounded to this, since the library reckons in whole numbers [m]. */
const GRID_M = 0.001;
/** How far a round corner may be from its circle [m]. */
const ARC_M = 0.01;

/** What any of the rings encloses, however they wind, overlap or cross themselves (non-zero rule). Rounded to 1 mm. */
export function unitePolygons(rings: readonly ArrayLike<number>[]): PolygonSet {
  return combined(ClipType.ctUnion, rings, []);
}

/** What both sets enclose. Rounded to 1 mm. */
export function intersectPolygons(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): PolygonSet {
  return combined(ClipType.ctIntersection, a, b);
}

/** All places within a distance of a set (negative: all that are further inside than it), with round corners to 1 cm. @throws RangeError when the distance is no number */
export function growPolygons(rings: readonly ArrayLike<number>[], byM: number): PolygonSet {
  if (!Number.isFinite(byM)) throw new RangeError(`a set of polygons cannot be grown by ${byM} m`);
  const united = unitePolygons(rings);
  if (united.length === 0) return united;
  const origin = originOf(united);
  const growing = new ClipperOffset(2, ARC_M / GRID_M);
  growing.AddPaths(united.map((ring) => pathOf(ring, origin)), JoinType.jtRound, EndType.etClosedPolygon);
  const solution: Path[] = [];
  growing.Execute(solution, byM / GRID_M);
  return solution.map((path) => ringOf(path, origin));
}

function combined(type: ClipType, a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): PolygonSet {
  const origin = originOf([...a, ...b]);
  const clipper = new Clipper();
  for (const ring of a) clipper.AddPath(wound(pathOf(ring, origin)), PolyType.ptSubject, true);
  for (const ring of b) clipper.AddPath(wound(pathOf(ring, origin)), PolyType.ptClip, true);
  const solution: Path[] = [];
  clipper.Execute(type, solution, PolyFillType.pftNonZero, PolyFillType.pftNonZero);
  return solution.map((path) => ringOf(path, origin));
}

/** A corner of the whole: near it whole numbers stay small, which the library is quicker with. */
function originOf(rings: readonly ArrayLike<number>[]): IntPoint {
  let [X, Y] = [Infinity, Infinity];
  for (const ring of rings) {
    for (let i = 0; i + 1 < ring.length; i += 2) {
      X = Math.min(X, ring[i]!);
      Y = Math.min(Y, ring[i + 1]!);
    }
  }
  return Number.isFinite(X) && Number.isFinite(Y) ? { X: Math.round(X), Y: Math.round(Y) } : { X: 0, Y: 0 };
}

function pathOf(ring: ArrayLike<number>, origin: IntPoint): Path {
  const path: Path = [];
  for (let i = 0; i + 1 < ring.length; i += 2) path.push({ X: Math.round((ring[i]! - origin.X) / GRID_M), Y: Math.round((ring[i + 1]! - origin.Y) / GRID_M) });
  return path;
}

/** Counter-clockwise, so that rings which wind differently do not cancel each other. */
function wound(path: Path): Path {
  return Clipper.Area(path) < 0 ? path.reverse() : path;
}

function ringOf(path: Path, origin: IntPoint): Float64Array {
  const ring = new Float64Array(2 * path.length);
  path.forEach(({ X, Y }, i) => {
    ring[2 * i] = origin.X + X * GRID_M;
    ring[2 * i + 1] = origin.Y + Y * GRID_M;
  });
  return ring;
}
