import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMap, surveyMesh } from '@quaymaster/virtual-map';
import { countOpenDrive } from './count-opendrive';
import { readOpenDrive } from './read-opendrive';

const folder = join(process.env['QM_DATA_DIR'] ?? '', 'opendrive');
const hasData = process.env['QM_DATA_DIR'] !== undefined && existsSync(join(folder, 'FACTS.json'));
const describeData = hasData || process.env['QM_REQUIRE_DATA'] === '1' ? describe : xdescribe;

interface Facts {
  readonly root: string;
  readonly rev?: string;
  readonly name?: string;
  readonly geometry: Readonly<Record<string, number>>;
  readonly objectTypes: Readonly<Record<string, number>>;
  readonly lanesByType: Readonly<Record<string, number>>;
  readonly [total: string]: unknown;
}
const facts = (hasData ? JSON.parse(readFileSync(join(folder, 'FACTS.json'), 'utf8')) : {}) as Readonly<Record<string, Facts>>;
/** Chord errors of these stay above what is allowed, as their reference lines jump by more; the report measures it. */
const BROKEN_LINES: readonly string[] = ['lane_gap_example_issue_119', 'many_invalid', 'braunschweig_port', 'border_overlap_with_inner_lanes_invalid'];
/** Lanes that fold onto themselves put vertices on edges. */
const FOLDED: readonly string[] = ['kpit_map', 'bU_invalid'];

/** Parts of a step, for maps that are small enough. */
const everyMillimetre = (lengthM: number): number => Math.ceil(lengthM * 1000);

const nonZero = (counts: Readonly<Record<string, number>>) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

describeData('what a map inspection counts (QM_DATA_DIR)', () => {
  for (const [file, fact] of Object.entries(facts)) {
    it(`is in ${file} what an independent reader counted`, () => {
      const totals = countOpenDrive(readFileSync(join(folder, file)));
      if (fact.root !== 'OpenDRIVE') {
        expect(totals).toBeNull();
        return;
      }
      expect(totals).toMatchObject({
        name: fact.name ?? '', roads: fact['roads'], junctions: fact['junctions'], junctionConnections: fact['junctionConnections'], laneSections: fact['laneSections'],
        lanesByType: fact.lanesByType, objects: fact.objectTypes,
        roadLengthM: expect.closeTo(fact['sumRoadLength'] as number, 5) as number, geometryLengthM: expect.closeTo(fact['sumGeometryLength'] as number, 5) as number,
        maxJointGapM: expect.closeTo(fact['maxJointGap_m'] as number, 5) as number, maxJointHeadingGapRad: expect.closeTo(fact['maxJointHeadingGap_rad'] as number, 5) as number,
      });
      expect(nonZero(totals!.geometries)).toEqual(fact.geometry);
      if (fact.rev !== undefined && !fact.rev.includes('None')) expect(totals!.openDriveVersion).toBe(fact.rev);
    });

    it(`${file} gets a mesh without degenerate triangles and T-junctions and within the chord error`, () => {
      const read = readOpenDrive(readFileSync(join(folder, file)));
      if (read.kind === 'refused') return;
      const compiled = compileMap(read.network, { partial: true });
      if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.faults));
      const survey = surveyMesh(read.network, compiled, read.network.roads.reduce((sum, road) => sum + road.lengthM, 0) < 60 ? everyMillimetre : undefined);
      expect(compiled.report.degenerateTriangles).toBe(0);
      if (!FOLDED.some((name) => file.includes(name))) expect(survey.tJunctions).toBe(0);
      if (!BROKEN_LINES.some((name) => file.includes(name))) expect(survey.maximumChordErrorM).toBeLessThanOrEqual(0.02);
    });
  }
});
