import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cubic, MapFault, RoadNetwork } from '@quaymaster/virtual-map';
import { endPose } from './plan-pose';
import { readOpenDrive } from './read-opendrive';

/** What a reader that is not ours counted in a map. */
interface Facts {
  readonly root: string;
  readonly rev?: string;
  readonly name?: string;
  readonly roadsLengthMismatch: number;
  readonly maxJointGap_m: number;
  readonly [total: string]: unknown;
}

const folder = join(process.env['QM_DATA_DIR'] ?? '', 'opendrive');
const hasData = process.env['QM_DATA_DIR'] !== undefined && existsSync(join(folder, 'FACTS.json'));
const isRequired = process.env['QM_REQUIRE_DATA'] === '1';
const json = (file: string): unknown => (hasData ? JSON.parse(readFileSync(join(folder, file), 'utf8')) : {});
const facts = json('FACTS.json') as Readonly<Record<string, Facts>>;
const labels = json('QC_LABELS.json') as Readonly<Record<string, { readonly rule: string; readonly label: string }>>;
const QC = 'asam-ev__qc-opendrive/';

/** Maps whose totals differ from the file's because the reader leaves out what cannot be used: file, what is compared no more, the report that says so. */
const LEFT_OUT: Readonly<Record<string, { readonly totals: readonly string[]; readonly code: string }>> = {
  'maliput__maliput_malidrive/resources/GapInLaneWidthNonDrivableLane.xodr': { totals: ['lanesByType', 'lanesNonCentre'], code: 'QM_MAP_LANE' },
  'maliput__maliput_malidrive/resources/SingleRoadTinyGeometry.xodr': { totals: ['geometry', 'geometryJoints'], code: 'QM_MAP_GEOMETRY' },
  [`${QC}tests/data/road_geometry_elem_asc_order/invalid.xodr`]: { totals: ['maxJointGap_m'], code: 'QM_MAP_ORDER' },
  [`${QC}tests/data/fileheader_is_present/negative.xodr`]: { totals: ['rev', 'name'], code: 'QM_MAP_HEADER' },
  [`${QC}tests/data/version_is_defined/negative_no_attr.xodr`]: { totals: ['rev'], code: 'QM_MAP_HEADER' },
  [`${QC}tests/data/version_is_defined/negative_no_type.xodr`]: { totals: ['rev'], code: 'QM_MAP_HEADER' },
};

/** Maps of which nothing can be driven on. */
const REFUSED: Readonly<Record<string, string>> = {
  [`${QC}tests/data/root_tag_is_opendrive/negative.xodr`]: 'QM_MAP_ROOT',
  [`${QC}tests/data/valid_schema/negative16.xodr`]: 'QM_MAP_NO_ROADS',
  [`${QC}tests/data/valid_schema/negative17.xodr`]: 'QM_MAP_NO_ROADS',
  [`${QC}tests/data/valid_schema/negative18.xodr`]: 'QM_MAP_NO_ROADS',
};

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const isNonZero = ({ a, b, c, d }: Cubic) => [a, b, c, d].some((coefficient) => Math.abs(coefficient) > 1e-9);

/** The same totals as the facts, under their names. */
function totalsOf({ name, revision, roads, junctions }: RoadNetwork): Record<string, unknown> {
  const pieces = roads.flatMap((road) => road.planView);
  const sections = roads.flatMap((road) => road.sections);
  const lanes = sections.flatMap((section) => section.lanes.filter((lane) => lane.id !== 0));
  const offsets = roads.flatMap((road) => road.laneOffset);
  const objects = roads.flatMap((road) => road.objects);
  const gapsM = roads.flatMap((road) => road.planView.slice(1).map((piece, i) => {
    const end = endPose(road.planView[i]!);
    return Math.hypot(end.xM - piece.xM, end.yM - piece.yM);
  }));
  return {
    rev: `${revision.major}.${revision.minor}`, name, roads: roads.length, junctions: junctions.length,
    connectingRoads: roads.filter((road) => road.junctionId !== null).length,
    junctionConnections: junctions.reduce((sum, junction) => sum + junction.connections.length, 0),
    sumRoadLength: roads.reduce((sum, road) => sum + road.lengthM, 0), sumGeometryLength: pieces.reduce((sum, piece) => sum + piece.lengthM, 0),
    geometry: tally(pieces.map((piece) => piece.kind)), laneSections: sections.length, lanesByType: tally(lanes.map((lane) => lane.type)), lanesNonCentre: lanes.length,
    laneOffsets: offsets.length, nonZeroLaneOffsets: offsets.filter(isNonZero).length,
    objects: objects.length, objectTypes: tally(objects.map((object) => object.type)), signals: roads.reduce((sum, road) => sum + road.signals.length, 0),
    elevation: roads.some((road) => road.elevation.some(isNonZero)), superelevation: roads.some((road) => road.superelevation.some(isNonZero)),
    leftHand: roads.some((road) => road.leftHandTraffic), geometryJoints: gapsM.length, maxJointGap_m: Math.max(0, ...gapsM),
  };
}

