import { createPolyline, projectOntoPolyline } from '@quaymaster/geometry';
import { buildPoseTable, contourAt, type VehicleModel } from '@quaymaster/motion';
import { BlockFlag, routeAlong, type VirtualMap } from '@quaymaster/virtual-map';

/** How a vehicle gets through the junctions of a map. */
export interface TurnSurvey {
  /** Lanes through junctions that were driven. */
  readonly connections: number;
  /** How far the vehicle swings out of the lanes that it follows, at worst; 0 when it keeps within them everywhere [m]. */
  readonly marginM: number;
  /** Where that is; '' when it keeps within its lanes. */
  readonly where: string;
}

/** Spacing of the vehicle's poses, and of the points of its outline that are looked at [m]. */
const STEP_M = 0.5;

/**
 * Drives a vehicle along every lane of every junction, with its guided point on the centre line, from as far before as it is long to as far behind, and
 * measures how far its outline leaves the lanes of the drive. A trailer follows by tractrix. What is found is too small by less than 2 cm for bodies that turn
 * on 10 m or more: that is what a corner strays between two poses.
 */
export function surveyTurns(map: VirtualMap, model: VehicleModel): TurnSurvey {
  const { blocks, lanes } = map;
  const before = predecessorsOf(map);
  const outlines = model.parts.map(({ contourM }) => densified(contourM));
  const reachM = model.frontM + model.rearM;
  let connections = 0;
  let marginM = 0;
  let where = '';
  for (let lane = 0; lane < lanes.count; lane += 1) {
    const own = lanes.blocks.subarray(lanes.blockOffset[lane], lanes.blockOffset[lane + 1]);
    if (own.length === 0 || (blocks.flags[own[0]!]! & BlockFlag.junction) === 0) continue;
    connections += 1;
    const onward = walk(own[own.length - 1]!, reachM, map, (block) => blocks.follows.subarray(blocks.followsOffset[block], blocks.followsOffset[block + 1]));
    const drive = Int32Array.from([...walk(own[0]!, reachM, map, (block) => before[block]!).reverse(), ...own, ...onward]);
    const swungM = swingOut(map, drive, model, outlines);
    if (swungM <= marginM) continue;
    marginM = swungM;
    where = `road ${lanes.roadId[lane]!}, lane ${lanes.laneId[lane]!}`;
  }
  return { connections, marginM, where };
}

function predecessorsOf({ blocks }: VirtualMap): readonly number[][] {
  const before: number[][] = Array.from({ length: blocks.count }, () => []);
  for (let block = 0; block < blocks.count; block += 1) {
    for (let i = blocks.followsOffset[block]!; i < blocks.followsOffset[block + 1]!; i += 1) before[blocks.follows[i]!]!.push(block);
  }
  return before;
}

/** Blocks on from one until they are as long as asked or there are no more; of several that follow the first, and none twice. */
function walk(from: number, lengthM: number, { blocks }: VirtualMap, next: (block: number) => ArrayLike<number>): number[] {
  const walked: number[] = [];
  let leftM = lengthM;
  for (let block = next(from)[0]; block !== undefined && leftM > 0 && block !== from && !walked.includes(block); block = next(block)[0]) {
    walked.push(block);
    leftM -= blocks.endSM[block]! - blocks.startSM[block]!;
  }
  return walked;
}

function swingOut(map: VirtualMap, drive: Int32Array, model: VehicleModel, outlines: readonly Float64Array[]): number {
  const { blocks } = map;
  const table = buildPoseTable(routeAlong(map, drive).path, model, STEP_M);
  const rings = Array.from(drive, (block) => blocks.outlineXyM.subarray(2 * blocks.outlineOffset[block]!, 2 * blocks.outlineOffset[block + 1]!));
  const edges = rings.map((ring) => createPolyline([...ring, ring[0]!, ring[1]!]));
  const placed = outlines.map((outline) => new Float64Array(outline.length));
  // Most points are in the ring in which the one before them is.
  const latest = outlines.map(() => rings[0]!);
  const found = new Float64Array(2);
  let worstM = 0;
  // At both ends of the drive the vehicle overhangs what is looked at.
  for (let sM = model.rearM; sM <= table.lengthM - model.frontM; sM += STEP_M) {
    outlines.forEach((outline, part) => {
      const points = placed[part]!;
      contourAt(table, outline, part, sM, points);
      for (let i = 0; i < points.length; i += 2) {
        if (contains(latest[part]!, points[i]!, points[i + 1]!)) continue;
        const around = rings.find((ring) => contains(ring, points[i]!, points[i + 1]!));
        if (around !== undefined) {
          latest[part] = around;
          continue;
        }
        let nearestM = Infinity;
        for (const edge of edges) {
          projectOntoPolyline(edge, points[i]!, points[i + 1]!, found);
          nearestM = Math.min(nearestM, Math.abs(found[1]!));
        }
        worstM = Math.max(worstM, nearestM);
      }
    });
  }
  return worstM;
}

/** Even-odd rule. */
function contains(ring: Float64Array, xM: number, yM: number): boolean {
  let isInside = false;
  for (let i = 0, k = ring.length - 2; i < ring.length; k = i, i += 2) {
    const [x, y, px, py] = [ring[i]!, ring[i + 1]!, ring[k]!, ring[k + 1]!];
    if (y > yM !== py > yM && xM < px + (yM - py) * (x - px) / (y - py)) isInside = !isInside;
  }
  return isInside;
}

/** A ring with points between its corners. */
function densified(contourM: readonly number[]): Float64Array {
  const points: number[] = [];
  for (let i = 0; i < contourM.length; i += 2) {
    const k = (i + 2) % contourM.length;
    const [dx, dy] = [contourM[k]! - contourM[i]!, contourM[k + 1]! - contourM[i + 1]!];
    const parts = Math.max(1, Math.ceil(Math.hypot(dx, dy) / STEP_M));
    for (let part = 0; part < parts; part += 1) points.push(contourM[i]! + dx * part / parts, contourM[i + 1]! + dy * part / parts);
  }
  return Float64Array.from(points);
}
