import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@quaymaster/geometry';
import { compileMap, createRoadLocator, surveyMesh, type Road } from '@quaymaster/virtual-map';
import { bandsAt, integratedAreaM2, pointOnReferenceLine, valueOf } from '../testing/road-curves';
import { readOpenDrive } from './read-opendrive';

const folder = join(process.env['QM_DATA_DIR'] ?? '', 'opendrive');
const hasData = process.env['QM_DATA_DIR'] !== undefined && existsSync(join(folder, 'FACTS.json'));
const describeData = hasData || process.env['QM_REQUIRE_DATA'] === '1' ? describe : xdescribe;
const files = hasData ? Object.keys(JSON.parse(readFileSync(join(folder, 'FACTS.json'), 'utf8')) as Readonly<Record<string, unknown>>) : [];

const TRAVELLED = new Set(['driving', 'bidirectional', 'entry', 'exit', 'onRamp', 'offRamp', 'connectingRamp', 'slipLane', 'mwyEntry', 'mwyExit']);
/** Large maps of several sources; all others get a fiftieth of the points. */
const WIDE = ['Town01.xodr', 'braunschweig_port.xodr', 'multi_intersections.xodr'];
const MANY_ANSWERS = ['QM_MAP_LANE_FOLDED', 'QM_MAP_GAP', 'QM_MAP_KINK', 'QM_MAP_GEOMETRY', 'QM_MAP_CHORD_ERROR'];

function compiledOf(file: string) {
  const read = readOpenDrive(readFileSync(join(folder, file)));
  if (read.kind === 'refused') return null;
  const compiled = compileMap(read.network, { partial: true });
  return compiled.kind === 'refused' ? null : { network: read.network, compiled, warnings: [...read.warnings, ...compiled.map.warnings] };
}

describeData('the compiled maps of others (QM_DATA_DIR)', () => {
  for (const file of files) {
    it(`${file} has the area that its lanes' widths integrate to`, () => {
      const found = compiledOf(file);
      // A lane that folds onto itself has no area that could be compared.
      if (found === null || found.warnings.some(({ code }) => code === 'QM_MAP_LANE_FOLDED' || code === 'QM_MAP_CHORD_ERROR')) return;
      const { network, compiled } = found;
      const survey = surveyMesh(network, compiled);
      const [allM2, drivableM2] = [integratedAreaM2(network, () => true), integratedAreaM2(network, ({ type }) => TRAVELLED.has(type))];
      expect(Math.abs(survey.drivableAreaM2 - drivableM2)).toBeLessThanOrEqual(1e-4 * drivableM2 + 0.01);
      expect(Math.abs(survey.areaM2 - allM2)).toBeLessThanOrEqual(2e-3 * allM2 + 0.05);
    });

    it(`${file} knows lane, block and triangle of each other, and no triangle of two`, () => {
      const found = compiledOf(file);
      if (found === null) return;
      const { lanes, blocks, mesh } = found.compiled.map;
      const ofLane = new Int32Array(blocks.count).fill(-1);
      for (let lane = 0; lane < lanes.count; lane += 1) {
        let endM = 0;
        for (let i = lanes.blockOffset[lane]!; i < lanes.blockOffset[lane + 1]!; i += 1) {
          const block = lanes.blocks[i]!;
          expect(ofLane[block]).toBe(-1);
          ofLane[block] = lane;
          expect(blocks.startSM[block]!).toBeGreaterThanOrEqual(endM - 1e-9);
          endM = blocks.endSM[block]!;
        }
        expect(endM).toBeLessThanOrEqual(lanes.lengthM[lane]! + 1e-6);
      }
      expect(ofLane).toEqual(blocks.lane);
      let triangles = 0;
      for (let block = 0; block < blocks.count; block += 1) {
        for (let t = blocks.triangleOffset[block]!; t < blocks.triangleOffset[block + 1]!; t += 1, triangles += 1) if (mesh.triangleBlock[t] !== block) throw new Error(`triangle ${t} is not of block ${block}`);
      }
      expect(triangles).toBe(mesh.triangleBlock.filter((block) => block >= 0).length);
    });

    it(`${file} leads random points of its lanes there and back within 1 mm`, () => {
      const found = compiledOf(file);
      if (found === null) return;
      const { network, compiled } = found;
      const locator = createRoadLocator(network, compiled);
      const roads = network.roads.filter((road) => road.sections.some(({ lanes }) => lanes.some(({ type }) => TRAVELLED.has(type))));
      if (roads.length === 0) return;
      // Where a reference line jumps or bends more sharply than its lanes are wide, a point has more than one (s, t).
      const isPlain = !found.warnings.some(({ code }) => MANY_ANSWERS.includes(code));
      const byId = new Map(network.roads.map((road) => [road.id, road]));
      const random = seededRandom(5);
      const points = WIDE.some((name) => file.endsWith(name)) ? 100_000 : 2_000;
      const misses: unknown[] = [];
      for (let i = 0; i < points; i += 1) {
        const point = pointOf(roads[i % roads.length]!, random);
        if (point === null) continue;
        const at = locator.locate(point.xM, point.yM);
        // In a junction another lane may be found; whatever is found must lead back to the point.
        const road = at && byId.get(at.roadId)!;
        const [backXM, backYM] = road ? placeOf(road, at.sM, at.tM) : [Infinity, Infinity];
        const isInLane = road && [0, -1e-6, 1e-6].some((off) => bandsAt(road, sectionAt(road, at.sM + off), at.sM).some(({ lane, leftTM, rightTM }) => lane.id === at.laneId && at.tM <= leftTM + 1e-6 && at.tM >= rightTM - 1e-6));
        const isSame = !isPlain || at?.roadId !== point.roadId || Math.hypot(at.sM - point.sM, at.tM - point.tM) <= 0.001;
        if (!isInLane || !isSame || Math.hypot(backXM - point.xM, backYM - point.yM) > 0.001) misses.push({ point, at });
      }
      expect(misses.slice(0, 5)).toEqual([]);
    });
  }
});

function sectionAt(road: Road, sM: number): number {
  return Math.max(0, road.sections.findLastIndex((section) => section.sM <= sM));
}

function placeOf(road: Road, sM: number, tM: number): [number, number] {
  const { xM, yM, headingRad } = pointOnReferenceLine(road, sM);
  const planTM = tM * Math.cos(valueOf(road.superelevation, sM));
  return [xM - planTM * Math.sin(headingRad), yM + planTM * Math.cos(headingRad)];
}

/** A point of a travelled lane at least 5 cm from its edges, null where the draw meets none. */
function pointOf(road: Road, random: () => number) {
  const sM = random() * road.lengthM;
  const bands = bandsAt(road, sectionAt(road, sM), sM).filter(({ lane, leftTM, rightTM }) => TRAVELLED.has(lane.type) && leftTM - rightTM > 0.1);
  const band = bands[Math.floor(random() * bands.length)];
  if (band === undefined) return null;
  const tM = band.rightTM + 0.05 + random() * (band.leftTM - band.rightTM - 0.1);
  const [xM, yM] = placeOf(road, sM, tM);
  return { roadId: road.id, sM, tM, xM, yM };
}
