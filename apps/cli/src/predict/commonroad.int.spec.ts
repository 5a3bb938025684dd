import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { main } from '../index';

interface Facts { readonly dt: number; readonly lastTimeStep: number | null; readonly obstacleOverlaps?: Readonly<Record<string, { readonly firstStep: number }>> | null }
type Node = Readonly<Record<string, unknown>>;

const folder = join(process.env['QM_DATA_DIR'] ?? '', 'collision');
const hasData = process.env['QM_DATA_DIR'] !== undefined && existsSync(join(folder, 'COMMONROAD_FACTS.json'));
const describeData = hasData || process.env['QM_REQUIRE_DATA'] === '1' ? describe : xdescribe;
const facts = (hasData ? JSON.parse(readFileSync(join(folder, 'COMMONROAD_FACTS.json'), 'utf8')) : {}) as Readonly<Record<string, Facts>>;

const parser = new XMLParser({ ignoreAttributes: false, parseAttributeValue: false });
const listOf = (value: unknown): Node[] => (value === undefined ? [] : Array.isArray(value) ? value as Node[] : [value as Node]);
const valueAt = (node: unknown, ...path: string[]): unknown => path.reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null ? (inner as Node)[name] : undefined), node);

/** Rings of a shape; a circle is a polygon of 64 corners round it. */
function ringsOf(shape: Node | undefined): [number, number][][] {
  const around = (node: Node, ring: [number, number][]): [number, number][] => {
    const turn = Number(valueAt(node, 'orientation') ?? 0);
    const [x, y] = [Number(valueAt(node, 'center', 'x') ?? 0), Number(valueAt(node, 'center', 'y') ?? 0)];
    return ring.map(([u, v]) => [x + u * Math.cos(turn) - v * Math.sin(turn), y + u * Math.sin(turn) + v * Math.cos(turn)]);
  };
  const rectangles = listOf(shape?.['rectangle']).map((one) => {
    const [l, w] = [Number(one['length']) / 2, Number(one['width']) / 2];
    return around(one, [[l, w], [-l, w], [-l, -w], [l, -w]]);
  });
  const circles = listOf(shape?.['circle']).map((one) => around(one, Array.from({ length: 64 }, (_, i) => {
    const r = Number(one['radius']) / Math.cos(Math.PI / 64);
    return [r * Math.cos(i * Math.PI / 32), r * Math.sin(i * Math.PI / 32)];
  })));
  return [...rectangles, ...circles, ...listOf(shape?.['polygon']).map((one) => listOf(one['point']).map((point): [number, number] => [Number(point['x']), Number(point['y'])]))];
}

/** A sample of a state whose place, heading and time are exact; null for all others. */
function sampleOf(state: Node | undefined, dt: number) {
  const [x, y, heading, step] = [valueAt(state, 'position', 'point', 'x'), valueAt(state, 'position', 'point', 'y'), valueAt(state, 'orientation', 'exact'), valueAt(state, 'time', 'exact') ?? 0];
  return [x, y, heading].some((value) => value === undefined) ? null : { tS: Number(step) * dt, xM: Number(x), yM: Number(y), headingRad: Number(heading) };
}

/** A CommonRoad scenario as one of ours. Obstacles with uncertain states are left out. */
function convert(xml: string, { dt, lastTimeStep }: Facts) {
  const root = (parser.parse(xml) as { commonRoad: Node }).commonRoad;
  const endS = Math.max(1, lastTimeStep ?? 1) * dt;
  const bodies = ['obstacle', 'dynamicObstacle', 'staticObstacle'].flatMap((tag) => listOf(root[tag]).flatMap((obstacle) => {
    const first = sampleOf(obstacle['initialState'] as Node | undefined, dt);
    const rings = ringsOf(obstacle['shape'] as Node | undefined);
    if (first === null || rings.length === 0) return [];
    const later = listOf(valueAt(obstacle, 'trajectory', 'state')).map((state) => sampleOf(state, dt));
    const isStatic = tag === 'staticObstacle' || obstacle['role'] === 'static';
    // Some files repeat the initial state as the first of the trajectory.
    const known = (later.includes(null) ? later.slice(0, later.indexOf(null)) : later).filter((sample, i, all) => sample!.tS > (all[i - 1] ?? first).tS);
    const trajectory = isStatic ? [{ ...first, tS: 0 }, { ...first, tS: endS }] : [first, ...known];
    return [{ id: String(obstacle['@_id']), parts: rings.map((polygonM) => ({ polygonM })), trajectory }];
  }));
  return { horizonS: endS, bodies };
}

let dir = '';
beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'quaymaster-commonroad-')); });
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

describeData('recorded traffic of CommonRoad (QM_DATA_DIR)', () => {
  it('is there', () => { expect(Object.keys(facts).length).toBeGreaterThan(30); });

  for (const [file, fact] of Object.entries(facts).filter(([, { obstacleOverlaps }]) => obstacleOverlaps !== null && obstacleOverlaps !== undefined)) {
    it(`${file} has the overlaps that were computed exactly, each within one step, and no others`, async () => {
      const scenario = join(dir, 'scenario.json');
      writeFileSync(scenario, JSON.stringify(convert(readFileSync(join(folder, file), 'utf8'), fact)));
      let out = '';
      let notes = '';
      const status = await main(['predict', scenario, '--json'], {}, { out: (text) => { out += text; }, note: (text) => { notes += text; }, onEnd: () => () => undefined });
      expect([status, notes]).toEqual([0, '']);
      const found = new Map((JSON.parse(out) as { contacts: { a: string; b: string; firstContactS: number }[] }).contacts.map(({ a, b, firstContactS }) => [[a, b].sort((x, y) => Number(x) - Number(y)).join('-'), firstContactS]));
      const expected = Object.entries(fact.obstacleOverlaps!);
      expect([...found.keys()].sort()).toEqual(expected.map(([pair]) => pair).sort());
      for (const [pair, { firstStep }] of expected) {
        // Overlaps were looked for at the steps; bodies meet after the step before.
        expect(found.get(pair)!).toBeLessThanOrEqual(firstStep * fact.dt + 1e-9);
        expect(found.get(pair)!).toBeGreaterThan((firstStep - 1) * fact.dt - 1e-9);
      }
    });
  }
});
