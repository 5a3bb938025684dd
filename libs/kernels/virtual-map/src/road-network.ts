/**
 * A road network as OpenDRIVE describes it, reduced to what the map is compiled from. Lengths and coordinates in metres, angles in radians, `s` along a
 * road's reference line, `t` to its left. What a file says in other units is converted by its reader.
 */

/** Cubic polynomial that holds from an arc length on: `a + b ds + c ds² + d ds³` with `ds = s - sM`. */
export interface Cubic {
  readonly sM: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

interface GeometryBase {
  readonly sM: number;
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
  readonly lengthM: number;
}

/** One piece of a reference line. */
export type PlanGeometry =
  | (GeometryBase & { readonly kind: 'line' })
  | (GeometryBase & { readonly kind: 'arc'; readonly curvaturePerM: number })
  | (GeometryBase & { readonly kind: 'spiral'; readonly startPerM: number; readonly endPerM: number })
  | (GeometryBase & { readonly kind: 'poly3'; readonly a: number; readonly b: number; readonly c: number; readonly d: number })
  | (GeometryBase & {
    readonly kind: 'paramPoly3';
    /** `[a, b, c, d]` of u and of v. */
    readonly u: readonly [number, number, number, number];
    readonly v: readonly [number, number, number, number];
    /** True when the parameter runs from 0 to 1, false when it is the arc length. */
    readonly normalized: boolean;
  });

export interface RoadLane {
  /** Negative right, positive left of the reference line, 0 the centre lane. */
  readonly id: number;
  readonly type: string;
  /** `s` counts from the start of the lane section. Exactly one of the two is used: borders where `borders` is not empty. */
  readonly widths: readonly Cubic[];
  readonly borders: readonly Cubic[];
  /** Lane ids in the neighbouring lane section or road; null where the lane begins or ends. */
  readonly predecessorId: number | null;
  readonly successorId: number | null;
  /** Holds from `sM` of the lane section on. Empty when the file names none. */
  readonly speedLimits: readonly { readonly sM: number; readonly limitMps: number }[];
}

export interface RoadLaneSection {
  /** Start along the road [m]. */
  readonly sM: number;
  /** By descending id, the centre lane included. */
  readonly lanes: readonly RoadLane[];
}

export type RoadLink =
  | { readonly kind: 'road'; readonly roadId: string; readonly contactPoint: 'start' | 'end' }
  | { readonly kind: 'junction'; readonly junctionId: string };

/** A corner of an object's outline in the road frame (`cornerRoad`) or the object's own (`cornerLocal`: x = `aM`, y = `bM`). */
export interface OutlineCorner {
  readonly frame: 'road' | 'local';
  readonly aM: number;
  readonly bM: number;
  readonly heightM: number;
}

export interface RoadObject {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly sM: number;
  readonly tM: number;
  readonly zOffsetM: number;
  /** Relative to the reference line's heading at `sM`. */
  readonly headingRad: number;
  /** Along and across the object's heading; 0 when the file does not say. */
  readonly lengthM: number;
  readonly widthM: number;
  readonly radiusM: number;
  readonly outlines: readonly (readonly OutlineCorner[])[];
  readonly isParkingSpace: boolean;
  /** `userData` by code. */
  readonly userData: Readonly<Record<string, string>>;
}

export interface RoadSignal {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly subtype: string;
  readonly sM: number;
  readonly tM: number;
  readonly value: number | null;
}

export interface Road {
  readonly id: string;
  readonly name: string;
  /** Junction to which a connecting road belongs, null for all others. */
  readonly junctionId: string | null;
  readonly lengthM: number;
  readonly leftHandTraffic: boolean;
  readonly planView: readonly PlanGeometry[];
  readonly elevation: readonly Cubic[];
  readonly superelevation: readonly Cubic[];
  readonly laneOffset: readonly Cubic[];
  readonly sections: readonly RoadLaneSection[];
  readonly predecessor: RoadLink | null;
  readonly successor: RoadLink | null;
  /** Speed limits of the whole road from `sM` on; a lane's own go before them. */
  readonly speedLimits: readonly { readonly sM: number; readonly limitMps: number }[];
  readonly objects: readonly RoadObject[];
  readonly signals: readonly RoadSignal[];
}

export interface JunctionConnection {
  readonly id: string;
  readonly incomingRoadId: string;
  readonly connectingRoadId: string;
  /** End of the connecting road at which it is entered. */
  readonly contactPoint: 'start' | 'end';
  readonly laneLinks: readonly { readonly fromLaneId: number; readonly toLaneId: number }[];
}

export interface Junction {
  readonly id: string;
  readonly name: string;
  readonly connections: readonly JunctionConnection[];
}

export interface RoadNetwork {
  readonly name: string;
  readonly revision: { readonly major: number; readonly minor: number };
  /** PROJ string, '' when the file has none. */
  readonly geoReference: string;
  readonly roads: readonly Road[];
  readonly junctions: readonly Junction[];
}
