import type { VehicleModel } from '@quaymaster/motion';
import { compileMap, type Cubic, type PlanGeometry, type Road, type RoadNetwork, type VirtualMap } from '@quaymaster/virtual-map';
import { surveyTurns } from './turn-survey';

const box = (frontM: number, backM: number, widthM: number): number[] => [frontM, -widthM / 2, frontM, widthM / 2, -backM, widthM / 2, -backM, -widthM / 2];
const limits = { maximumSpeedMps: 10, accelerationMps2: 1, brakingMps2: 2 };
const truck: VehicleModel = {
  id: 'truck', parts: [{ contourM: box(5.1, 1, 2.55), axleBehindHitchM: 0, hitchForwardM: 0.6 }, { contourM: box(1.6, 12, 2.55), axleBehindHitchM: 7.7, hitchForwardM: 0 }],
  frontM: 5.1, rearM: 11.4, widthM: 2.55, ...limits,
};
const carrier: VehicleModel = { id: 'carrier', parts: [{ contourM: box(3, 3, 2.55), axleBehindHitchM: 0, hitchForwardM: 0 }], frontM: 3, rearM: 3, widthM: 2.55, ...limits };

/** A lane of one width into a junction, through it along a circle or straight on, and out again. Its middle is the reference line. */
function throughJunction(radiusM: number, turnRad: number, widthM: number): VirtualMap {
  const constant = (a: number): Cubic => ({ sM: 0, a, b: 0, c: 0, d: 0 });
  const lane = (id: number) => ({ id, type: id === 0 ? 'none' : 'driving', widths: id === 0 ? [] : [constant(widthM)], borders: [], predecessorId: id || null, successorId: id || null, speedLimits: [] });
  const road = (id: string, piece: PlanGeometry, part: Partial<Road>): Road => ({
    id, name: '', junctionId: null, lengthM: piece.lengthM, leftHandTraffic: false, planView: [piece], elevation: [], superelevation: [], laneOffset: [constant(widthM / 2)],
    sections: [{ sM: 0, lanes: [lane(0), lane(-1)] }], predecessor: null, successor: null, speedLimits: [], objects: [], signals: [], ...part,
  });
  const isStraight = turnRad === 0;
  const turn: PlanGeometry = isStraight
    ? { kind: 'line', sM: 0, xM: 40, yM: 0, headingRad: 0, lengthM: 30 }
    : { kind: 'arc', sM: 0, xM: 40, yM: 0, headingRad: 0, lengthM: radiusM * turnRad, curvaturePerM: 1 / radiusM };
  const [endXM, endYM] = isStraight ? [70, 0] : [40 + radiusM * Math.sin(turnRad), radiusM * (1 - Math.cos(turnRad))];
  const network: RoadNetwork = {
    name: 'turn', revision: { major: 1, minor: 7 }, geoReference: '',
    roads: [
      road('in', { kind: 'line', sM: 0, xM: 0, yM: 0, headingRad: 0, lengthM: 40 }, { successor: { kind: 'junction', junctionId: 'J' } }),
      road('turn', turn, { junctionId: 'J', predecessor: { kind: 'road', roadId: 'in', contactPoint: 'end' }, successor: { kind: 'road', roadId: 'out', contactPoint: 'start' } }),
      road('out', { kind: 'line', sM: 0, xM: endXM, yM: endYM, headingRad: turnRad, lengthM: 40 }, { predecessor: { kind: 'junction', junctionId: 'J' } }),
    ],
    junctions: [{ id: 'J', name: '', connections: [{ id: '0', incomingRoadId: 'in', connectingRoadId: 'turn', contactPoint: 'start', laneLinks: [{ fromLaneId: -1, toLaneId: -1 }] }] }],
  };
  const compiled = compileMap(network, { epsilonM: 0.002 });
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.faults));
  return compiled.map;
}

describe('surveyTurns', () => {
  it('finds that a vehicle keeps within a lane that goes straight on, and by how much a lane is too narrow', () => {
    expect(surveyTurns(throughJunction(0, 0, 3), truck)).toEqual({ connections: 1, marginM: 0, where: '' });
    expect(surveyTurns(throughJunction(0, 0, 2), truck).marginM).toBeCloseTo((2.55 - 2) / 2, 6);
  });
  it('finds the steady swing of a trailer into a long turn: its axle runs at the root of hitch radius squared less its length squared', () => {
    const radiusM = 20;
    const axleM = Math.sqrt(radiusM ** 2 + 0.6 ** 2 - 7.7 ** 2);
    const found = surveyTurns(throughJunction(radiusM, 1.7 * Math.PI, 3), truck);
    expect(found).toMatchObject({ connections: 1, where: 'road turn, lane -1' });
    expect(Math.abs(found.marginM - (radiusM - 1.5 - (axleM - 2.55 / 2)))).toBeLessThan(0.02);
  });
  it('finds the swing of the corners of a rigid vehicle to the outside', () => {
    const found = surveyTurns(throughJunction(15, Math.PI, 3), carrier);
    expect(Math.abs(found.marginM - (Math.hypot(15 + 2.55 / 2, 3) - 16.5))).toBeLessThan(0.02);
  });
  it('needs no less margin in a narrower lane', () => {
    const margins = [5, 4.5, 4, 3.5, 3].map((widthM) => surveyTurns(throughJunction(18, Math.PI / 2, widthM), truck).marginM);
    margins.slice(1).forEach((marginM, i) => { expect(marginM).toBeGreaterThanOrEqual(margins[i]! - 0.01); });
    expect(margins[4]).toBeGreaterThan(0.5);
  });
});
