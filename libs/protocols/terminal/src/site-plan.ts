import { curveEnd, curveLengthM, shiftLeft } from './curve';
import type { CurvePiece, Pose } from './curve';

/** Something that stands on a road; `sM`, `tM` in the frame of its reference line. */
export type SiteObject =
  | { readonly kind: 'slot'; readonly name: string; readonly use: 'parking' | 'charging'; readonly sM: number; readonly lengthM: number; readonly widthM: number }
  | { readonly kind: 'transferPoint'; readonly name: string; readonly use: 'crane' | 'yard' | 'gate'; readonly sM: number; readonly tM: number }
  /** Outline in the site frame, counter-clockwise `[x, y, …]` [m]. */
  | { readonly kind: 'zone'; readonly name: string; readonly use: 'berth' | 'yard' | 'gate' | 'parking'; readonly outlineXyM: readonly number[] };

/**
 * A one-way road. Its reference line is the centre line of lane -1; further lanes follow to the right, each `widthM` beside the one before.
 */
export interface Road {
  readonly id: number;
  readonly name: string;
  readonly start: Pose;
  readonly curve: readonly CurvePiece[];
  readonly lanes: number;
  readonly widthM: number;
  /** Limit on straights; bends get the lower of this and the plan's bend limit. */
  readonly limitMps: number;
  readonly from: Junction;
  readonly to: Junction;
  readonly objects: SiteObject[];
}

/** One lane through a junction; reference line in its middle. */
export interface ConnectingRoad {
  readonly id: number;
  readonly name: string;
  readonly start: Pose;
  readonly curve: readonly CurvePiece[];
  /** Equal to the lanes it joins at its ends, wider between, where long vehicles cut the corner. */
  readonly startWidthM: number;
  readonly middleWidthM: number;
  readonly endWidthM: number;
  readonly incoming: Road;
  readonly incomingLane: number;
  readonly outgoing: Road;
  readonly outgoingLane: number;
}

export interface JunctionRules {
  /** Radius of its turns where there is room for it [m]. */
  readonly radiusM: number;
  /** Farthest sideways lane change [m]. */
  readonly shiftM: number;
  /** Lane width in turns [m]. */
  readonly turnWidthM: number;
}

export interface Junction extends JunctionRules {
  readonly id: number;
  readonly name: string;
  readonly incoming: Road[];
  readonly outgoing: Road[];
  readonly connecting: ConnectingRoad[];
}

export type RoadSpec = Omit<Road, 'id' | 'objects' | 'lanes' | 'widthM'> & { readonly lanes?: number };

/** Centre to centre distance of the lanes of one road, and their width [m]. */
export const LANE_WIDTH_M = 4.5;

/** Tools with one name space for roads and junctions meet no id twice. */
const FIRST_JUNCTION_ID = 100_000;

/** The roads and junctions of one terminal while they are being laid out. */
export class SitePlan {
  readonly roads: Road[] = [];
  readonly junctions: Junction[] = [];
  private lastRoadId = 0;

  addJunction(name: string, rules: Partial<JunctionRules> = {}): Junction {
    const junction: Junction = {
      radiusM: 18, shiftM: 6.5, turnWidthM: 6, ...rules, id: FIRST_JUNCTION_ID + this.junctions.length, name, incoming: [], outgoing: [], connecting: [],
    };
    this.junctions.push(junction);
    return junction;
  }

  addRoad(spec: RoadSpec): Road {
    const road: Road = { lanes: 1, ...spec, id: this.nextRoadId(), widthM: LANE_WIDTH_M, objects: [] };
    this.roads.push(road);
    road.from.outgoing.push(road);
    road.to.incoming.push(road);
    return road;
  }

  nextRoadId(): number {
    this.lastRoadId += 1;
    return this.lastRoadId;
  }
}

/** Pose of a lane's centre at the start or end of a road. @param lane 1 for lane -1, and so on */
export function lanePose(road: Road, lane: number, at: 'start' | 'end'): Pose {
  return shiftLeft(at === 'start' ? road.start : curveEnd(road.start, road.curve), -(lane - 1) * road.widthM);
}

export function roadLengthM(road: { readonly curve: readonly CurvePiece[] }): number {
  return curveLengthM(road.curve);
}
