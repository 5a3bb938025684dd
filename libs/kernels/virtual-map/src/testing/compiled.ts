import { compileMap, type CompileOptions, type MapReport } from '../compile-map';
import type { Road, RoadNetwork } from '../road-network';
import type { VirtualMap } from '../virtual-map';
import { arc, constant, driving, line, network, road, siteObject, slotObject } from './network-builder';

export function compiled(source: RoadNetwork, options?: CompileOptions): { readonly map: VirtualMap; readonly report: MapReport } {
  const result = compileMap(source, options);
  if (result.kind === 'refused') throw new Error(`refused: ${JSON.stringify(result.faults)}`);
  return result;
}

/** Compressed row i. */
export function rowOf(offset: Int32Array, values: Int32Array, i: number): number[] {
  return [...values.subarray(offset[i], offset[i + 1])];
}

/** Blocks of the lane with a road and lane id, in driving order (all its sections). */
export function blocksOf(map: VirtualMap, roadId: string, laneId = -1): number[] {
  return map.lanes.roadId.flatMap((id, lane) => (id === roadId && map.lanes.laneId[lane] === laneId ? rowOf(map.lanes.blockOffset, map.lanes.blocks, lane) : []));
}

/**
 * A T: road `in` from the west to a junction at (40, 0), connecting roads `ahead` and `turn` (left, radius 20), roads `east` and `north` beyond. One lane of
 * 4 m each, its middle on the reference line.
 */
export function tJunction(): RoadNetwork {
  const centred: Partial<Road> = { laneOffset: [constant(2)] };
  const linked = (): ReturnType<typeof driving>[] => [driving(-1, 4, { predecessorId: -1, successorId: -1 })];
  const quarter = 20 * Math.PI / 2;
  return network([
    road('in', [line(40)], linked(), { ...centred, successor: { kind: 'junction', junctionId: 'J' } }),
    road('ahead', [line(30, 40)], linked(), {
      ...centred, junctionId: 'J', predecessor: { kind: 'road', roadId: 'in', contactPoint: 'end' }, successor: { kind: 'road', roadId: 'east', contactPoint: 'start' },
    }),
    road('turn', [arc(quarter, 1 / 20, 40)], linked(), {
      ...centred, junctionId: 'J', predecessor: { kind: 'road', roadId: 'in', contactPoint: 'end' }, successor: { kind: 'road', roadId: 'north', contactPoint: 'start' },
    }),
    road('east', [line(45, 70)], linked(), { ...centred, predecessor: { kind: 'junction', junctionId: 'J' } }),
    road('north', [line(45, 60, 20, Math.PI / 2)], linked(), { ...centred, predecessor: { kind: 'junction', junctionId: 'J' } }),
  ], [{
    id: 'J', name: '', connections: [
      { id: '0', incomingRoadId: 'in', connectingRoadId: 'ahead', contactPoint: 'start', laneLinks: [{ fromLaneId: -1, toLaneId: -1 }] },
      { id: '1', incomingRoadId: 'in', connectingRoadId: 'turn', contactPoint: 'start', laneLinks: [{ fromLaneId: -1, toLaneId: -1 }] },
    ],
  }]);
}

/** A two-way road of three lanes with a lane that opens, an S-bend of spirals, a hill and a bank; a slot, a transfer point and two zones on a second road. */
export function variedRoads(): RoadNetwork {
  const bend = road('bend', [
    line(30), { kind: 'spiral', sM: 30, xM: 30, yM: 0, headingRad: 0, lengthM: 40, startPerM: 0, endPerM: 0.04 },
  ], [
    driving(2, [{ sM: 0, a: 0, b: 0, c: 0.0075, d: -0.000125 }, constant(4, 40)]), driving(1, 3.5), driving(-1, 3.5), { ...driving(-2, 1.5), type: 'shoulder' },
  ], { elevation: [{ sM: 0, a: 1, b: 0.02, c: -0.0003, d: 0 }], superelevation: [{ sM: 0, a: 0.02, b: 0, c: 0, d: 0 }] });
  const bay = road('bay', [line(60, 0, -60)], [driving(-1, 5)], {
    laneOffset: [constant(2.5)],
    objects: [
      slotObject('P-1', 30, 0, 18, 4, { userData: { 'qm:slot': 'charging' } }),
      siteObject('QC-1', 10, 0, { userData: { 'qm:transferPoint': 'crane' } }),
      siteObject('berth', 0, 0, {
        userData: { 'qm:zone': 'berth' },
        outlines: [[[-5, 3], [14, 3], [14, -3], [-5, -3]].map(([aM, bM]) => ({ frame: 'road' as const, aM: aM!, bM: bM!, heightM: 0 }))],
      }),
      siteObject('closed', 55, 0, {
        userData: { 'qm:zone': 'keep-out' },
        outlines: [[[-3, -3], [3, -3], [3, 3], [-3, 3]].map(([aM, bM]) => ({ frame: 'local' as const, aM: aM!, bM: bM!, heightM: 0 }))],
      }),
    ],
  });
  return network([bend, bay]);
}

/** The same network turned about the origin and moved. */
export function moved(source: RoadNetwork, xM: number, yM: number, turnRad: number): RoadNetwork {
  const cos = Math.cos(turnRad);
  const sin = Math.sin(turnRad);
  return {
    ...source,
    roads: source.roads.map((each) => ({
      ...each,
      planView: each.planView.map((piece) => ({
        ...piece, xM: xM + piece.xM * cos - piece.yM * sin, yM: yM + piece.xM * sin + piece.yM * cos, headingRad: piece.headingRad + turnRad,
      })),
    })),
  };
}
