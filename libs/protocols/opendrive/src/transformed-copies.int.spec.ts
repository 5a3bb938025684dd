import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMap, surveyMesh, surveyReach } from '@quaymaster/virtual-map';
import { movedCopy, renumberedCopy } from '../testing/transformed-copy';
import { countOpenDrive } from './count-opendrive';
import { readOpenDrive } from './read-opendrive';

const folder = join(process.env['QM_DATA_DIR'] ?? '', 'opendrive');
const hasData = process.env['QM_DATA_DIR'] !== undefined && existsSync(join(folder, 'FACTS.json'));
const describeData = hasData || process.env['QM_REQUIRE_DATA'] === '1' ? describe : xdescribe;
const files = hasData ? Object.keys(JSON.parse(readFileSync(join(folder, 'FACTS.json'), 'utf8')) as Readonly<Record<string, unknown>>) : [];

/** What does not depend on where a map lies, what its roads are called and in which order they stand. */
function figuresOf(bytes: Uint8Array) {
  const totals = countOpenDrive(bytes);
  const read = readOpenDrive(bytes);
  if (totals === null || read.kind === 'refused') return null;
  const compiled = compileMap(read.network, { partial: true });
  if (compiled.kind === 'refused') return { totals, refused: compiled.faults.map(({ code }) => code) };
  const { map: { blocks, slots }, report } = compiled;
  const survey = surveyMesh(read.network, compiled);
  return {
    totals, degenerate: report.degenerateTriangles, slots: slots.length,
    figures: {
      vertices: report.vertices, triangles: report.triangles, weldedVertices: report.verticesBeforeWeld - report.vertices, areaM2: survey.areaM2,
      drivableAreaM2: survey.drivableAreaM2, gaps: report.doubtfulGaps + report.wrongGaps, blocks: blocks.count, follows: blocks.follows.length,
      neighbours: blocks.neighbours.length, overlaps: blocks.overlaps.length, components: surveyReach(compiled.map).components,
      warnings: report.warnings.length, faults: report.faults.length, readFaults: read.warnings.length,
    },
  };
}

describeData('copies of the maps of others (QM_DATA_DIR)', () => {
  for (const file of files) {
    it(`${file} is the same map elsewhere, and with other ids in another order`, () => {
      const bytes = readFileSync(join(folder, file));
      const own = figuresOf(bytes);
      for (const copy of [movedCopy(bytes, 1e5, -1e5, 0.7), renumberedCopy(bytes)]) {
        const other = figuresOf(copy);
        if (own === null || other === null || !('figures' in own) || !('figures' in other)) {
          expect(other).toEqual(own);
          continue;
        }
        expect({ degenerate: other.degenerate, slots: other.slots }).toEqual({ degenerate: own.degenerate, slots: own.slots });
        expect(other.totals).toEqual({
          ...own.totals, roadLengthM: expect.closeTo(own.totals.roadLengthM, 6) as number, geometryLengthM: expect.closeTo(own.totals.geometryLengthM, 6) as number,
          maxJointGapM: expect.closeTo(own.totals.maxJointGapM, 6) as number, maxJointHeadingGapRad: expect.closeTo(own.totals.maxJointHeadingGapRad, 6) as number,
        });
        const others = other.figures;
        const off = Object.entries(own.figures).filter(([name, value]) => Math.abs(others[name as keyof typeof others] - value) > 0.005 * value + 2);
        expect(off.map(([name, value]) => [name, value, others[name as keyof typeof others]])).toEqual([]);
      }
    });
  }
});