function read(file: string) {
  return readOpenDrive(readFileSync(join(folder, file)));
}

const describeData = hasData || isRequired ? describe : xdescribe;

describeData('OpenDRIVE maps of others (QM_DATA_DIR)', () => {
  it('are there', () => {
    expect(Object.keys(facts).length).toBeGreaterThan(300);
    expect(Object.keys(labels).length).toBeGreaterThan(100);
  });

  const files = Object.keys(facts).filter((file) => !Object.hasOwn(REFUSED, file));
  for (const file of files) {
    it(`${file} has the totals that an independent reader counted`, () => {
      const result = read(file);
      if (result.kind !== 'read') throw new Error(JSON.stringify(result.faults));
      const totals = totalsOf(result.network);
      const leftOut = LEFT_OUT[file];
      const compared = Object.keys(totals).filter((total) => leftOut?.totals.includes(total) !== true);
      for (const total of compared) {
        const [ours, theirs] = [totals[total], facts[file]![total]];
        if (typeof ours === 'number') expect({ [total]: Math.abs(ours - (theirs as number)) < 2e-6 ? theirs : ours }).toEqual({ [total]: theirs });
        else expect({ [total]: ours }).toEqual({ [total]: theirs });
      }
      if (leftOut) expect(codesOf(result.warnings)).toContain(leftOut.code);
    });

    it(`${file} is reported as gapped exactly when its reference lines are`, () => {
      const result = read(file);
      if (result.kind !== 'read') throw new Error(JSON.stringify(result.faults));
      const codes = codesOf(result.warnings);
      // A paramPoly3 that starts beside its own origin is a gap to us; the facts measure from the point that the piece names.
      const isSkewed = codes.includes('QM_MAP_GEOMETRY');
      const isGapped = facts[file]!.maxJointGap_m > 0.01 && LEFT_OUT[file]?.totals.includes('maxJointGap_m') !== true;
      if (!isSkewed) expect(codes.includes('QM_MAP_GAP')).toBe(isGapped);
      if (facts[file]!.roadsLengthMismatch > 0) expect(codes).toContain('QM_MAP_LENGTH');
    });
  }

  for (const [file, code] of hasData ? Object.entries(REFUSED) : []) {
    it(`${file} is refused with ${code}`, () => {
      const result = read(file);
      expect(result.kind === 'refused' ? codesOf(result.faults) : result.kind).toContain(code);
    });
  }

  // The rules of the checker's bundle that a reader can judge, and the report it makes of them.
  const judged: Readonly<Record<string, readonly string[]>> = {
    fileheader_is_present: ['QM_MAP_HEADER'], version_is_defined: ['QM_MAP_HEADER'], root_tag_is_opendrive: ['QM_MAP_ROOT'], valid_schema: ['QM_MAP_ROAD', 'QM_MAP_REVISION'],
    road_geometry_elem_asc_order: ['QM_MAP_ORDER'], road_geometry_param_poly3_length_match: ['QM_MAP_LENGTH'], road_geometry_parampoly3_valid_parameters: ['QM_MAP_GEOMETRY'],
    junction_connection_linkage: ['QM_MAP_CONNECTION_LINKAGE'], junctions_connection_connect_road_no_incoming_road: ['QM_MAP_CONNECTION_INNER'],
    junctions_connection_one_connection_element: ['QM_MAP_CONNECTION_TWICE'], road_lane_border_overlap_with_inner_lanes: ['QM_MAP_BORDER_CROSSED'],
    road_lane_link_lanes_across_lane_sections: ['QM_MAP_LINK_ONE_SIDED', 'QM_MAP_LINK'], junctions_connection_one_link_to_incoming: ['QM_MAP_LANE_LINK_AGAINST'], road_linkage_is_junction_needed: ['QM_MAP_JUNCTION_NEEDED'],
    road_lane_access_no_mix_of_deny_or_allow: ['QM_MAP_ACCESS'],
  };
  const cases = Object.entries(labels).filter(([, { rule, label }]) => (judged[rule]?.length ?? 0) > 0 && label !== 'example');

  for (const [file, { rule, label }] of cases) {
    it(`${QC}${file} is reported as labelled`, () => {
      const result = read(`${QC}${file}`);
      const codes: readonly string[] = codesOf(result.kind === 'read' ? result.warnings : result.faults);
      expect(judged[rule]!.some((code) => codes.includes(code))).toBe(label === 'invalid');
    });
  }
});

function codesOf(faults: readonly MapFault[]): string[] {
  return [...new Set(faults.map((fault) => fault.code))];
}
