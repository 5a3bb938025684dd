import type { Cubic, Junction, PlanGeometry, Road, RoadLane, RoadNetwork, RoadObject } from '../road-network';

/** A cubic that is one value from `sM` on. */
export function constant(a: number, sM = 0): Cubic {
  return { sM, a, b: 0, c: 0, d: 0 };
}

export function driving(id: number, widthM: number | readonly Cubic[] = 4, part: Partial<RoadLane> = {}): RoadLane {
  const widths = typeof widthM === 'number' ? [constant(widthM)] : widthM;
  return { id, type: 'driving', widths, borders: [], predecessorId: null, successorId: null, speedLimits: [], ...part };
}

export const centreLane: RoadLane = { id: 0, type: 'none', widths: [], borders: [], predecessorId: null, successorId: null, speedLimits: [] };

export function line(lengthM: number, xM = 0, yM = 0, headingRad = 0, sM = 0): PlanGeometry {
  return { kind: 'line', sM, xM, yM, headingRad, lengthM };
}

export function arc(lengthM: number, curvaturePerM: number, xM = 0, yM = 0, headingRad = 0, sM = 0): PlanGeometry {
  return { kind: 'arc', sM, xM, yM, headingRad, lengthM, curvaturePerM };
}

/** A road with one lane section of the given lanes; the length is that of its plan view. */
export function road(id: string, planView: readonly PlanGeometry[], lanes: readonly RoadLane[] = [driving(-1)], part: Partial<Road> = {}): Road {
  const last = planView[planView.length - 1];
  return {
    id, name: '', junctionId: null, lengthM: last === undefined ? 0 : last.sM + last.lengthM, leftHandTraffic: false, planView,
    elevation: [], superelevation: [], laneOffset: [], sections: [{ sM: 0, lanes: withCentre(lanes) }],
    predecessor: null, successor: null, speedLimits: [], objects: [], signals: [], ...part,
  };
}

export function withCentre(lanes: readonly RoadLane[]): RoadLane[] {
  return [...lanes, centreLane].sort((a, b) => b.id - a.id);
}

export function network(roads: readonly Road[], junctions: readonly Junction[] = []): RoadNetwork {
  return { name: 'sample', revision: { major: 1, minor: 7 }, geoReference: '', roads, junctions };
}

export function siteObject(id: string, sM: number, tM: number, part: Partial<RoadObject> = {}): RoadObject {
  return {
    id, name: id, type: 'none', sM, tM, zOffsetM: 0, headingRad: 0, lengthM: 0, widthM: 0, radiusM: 0, outlines: [], isParkingSpace: false, userData: {}, ...part,
  };
}

export function slotObject(id: string, sM: number, tM: number, lengthM = 18, widthM = 3.5, part: Partial<RoadObject> = {}): RoadObject {
  return siteObject(id, sM, tM, { type: 'parkingSpace', isParkingSpace: true, lengthM, widthM, ...part });
}
