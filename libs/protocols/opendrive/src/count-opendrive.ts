import { normalizeAngleRad } from '@quaymaster/geometry';
import type { PlanGeometry } from '@quaymaster/virtual-map';
import { child, childrenOf, parseNumber } from './attributes';
import { decodeText } from './decode-text';
import { FaultLog } from './fault-log';
import { endPose } from './plan-pose';
import { readPiece } from './read-plan-view';
import { XML_LIMITS } from './read-opendrive';
import type { XmlElement } from './xml-element';
import { scanXml } from './xml-scanner';

/** What a document says, usable or not. */
export interface OpenDriveTotals {
  /** As written, '0.0' where there is none. */
  readonly openDriveVersion: string;
  readonly name: string;
  readonly roads: number;
  readonly junctions: number;
  readonly junctionConnections: number;
  readonly laneSections: number;
  readonly roadLengthM: number;
  readonly geometryLengthM: number;
  readonly geometries: Readonly<Record<PlanGeometry['kind'], number>>;
  /** Lanes but the centre ones, over all lane sections. */
  readonly lanesByType: Readonly<Record<string, number>>;
  readonly objects: Readonly<Record<string, number>>;
  readonly parkingSlots: number;
  /** Between consecutive pieces of a road's reference line. */
  readonly maxJointGapM: number;
  readonly maxJointHeadingGapRad: number;
}

/** Totals of a document as its elements stand there, also of those that a reader has to leave out. Null when it is no OpenDRIVE document. */
export function countOpenDrive(bytes: Uint8Array): OpenDriveTotals | null {
  const decoded = decodeText(bytes);
  if (decoded.kind === 'unreadable') return null;
  const xml = scanXml(decoded.text, XML_LIMITS);
  if (xml.kind === 'broken' || xml.root.name !== 'OpenDRIVE') return null;
  const { root } = xml;
  const header = child(root, 'header');
  const roads = childrenOf(root, 'road');
  const junctions = childrenOf(root, 'junction');
  const sections = roads.flatMap((road) => childrenOf(child(road, 'lanes'), 'laneSection'));
  const lanes = sections.flatMap((section) => section.children.flatMap((side) => childrenOf(side, 'lane'))).filter((lane) => parseNumber(lane.attribute('id') ?? '') !== 0);
  const objects = roads.flatMap((road) => childrenOf(child(road, 'objects'), 'object'));
  const pieces = roads.map(piecesOf);
  const geometries = { line: 0, arc: 0, spiral: 0, poly3: 0, paramPoly3: 0 };
  for (const { kind } of pieces.flat()) geometries[kind] += 1;
  return {
    openDriveVersion: `${header?.attribute('revMajor')?.trim() ?? '0'}.${header?.attribute('revMinor')?.trim() ?? '0'}`, name: header?.attribute('name') ?? '',
    roads: roads.length, junctions: junctions.length, junctionConnections: junctions.reduce((sum, junction) => sum + childrenOf(junction, 'connection').length, 0),
    laneSections: sections.length, roadLengthM: sumOf(roads.map((road) => parseNumber(road.attribute('length') ?? ''))),
    geometryLengthM: sumOf(pieces.flat().map(({ lengthM }) => lengthM)), geometries, lanesByType: tally(lanes), objects: tally(objects),
    parkingSlots: objects.filter((object) => typeOf(object) === 'parkingSpace' || child(object, 'parkingSpace') !== undefined).length, ...jointsOf(pieces),
  };
}

/** Pieces in the order of the document; those that say no shape or no numbers are left out. */
function piecesOf(road: XmlElement): PlanGeometry[] {
  const log = new FaultLog(0);
  return childrenOf(child(road, 'planView'), 'geometry').flatMap((element) => readPiece(element, '', log) ?? []);
}

function jointsOf(roads: readonly (readonly PlanGeometry[])[]): { maxJointGapM: number; maxJointHeadingGapRad: number } {
  let maxJointGapM = 0;
  let maxJointHeadingGapRad = 0;
  for (const pieces of roads) {
    for (let i = 1; i < pieces.length; i += 1) {
      const end = endPose(pieces[i - 1]!);
      const next = pieces[i]!;
      maxJointGapM = Math.max(maxJointGapM, Math.hypot(end.xM - next.xM, end.yM - next.yM));
      maxJointHeadingGapRad = Math.max(maxJointHeadingGapRad, Math.abs(normalizeAngleRad(end.headingRad - next.headingRad)));
    }
  }
  return { maxJointGapM, maxJointHeadingGapRad };
}

function typeOf(element: XmlElement): string {
  return element.attribute('type')?.trim() ?? 'none';
}

function tally(elements: readonly XmlElement[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const element of elements) counts.set(typeOf(element), (counts.get(typeOf(element)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Of those that are numbers. */
function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + value), 0);
}
