import { ConvexClipper, normalizeAngleRad, polygonAreaM2 } from '@quaymaster/geometry';
import type { BlockGrid } from './block-grid';
import type { LaneIndex } from './lane-links';
import type { MeshDraft } from './lane-mesh';
import { growPolygons, unitePolygons } from './polygon-set';
import { poseOnReferenceLine } from './reference-line';
import type { Road, RoadNetwork, RoadObject } from './road-network';
import { laneAt, nameOf, type SlotSpan } from './slot-span';
import type { MapFault, Slot, TransferPoint, Zone } from './virtual-map';

/** Space between a parked vehicle's front and the end of its slot [m]. */
const SLOT_CLEARANCE_M = 1;
/** Shared area from which a block belongs to a zone [m²]. */
const ZONE_AREA_M2 = 1e-4;
/** Widest margin of a zone; more is a mistake of units [m]. */
const MOST_MARGIN_M = 50;
const TRANSFER_KINDS: ReadonlySet<string> = new Set(['crane', 'yard', 'gate'] satisfies TransferPoint['kind'][]);
const ZONE_KINDS: ReadonlySet<string> = new Set(['berth', 'yard', 'gate', 'keep-out', 'speed-limit', 'parking'] satisfies Zone['kind'][]);

/** A zone with the limit that its file gives it. */
export interface ZoneDraft extends Zone {
  /** From `userData` `qm:speedLimitMps`; null where there is none [m/s]. */
  readonly limitMps: number | null;
}

/** Places objects of the road network on lanes and blocks. */
export class ObjectPlacer {
  private readonly taken = new Map<string, string>();
  private readonly pose = new Float64Array(3);

  constructor(
    private readonly network: RoadNetwork, private readonly index: LaneIndex, private readonly draft: MeshDraft, private readonly warnings: MapFault[],
  ) {}

  slots(spans: readonly SlotSpan[]): Slot[] {
    const slots: Slot[] = [];
    const onBlock = new Map<number, string>();
    for (const span of spans) {
      const road = this.network.roads[span.roadIndex]!;
      const id = nameOf(span.object);
      const where = placeOf(road, span.object);
      const laneRow = this.rowOf(road, span);
      const centreSM = laneRow < 0 ? 0 : this.arcAt(laneRow, span.object.sM);
      const block = laneRow < 0 ? -1 : this.blockAt(laneRow, centreSM);
      if (block < 0) {
        this.warn('QM_MAP_SLOT_UNREACHABLE', where, `the parking space ${id} lies where its lane has no surface`);
        continue;
      }
      const other = onBlock.get(block);
      if (other !== undefined) {
        this.warn('QM_MAP_SLOT_SHARED', where, `the parking space ${id} lies in the same block as ${other}, and only one of them can be used`);
        continue;
      }
      if (!this.isFree(id, where)) continue;
      onBlock.set(block, id);
      const [xM, yM] = this.pointAt(road, span.object.sM, span.object.tM);
      const { forward } = this.draft.lanes[laneRow]!;
      const headingRad = roundedRad(normalizeAngleRad(this.pose[2]! + (forward ? 0 : Math.PI)));
      slots.push({ id, kind: span.kind, block, stopSM: this.stopOf(span, laneRow, block), lengthM: span.lengthM, widthM: span.widthM, xM, yM, headingRad });
    }
    return slots;
  }

