import { severityOf, type OpenDriveTotals } from '@quaymaster/opendrive';
import { BlockFlag, surveyMesh, type CompiledMap, type MapFault, type RoadNetwork } from '@quaymaster/virtual-map';

export interface InspectTimingMs {
  readonly read: number;
  readonly compile: number;
  readonly index: number;
}

export type Compiled = Extract<CompiledMap, { kind: 'compiled' }>;

/** What `map inspect` prints. Areas are seen from above; totals are those of the document, all else is of the compiled map. */
export function inspectReport(
  file: string, totals: OpenDriveTotals, network: RoadNetwork, compiled: Compiled, readFaults: readonly MapFault[], timingMs: InspectTimingMs,
) {
  const { map, report } = compiled;
  const { blocks } = map;
  const survey = surveyMesh(network, compiled);
  const lengthsM = Array.from({ length: blocks.count }, (_, i) => blocks.endSM[i]! - blocks.startSM[i]!).sort((a, b) => a - b);
  const { openDriveVersion, name, objects, parkingSlots, maxJointGapM, maxJointHeadingGapRad, ...counts } = totals;
  return {
    file, openDriveVersion, name, ...counts, maxJointGapM, maxJointHeadingGapRad, drivableAreaM2: survey.drivableAreaM2,
    mesh: {
      vertices: report.vertices, triangles: report.triangles, degenerateTriangles: report.degenerateTriangles, areaM2: survey.areaM2,
      maxChordErrorM: survey.maximumChordErrorM, tJunctions: survey.tJunctions, weldedVertices: report.verticesBeforeWeld - report.vertices,
      gapsReported: report.doubtfulGaps + report.wrongGaps,
    },
    blocks: {
      count: blocks.count, lengthM: { min: lengthsM[0] ?? 0, p50: lengthsM[lengthsM.length >> 1] ?? 0, max: lengthsM[lengthsM.length - 1] ?? 0 },
      follows: blocks.follows.length, neighbours: blocks.neighbours.length, overlaps: blocks.overlaps.length,
      holdPoints: blocks.flags.reduce((count, flags) => ((flags & BlockFlag.holdPoint) === 0 ? count : count + 1), 0),
    },
    parkingSlots, objects, boundsM: map.boundsM, timingMs,
    warnings: [...readFaults.filter((fault) => severityOf(fault) === 'warning'), ...report.warnings],
    errors: [...readFaults.filter((fault) => severityOf(fault) === 'error'), ...report.faults],
  };
}

export function faultLine(fault: MapFault): string {
  return `${fault.code} ${fault.where}: ${fault.message}`;
}
