import type { MapFault, Road, RoadNetwork } from '@quaymaster/virtual-map';
import { child, childrenOf, integer, shown } from './attributes';
import { cutDanglingLinks } from './check-links';
import { checkRules } from './check-rules';
import { decodeText } from './decode-text';
import { FaultLog } from './fault-log';
import { readJunctions } from './read-junctions';
import { readRoad } from './read-road';
import type { XmlElement } from './xml-element';
import { scanXml } from './xml-scanner';

export interface OpenDriveOptions {
  /** Larger input is refused unread [bytes; characters of a string]. Default 64 MB. */
  readonly maxBytes?: number;
  /** Pieces of a reference line whose ends are further apart are reported [m]. Default 0.01. */
  readonly jointToleranceM?: number;
}

export type OpenDriveResult =
  | { readonly kind: 'read'; readonly network: RoadNetwork; readonly warnings: readonly MapFault[] }
  | { readonly kind: 'refused'; readonly faults: readonly MapFault[] };

/** What a document may have; more is refused. */
export const XML_LIMITS = { maxDepth: 64, maxElements: 4_000_000, maxAttributes: 128 } as const;

/**
 * Reads an OpenDRIVE document, 1.4 to 1.8 (earlier ones as far as they say the same). Lengths in metres, speeds in m/s, angles in radians, in the file's
 * own inertial frame.
 *
 * What is wrong is reported with its place. A record that cannot be used is left out, a road of which too little is left too, links to what is not there are
 * cut: what comes back is consistent. Refused is only what makes no network at all: no XML, no OpenDRIVE root, no usable road. Never throws; time and memory are bounded by
 * the size of the input.
 */
export function readOpenDrive(text: string | Uint8Array, options: OpenDriveOptions = {}): OpenDriveResult {
  const { maxBytes = 64e6, jointToleranceM = 0.01 } = options;
  if (text.length > maxBytes) return refused('QM_MAP_TOO_LARGE', 'document', `${text.length} bytes are more than the ${maxBytes} that are accepted`);
  const decoded = typeof text === 'string' ? { kind: 'text' as const, text, warning: null } : decodeText(text);
  if (decoded.kind === 'unreadable') return refused('QM_MAP_ENCODING', 'document', decoded.because);
  const xml = scanXml(decoded.text, XML_LIMITS);
  if (xml.kind === 'broken') return refused(xml.code, `line ${xml.line}, column ${xml.column}`, xml.because);
  if (xml.root.name !== 'OpenDRIVE') return refused('QM_MAP_ROOT', 'document', `the root element is <${shown(xml.root.name)}>, not <OpenDRIVE>`);
  const log = new FaultLog();
  if (decoded.warning !== null) log.add('QM_MAP_ENCODING', 'document', decoded.warning);
  const header = readHeader(child(xml.root, 'header'), log);
  const found = readRoads(xml.root, jointToleranceM, log);
  if (found.size === 0) {
    log.add('QM_MAP_NO_ROADS', 'map', 'there is no road that can be used');
    return { kind: 'refused', faults: log.faults() };
  }
  const { roads, junctions } = cutDanglingLinks(found, readJunctions(xml.root, found, log), log);
  checkRules({ revision: header.revision, roads, junctions }, log);
  return { kind: 'read', network: { ...header, roads, junctions }, warnings: log.faults() };
}

function refused(code: MapFault['code'], where: string, message: string): OpenDriveResult {
  return { kind: 'refused', faults: [{ code, where, message }] };
}

function readRoads(root: XmlElement, jointToleranceM: number, log: FaultLog): Map<string, Road> {
  const roads = new Map<string, Road>();
  for (const [i, element] of childrenOf(root, 'road').entries()) {
    const road = readRoad(element, i + 1, jointToleranceM, log);
    if (!road) continue;
    if (roads.has(road.id)) log.add('QM_MAP_ROAD', `road ${road.id}`, 'there is another road of that id; this one is left out');
    else roads.set(road.id, road);
  }
  return roads;
}

/** The revision is 0.0 when the file does not say it. */
function readHeader(header: XmlElement | undefined, log: FaultLog): Pick<RoadNetwork, 'name' | 'revision' | 'geoReference'> {
  if (!header) log.add('QM_MAP_HEADER', 'header', 'there is no header; the document is read as revision 1.4 would be');
  const major = header && integer(header.attribute('revMajor'));
  const minor = header && integer(header.attribute('revMinor'));
  if (header && (typeof major !== 'number' || typeof minor !== 'number')) log.add('QM_MAP_HEADER', 'header', 'it names no revision; the document is read as revision 1.4 would be');
  else if (header && (major !== 1 || minor! < 4 || minor! > 8)) log.add('QM_MAP_REVISION', 'header', `revision ${String(major)}.${String(minor)} is not one of 1.4 to 1.8; it is read as far as it says the same`);
  if (child(header, 'offset')) log.add('QM_MAP_UNSUPPORTED', 'header', 'the offset to the georeference is not applied: coordinates stay those of the file');
  return {
    name: (header && header.attribute('name')) ?? '', revision: { major: major ?? 0, minor: minor ?? 0 }, geoReference: child(header, 'geoReference')?.text.trim() ?? '',
  };
}