  transferPoints(): TransferPoint[] {
    const points: TransferPoint[] = [];
    this.eachWith('qm:transferPoint', (road, roadIndex, object, value) => {
      const id = nameOf(object);
      const where = placeOf(road, object);
      if (!TRANSFER_KINDS.has(value)) {
        this.warn('QM_MAP_OBJECT_KIND', where, `the transfer point ${id} is of the unknown kind ${value}`);
        return;
      }
      const place = laneAt(road, roadIndex, object.sM, object.tM);
      const laneRow = place === null ? -1 : this.rowOf(road, place);
      const arcM = laneRow < 0 ? 0 : this.arcAt(laneRow, object.sM);
      const block = laneRow < 0 ? -1 : this.blockAt(laneRow, arcM);
      if (block < 0) {
        this.warn('QM_MAP_TRANSFER_POINT_OFF_LANE', where, `the transfer point ${id} lies on no drivable lane`);
        return;
      }
      if (!this.isFree(id, where)) return;
      const [xM, yM] = this.pointAt(road, object.sM, object.tM);
      const stopSM = Math.min(this.lengthOf(block), Math.max(0, arcM - this.draft.blockStartSM[block]!));
      points.push({ id, kind: value as TransferPoint['kind'], block, stopSM, xM, yM });
    });
    return points;
  }

  zones(grid: BlockGrid): ZoneDraft[] {
    const zones: ZoneDraft[] = [];
    const finder = new ZoneBlocks(this.draft, grid);
    this.eachWith('qm:zone', (road, _roadIndex, object, value) => {
      const id = nameOf(object);
      const where = placeOf(road, object);
      if (!ZONE_KINDS.has(value)) {
        this.warn('QM_MAP_OBJECT_KIND', where, `the zone ${id} is of the unknown kind ${value}`);
        return;
      }
      const rings = this.areaOf(road, object, where);
      if (rings.length === 0) {
        this.warn('QM_MAP_ZONE_EMPTY', where, `the zone ${id} has no outline that encloses an area`);
        return;
      }
      if (rings.length > 1) this.warn('QM_MAP_ZONE_APART', where, `the zone ${id} lies in ${rings.length} places, which become zones of their own`);
      const limit = Number(object.userData['qm:speedLimitMps'] ?? NaN);
      rings.forEach((ring, i) => {
        const own = i === 0 ? id : `${id}/${i + 1}`;
        if (this.isFree(own, where)) zones.push({ id: own, kind: value as Zone['kind'], outlineXyM: ring, blocks: finder.blocksIn(ring), limitMps: limit > 0 ? limit : null });
      });
    });
    return zones;
  }

  /**
   * The rings that an object's outlines enclose together, counter-clockwise, grown by its margin. One plain outline is left as it is; others are united, and
   * what they enclose without covering it belongs to the zone as well.
   */
  private areaOf(road: Road, object: RoadObject, where: string): Float64Array[] {
    const outlines = object.outlines.map((corners) => this.outlineOf(road, object, corners)).filter((ring) => Math.abs(polygonAreaM2(ring)) > ZONE_AREA_M2 || !isSimple(ring));
    const marginM = this.marginOf(object, where);
    const [only] = outlines;
    if (only !== undefined && outlines.length === 1 && marginM === 0 && isSimple(only)) return [polygonAreaM2(only) > 0 ? only : reversed(only)];
    const united = marginM === 0 ? unitePolygons(outlines) : growPolygons(outlines, marginM);
    return united.filter((ring) => polygonAreaM2(ring) > ZONE_AREA_M2).map((ring) => ring.map(rounded));
  }

  private marginOf(object: RoadObject, where: string): number {
    const text = object.userData['qm:marginM'];
    if (text === undefined) return 0;
    const marginM = text.trim() === '' ? NaN : Number(text);
    if (marginM >= 0 && marginM <= MOST_MARGIN_M) return marginM;
    this.warn('QM_MAP_ZONE_MARGIN', where, `the margin ${text} is not from 0 to ${MOST_MARGIN_M} m and is left out`);
    return 0;
  }

  private stopOf(span: SlotSpan, laneRow: number, block: number): number {
    const startSM = this.draft.blockStartSM[block]!;
    const lengthM = this.lengthOf(block);
    const { forward } = this.draft.lanes[laneRow]!;
    const slotEndM = this.arcAt(laneRow, forward ? span.toSM : span.fromSM) - startSM;
    const endM = Math.min(lengthM, slotEndM);
    return Math.max(endM - SLOT_CLEARANCE_M, endM / 2);
  }

