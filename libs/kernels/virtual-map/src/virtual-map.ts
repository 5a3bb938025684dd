import type { Polyline } from '@quaymaster/geometry';

/** Bits of `BlockTable.flags`. */
export const BlockFlag = {
  /** The block lies on a connecting road of a junction. */
  junction: 1,
  /** No vehicle may stand here: junctions and keep-clear zones. */
  keepClear: 2,
  /** The block belongs to a parking or charging slot. */
  slot: 4,
  /** The end of this block is a hold point: a vehicle may be stopped with its front there. */
  holdPoint: 8,
} as const;

/** The drivable lanes, one row a lane of a lane section. A lane's arc length runs in its driving direction. */
export interface LaneTable {
  readonly count: number;
  /** OpenDRIVE road id of each lane. */
  readonly roadId: readonly string[];
  readonly sectionIndex: Int32Array;
  /** OpenDRIVE lane id: negative right, positive left of the reference line. */
  readonly laneId: Int32Array;
  /** OpenDRIVE lane type, e.g. `driving`, `parking`. */
  readonly type: readonly string[];
  /** Centre-line length [m]. */
  readonly lengthM: Float64Array;
  /** Blocks of lane i in driving order: `blocks[blockOffset[i] … blockOffset[i + 1])`. */
  readonly blockOffset: Int32Array;
  readonly blocks: Int32Array;
}

/** Sections of one lane, the unit of reservation. Compressed rows (`offset`, values) throughout. */
export interface BlockTable {
  readonly count: number;
  /** Row of `LaneTable`. */
  readonly lane: Int32Array;
  /** Arc length along the lane, in driving direction, at which the block starts and ends [m]. */
  readonly startSM: Float64Array;
  readonly endSM: Float64Array;
  /** `BlockFlag` bits. */
  readonly flags: Uint8Array;
  /** Legal speed [m/s]. */
  readonly speedLimitMps: Float64Array;
  /** Centre line in driving direction: points `centreOffset[i] … centreOffset[i + 1])` of `centreXyM` `[x, y, …]` [m]. */
  readonly centreOffset: Int32Array;
  readonly centreXyM: Float64Array;
  /** Outline, counter-clockwise, not closed: points `outlineOffset[i] …` of `outlineXyM` `[x, y, …]` [m]. */
  readonly outlineOffset: Int32Array;
  readonly outlineXyM: Float64Array;
  /** Mesh triangles of block i: `triangleOffset[i] … triangleOffset[i + 1])` are consecutive triangle numbers of `Mesh`. */
  readonly triangleOffset: Int32Array;
  /** Blocks that a vehicle may drive into from block i. */
  readonly followsOffset: Int32Array;
  readonly follows: Int32Array;
  /** Blocks beside block i in the same lane section. */
  readonly neighbourOffset: Int32Array;
  readonly neighbours: Int32Array;
  /** Blocks whose surface shares area (> 1e-4 m²) with block i, itself excluded. Symmetric. */
  readonly overlapOffset: Int32Array;
  readonly overlaps: Int32Array;
}

/** In place of a block: paved, such as a shoulder, but no lane that is driven along. */
export const SURFACE_ONLY = -1;
/** In place of a block: a lane that is no surface for vehicles, such as a sidewalk or a verge. */
export const OFF_SURFACE = -2;

/** Welded triangle mesh of all lanes that have a width. */
export interface Mesh {
  /** `[x, y, z, …]` [m]. */
  readonly verticesM: Float64Array;
  /** `[a, b, c, …]`, counter-clockwise seen from above. */
  readonly triangles: Uint32Array;
  /**
   * Block of each triangle; after those of blocks come the ones of `SURFACE_ONLY`, paved but no lane to be driven along, and then those of `OFF_SURFACE`.
   */
  readonly triangleBlock: Int32Array;
}

/** A place where a vehicle can stand off the traffic lanes. It is driven through: in at the start of its block, out at the end. */
export interface Slot {
  readonly id: string;
  readonly kind: 'parking' | 'charging';
  /** Block on which a parked vehicle stands. */
  readonly block: number;
  /** Where the front-most point of a parked vehicle stops, as arc length from the start of that block [m]. */
  readonly stopSM: number;
  /** Usable length and width [m]. */
  readonly lengthM: number;
  readonly widthM: number;
  /** Centre of the slot and direction in which a vehicle stands. */
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
}

/** A place of work on a lane: under a crane, at a yard block, at the gate. */
export interface TransferPoint {
  readonly id: string;
  readonly kind: 'crane' | 'yard' | 'gate';
  readonly block: number;
  /** Where the front-most point of a vehicle stops, arc length from the start of the block [m]. */
  readonly stopSM: number;
  readonly xM: number;
  readonly yM: number;
}

/** A polygon of the site. */
export interface Zone {
  readonly id: string;
  readonly kind: 'berth' | 'yard' | 'gate' | 'keep-out' | 'speed-limit' | 'parking';
  /** Counter-clockwise, not closed, `[x, y, …]` [m]. */
  readonly outlineXyM: Float64Array;
  readonly blocks: Int32Array;
}

/** What is wrong with a map, and where. */
export interface MapFault {
  readonly code: `QM_MAP_${string}`;
  readonly where: string;
  readonly message: string;
}

/** A compiled map version. Immutable; everything a service asks of the map is answered from it. */
export interface VirtualMap {
  readonly name: string;
  /** SHA-free content hash (64-bit FNV-1a, hex) of the compiled tables: the same input gives the same hash on every machine. */
  readonly hash: string;
  readonly boundsM: readonly [minXM: number, minYM: number, maxXM: number, maxYM: number];
  readonly lanes: LaneTable;
  readonly blocks: BlockTable;
  readonly mesh: Mesh;
  readonly slots: readonly Slot[];
  readonly transferPoints: readonly TransferPoint[];
  readonly zones: readonly Zone[];
  readonly warnings: readonly MapFault[];
}

/** A drive along consecutive blocks. */
export interface MapRoute {
  /** Blocks in driving order; `blocks[i + 1]` follows `blocks[i]`. */
  readonly blocks: Int32Array;
  /** Centre line of all of them, one curve. */
  readonly path: Polyline;
  /** Arc length on `path` at which block i starts; one more entry than blocks, the last is the path's length [m]. */
  readonly blockStartSM: Float64Array;
}

/** Where a point lies on the map. */
export interface MapLocation {
  readonly block: number;
  readonly lane: number;
  /** Arc length along the lane in driving direction [m]. */
  readonly sM: number;
  /** Signed distance to the centre line, left of the driving direction positive [m]. */
  readonly tM: number;
}
