import type { CompiledMap, MapFault, PlanGeometry, RoadNetwork } from '@quaymaster/virtual-map';

type Kind = PlanGeometry['kind'];

/** Totals of a road network, as `map inspect` prints them. */
export function describeNetwork(network: RoadNetwork) {
  const geometries: Record<Kind, number> = { line: 0, arc: 0, spiral: 0, poly3: 0, paramPoly3: 0 };
  const lanesByType: Record<string, number> = {};
  const objects: Record<string, number> = {};
  let laneSections = 0;
  let roadLengthM = 0;
  let geometryLengthM = 0;
  for (const road of network.roads) {
    roadLengthM += road.lengthM;
    for (const { kind, lengthM } of road.planView) {
      geometries[kind] += 1;
      geometryLengthM += lengthM;
    }
    laneSections += road.sections.length;
    for (const { lanes } of road.sections) for (const { id, type } of lanes) if (id !== 0) count(lanesByType, type);
    for (const { type } of road.objects) count(objects, type);
  }
  return {
    openDriveVersion: `${network.revision.major}.${network.revision.minor}`, name: network.name, roads: network.roads.length, junctions: network.junctions.length,
    junctionConnections: network.junctions.reduce((sum, { connections }) => sum + connections.length, 0), laneSections, roadLengthM, geometryLengthM, geometries,
    lanesByType, objects, parkingSlots: network.roads.reduce((sum, road) => sum + road.objects.filter(({ isParkingSpace }) => isParkingSpace).length, 0),
  };
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Totals of a compiled map. */
export function describeMap({ map, report }: Extract<CompiledMap, { kind: 'compiled' }>) {
  const { blocks } = map;
  const lengthsM = Array.from({ length: blocks.count }, (_, i) => blocks.endSM[i]! - blocks.startSM[i]!).sort((a, b) => a - b);
  let holdPoints = 0;
  for (const flags of blocks.flags) if ((flags & 8) !== 0) holdPoints += 1;
  return {
    mesh: {
      vertices: report.vertices, triangles: report.triangles, degenerateTriangles: report.degenerateTriangles, maxChordErrorM: report.maximumChordErrorM,
      weldedVertices: report.verticesBeforeWeld - report.vertices, gapsReported: report.doubtfulGaps + report.wrongGaps,
    },
    blocks: {
      count: blocks.count, lengthM: { min: lengthsM[0] ?? 0, p50: lengthsM[lengthsM.length >> 1] ?? 0, max: lengthsM[lengthsM.length - 1] ?? 0 },
      follows: blocks.follows.length, neighbours: blocks.neighbours.length, overlaps: blocks.overlaps.length, holdPoints,
    },
    drivableLaneM: report.drivableLaneM, slots: map.slots.length, transferPoints: map.transferPoints.length, zones: map.zones.length, boundsM: map.boundsM, hash: map.hash,
  };
}

export function faultLine(fault: MapFault): string {
  return `${fault.code} ${fault.where}: ${fault.message}`;
}