  private eachWith(code: string, use: (road: Road, roadIndex: number, object: RoadObject, value: string) => void): void {
    this.network.roads.forEach((road, roadIndex) => {
      for (const object of road.objects) {
        const value = object.userData[code];
        if (value !== undefined) use(road, roadIndex, object, value);
      }
    });
  }

  private rowOf(road: Road, place: { readonly roadIndex: number; readonly sectionIndex: number; readonly laneIndex: number }): number {
    const lanes = road.sections[place.sectionIndex]!.lanes.filter((lane) => lane.id !== 0).sort((a, b) => b.id - a.id);
    return this.index.find(place.roadIndex, place.sectionIndex, lanes[place.laneIndex]!.id);
  }

  /** Arc length along a lane in driving direction at an arc length of its road [m]. */
  private arcAt(laneRow: number, sM: number): number {
    const { strip, arcM } = this.draft.lanes[laneRow]!;
    let row = 0;
    while (row + 2 < strip.rowCount && strip.sM[row + 1]! <= sM) row += 1;
    const stepM = strip.sM[row + 1]! - strip.sM[row]!;
    const ratio = stepM > 0 ? Math.min(1, Math.max(0, (sM - strip.sM[row]!) / stepM)) : 0;
    return arcM[row]! + ratio * (arcM[row + 1]! - arcM[row]!);
  }

  /** Block of a lane that a front at an arc length has reached: at a boundary the one that it has not yet left; -1 where there is none. */
  private blockAt(laneRow: number, arcM: number): number {
    const { firstBlock, blockCount } = this.draft.lanes[laneRow]!;
    for (let block = firstBlock; block < firstBlock + blockCount; block += 1) {
      if (arcM <= this.draft.blockEndSM[block]! + 1e-6 && arcM >= this.draft.blockStartSM[block]! - 1e-6) return block;
    }
    return -1;
  }

  private lengthOf(block: number): number {
    return this.draft.blockEndSM[block]! - this.draft.blockStartSM[block]!;
  }

  private pointAt(road: Road, sM: number, tM: number): [number, number] {
    poseOnReferenceLine(road.planView, sM, this.pose);
    return [rounded(this.pose[0]! - tM * Math.sin(this.pose[2]!)), rounded(this.pose[1]! + tM * Math.cos(this.pose[2]!))];
  }

  private outlineOf(road: Road, object: RoadObject, corners: RoadObject['outlines'][number]): Float64Array {
    const xyM: number[] = [];
    for (const corner of corners) {
      if (corner.frame === 'road') {
        xyM.push(...this.pointAt(road, corner.aM, corner.bM));
        continue;
      }
      const [xM, yM] = this.pointAt(road, object.sM, object.tM);
      const headingRad = this.pose[2]! + object.headingRad;
      const cos = Math.cos(headingRad);
      const sin = Math.sin(headingRad);
      xyM.push(rounded(xM + corner.aM * cos - corner.bM * sin), rounded(yM + corner.aM * sin + corner.bM * cos));
    }
    const n = xyM.length;
    if (n >= 8 && xyM[0] === xyM[n - 2] && xyM[1] === xyM[n - 1]) xyM.length = n - 2;
    return Float64Array.from(xyM);
  }

  /** Names are unique over all slots, transfer points and zones: they are what commands refer to. */
  private isFree(id: string, where: string): boolean {
    const other = this.taken.get(id);
    if (other === undefined) {
      this.taken.set(id, where);
      return true;
    }
    this.warn('QM_MAP_NAME_TWICE', where, `the name ${id} is already that of the object at ${other}`);
    return false;
  }

  private warn(code: MapFault['code'], where: string, message: string): void {
    this.warnings.push({ code, where, message });
  }
}

/** Finds the blocks whose surface lies partly in a polygon. */
class ZoneBlocks {
  private readonly clipper = new ConvexClipper();
  private readonly corners = new Float64Array(6);

