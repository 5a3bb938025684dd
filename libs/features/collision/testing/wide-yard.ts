import { compileMap, type Cubic, type Road, type RoadLane, type RoadObject, type VirtualMap } from '@quaymaster/virtual-map';

const constant = (a: number): Cubic => ({ sM: 0, a, b: 0, c: 0, d: 0 });
const lane = (id: number, widthM: number): RoadLane => ({
  id, type: 'driving', widths: id === 0 ? [] : [constant(widthM)], borders: [], predecessorId: null, successorId: null, speedLimits: [],
});
/** A slot of 18 m by 5 m on the rightmost lane, centred at x = 0, y = -90. */
const slot: RoadObject = {
  id: 'slot-1', name: 'P-1', type: 'parkingSpace', sM: 200, tM: -90, zOffsetM: 0, headingRad: 0, lengthM: 18, widthM: 5, radiusM: 0, outlines: [],
  isParkingSpace: true, userData: { 'qm:slot': 'parking' },
};
const road: Road = {
  id: '1', name: 'yard', junctionId: null, lengthM: 400, leftHandTraffic: false,
  planView: [{ kind: 'line', sM: 0, xM: -200, yM: 0, headingRad: 0, lengthM: 400 }],
  elevation: [], superelevation: [], laneOffset: [],
  sections: [{ sM: 0, lanes: [lane(1, 100), lane(0, 0), lane(-1, 80), lane(-2, 20)] }],
  predecessor: null, successor: null, speedLimits: [{ sM: 0, limitMps: 8.3 }], objects: [slot], signals: [],
};

/** A paved field of 400 m by 200 m around the origin: two lanes so wide that tests may drive anywhere, and one narrow enough to park on. */
export function wideYard(): VirtualMap {
  const compiled = compileMap({ name: 'wide yard', revision: { major: 1, minor: 8 }, geoReference: '', roads: [road], junctions: [] });
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.faults));
  return compiled.map;
}