  constructor(private readonly draft: MeshDraft, private readonly grid: BlockGrid) {}

  blocksIn(ring: Float64Array): Int32Array {
    const { grid } = this;
    const found = new Set<number>();
    const tried = new Set<number>();
    const [minX, minY, maxX, maxY] = boundsOf(ring);
    const firstColumn = Math.max(0, Math.floor((minX - grid.originXM) / grid.cellM));
    const lastColumn = Math.min(grid.columns - 1, Math.floor((maxX - grid.originXM) / grid.cellM));
    const firstRow = Math.max(0, Math.floor((minY - grid.originYM) / grid.cellM));
    const lastRow = Math.min(grid.rows - 1, Math.floor((maxY - grid.originYM) / grid.cellM));
    for (let row = firstRow; row <= lastRow; row += 1) {
      for (let column = firstColumn; column <= lastColumn; column += 1) {
        const cell = row * grid.columns + column;
        for (let i = grid.cellOffset[cell]!; i < grid.cellOffset[cell + 1]!; i += 1) {
          const block = grid.cellBlocks[i]!;
          if (tried.has(block)) continue;
          tried.add(block);
          if (this.sharesArea(ring, block)) found.add(block);
        }
      }
    }
    return Int32Array.from(found).sort();
  }

  private sharesArea(ring: Float64Array, block: number): boolean {
    const { triangleOffset, triangles, verticesM } = this.draft;
    let areaM2 = 0;
    for (let t = triangleOffset[block]!; t < triangleOffset[block + 1]!; t += 1) {
      for (let corner = 0; corner < 3; corner += 1) {
        const vertex = 3 * triangles[3 * t + corner]!;
        this.corners[2 * corner] = verticesM[vertex]!;
        this.corners[2 * corner + 1] = verticesM[vertex + 1]!;
      }
      areaM2 += this.clipper.sharedAreaM2(ring, ring.length, this.corners, 0, 6);
      if (areaM2 > ZONE_AREA_M2) return true;
    }
    return false;
  }
}

function placeOf(road: Road, object: RoadObject): string {
  return `road ${road.id}, object ${object.id}, s ${object.sM.toFixed(1)}`;
}

function boundsOf(ring: Float64Array): [number, number, number, number] {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < ring.length; i += 2) {
    minX = Math.min(minX, ring[i]!);
    minY = Math.min(minY, ring[i + 1]!);
    maxX = Math.max(maxX, ring[i]!);
    maxY = Math.max(maxY, ring[i + 1]!);
  }
  return [minX, minY, maxX, maxY];
}

/** True when no two edges of a ring cross. */
function isSimple(ring: Float64Array): boolean {
  const n = ring.length / 2;
  const side = (a: number, b: number, c: number): number => Math.sign((ring[2 * b]! - ring[2 * a]!) * (ring[2 * c + 1]! - ring[2 * a + 1]!) - (ring[2 * b + 1]! - ring[2 * a + 1]!) * (ring[2 * c]! - ring[2 * a]!));
  for (let i = 0; i < n; i += 1) {
    for (let k = i + 2; k < n; k += 1) {
      const [j, l] = [(i + 1) % n, (k + 1) % n];
      if (l !== i && side(i, j, k) * side(i, j, l) < 0 && side(k, l, i) * side(k, l, j) < 0) return false;
    }
  }
  return true;
}

function reversed(ring: Float64Array): Float64Array {
  const turned = new Float64Array(ring.length);
  for (let i = 0; i < ring.length; i += 2) {
    turned[ring.length - 2 - i] = ring[i]!;
    turned[ring.length - 1 - i] = ring[i + 1]!;
  }
  return turned;
}

function rounded(valueM: number): number {
  return Math.round(valueM * 1e6) / 1e6 + 0;
}

function roundedRad(angleRad: number): number {
  return Math.round(angleRad * 1e9) / 1e9 + 0;
}
