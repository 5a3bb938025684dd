import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { generateTerminal, terminalDefaults } from '.';
import type { TerminalOptions } from '.';
import { childrenOf, parseXml, textOf } from '../testing/xml-tree';
import type { XmlElement } from '../testing/xml-tree';
import { connectingRoads, ordinaryRoads, walkMap } from '../testing/walked-map';

/** Other people's tools: SUMO's netconvert and ASAM's checker, from a virtual environment (QM_JUDGES_DIR) or the path. */
const folders = [...(process.env['QM_JUDGES_DIR'] === undefined ? [] : [join(process.env['QM_JUDGES_DIR'], 'bin')]), ...(process.env['PATH'] ?? '').split(delimiter)];
const find = (tool: string): string | undefined => folders.map((folder) => join(folder, tool)).find((file) => existsSync(file));
const netconvert = find('netconvert');
const checker = find('qc_opendrive');
const isRequired = process.env['QM_REQUIRE_SERVICES'] === '1';
const describeWith = (tool: string | undefined): typeof describe => (tool !== undefined || isRequired ? describe : xdescribe);

const sites: { site: string; options: TerminalOptions }[] = [
  { site: 'the default terminal', options: terminalDefaults },
  { site: 'a small terminal', options: { cranes: 1, yardBlocks: 1, lanes: 1, slots: 8, seed: 5 } },
  { site: 'a terminal of two yard rows and two parking bands', options: { cranes: 9, yardBlocks: 17, lanes: 3, slots: 130, seed: 11 } },
  { site: 'a long quay before a shallow yard', options: { cranes: 12, yardBlocks: 6, lanes: 2, slots: 20, seed: 101 } },
  { site: 'a deep yard of single lanes', options: { cranes: 3, yardBlocks: 24, lanes: 1, slots: 60, seed: 4711 } },
];

let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'terminal-judges-')); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

function run(tool: string | undefined, parameters: readonly string[]): { status: number | null; output: string } {
  if (tool === undefined) throw new Error('the tool is required (QM_REQUIRE_SERVICES) but neither in QM_JUDGES_DIR nor on the path');
  const { status, stdout, stderr } = spawnSync(tool, parameters, { cwd: folder, encoding: 'utf8', timeout: 240_000 });
  return { status, output: `${stdout}${stderr}` };
}

/** The network, and its edges before junctions are cut out of them ("plain"). */
function convert(xodr: string): { status: number | null; output: string; net: () => XmlElement; plainEdges: () => XmlElement } {
  writeFileSync(join(folder, 'map.xodr'), xodr);
  rmSync(join(folder, 'map.net.xml'), { force: true });
  const result = run(netconvert, ['--opendrive-files', 'map.xodr', '-o', 'map.net.xml', '--plain-output-prefix', 'map']);
  const xml = (file: string) => (): XmlElement => parseXml(readFileSync(join(folder, file), 'utf8').replace(/<!--[\s\S]*?-->/g, ''));
  return { ...result, net: xml('map.net.xml'), plainEdges: xml('map.edg.xml') };
}

/** Length of a line written as `x,y x,y …` [m]. */
function lengthOf(shape: string): number {
  const points = shape.split(' ').map((point) => point.split(',').map(Number));
  return points.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x! - points[i]![0]!, y! - points[i]![1]!), 0);
}

/** Issues of whatever level and the state in which each check ended. */
function check(xodr: string): { issues: string[]; states: Record<string, string> } {
  writeFileSync(join(folder, 'map.xodr'), xodr);
  writeFileSync(join(folder, 'config.xml'), '<Config><Param name="InputFile" value="map.xodr"/>'
    + '<CheckerBundle application="xodrBundle"><Param name="resultFile" value="result.xqar"/></CheckerBundle></Config>');
  rmSync(join(folder, 'result.xqar'), { force: true });
  const { status, output } = run(checker, ['-c', 'config.xml']);
  if (status !== 0) throw new Error(output);
  const result = readFileSync(join(folder, 'result.xqar'), 'utf8');
  const attribute = (tag: string, name: string): string => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  const issues = [...result.matchAll(/<Issue\s[^>]*>/g)].map(([tag]) => tag);
  const checks = [...result.matchAll(/<Checker\s[^>]*>/g)].map(([tag]) => [attribute(tag, 'checkerId'), attribute(tag, 'status')] as const);
  return { issues: issues.map((tag) => attribute(tag, 'ruleUID')), states: Object.fromEntries(checks) };
}

/** The same map with one connecting lane a metre aside, and with an attribute that the schema does not know. */
const spoil = {
  gap: (xodr: string): string => xodr.replace(/(<road [^>]*junction="1\d+"[\s\S]*?<geometry s="0" x=")(-?[\d.]+)/, (_, before: string, xM: string) => `${before}${Number(xM) + 1}`),
  schema: (xodr: string): string => xodr.replace('type="driving"', 'type="quay"'),
};

describeWith(netconvert)('netconvert (QM_JUDGES_DIR)', () => {
  it.each(sites)('makes a network of $site without errors, with all lanes outside junctions', ({ options }) => {
    const { xodr } = generateTerminal(options);
    const { status, output, net, plainEdges } = convert(xodr);
    expect({ status, complaints: output.split('\n').filter((line) => /error|warning/i.test(line)) }).toEqual({ status: 0, complaints: [] });
    const lanes = childrenOf(net(), 'edge').filter((edge) => edge.attributes['function'] !== 'internal').flatMap((edge) => childrenOf(edge, 'lane'));
    const roads = ordinaryRoads(walkMap(xodr));
    expect(lanes).toHaveLength(roads.reduce((sum, road) => sum + road.lanes.length, 0));
    const plain = childrenOf(plainEdges(), 'edge').map((edge) => ({ lanes: Number(textOf(edge, 'numLanes')), lengthM: lengthOf(textOf(edge, 'shape')) }));
    expect(plain.reduce((sum, edge) => sum + edge.lanes, 0)).toBe(lanes.length);
    const [theirsM, oursM] = [plain.reduce((sum, edge) => sum + edge.lengthM * edge.lanes, 0), roads.reduce((sum, road) => sum + road.lengthM * road.lanes.length, 0)];
    expect(Math.abs(theirsM / oursM - 1)).toBeLessThan(0.01);
  }, 300_000);

  it.each(sites)('leads in $site from each road to the roads that the map names, and no others', ({ options }) => {
    // Of the lane changes between two roads of several lanes it keeps those that do not cross, hence roads are compared, not lanes.
    const { xodr } = generateTerminal(options);
    const ours = connectingRoads(walkMap(xodr)).map(({ predecessor, successor }) => `-${predecessor['elementId']} -${successor['elementId']}`);
    const theirs = childrenOf(convert(xodr).net(), 'connection').map((connection) => `${textOf(connection, 'from')} ${textOf(connection, 'to')}`)
      .filter((pair) => !pair.startsWith(':'));
    expect([...new Set(theirs)].sort()).toEqual([...new Set(ours)].sort());
  }, 300_000);
});

describeWith(checker)('the checker of ASAM (QM_JUDGES_DIR)', () => {
  it.each(sites)('finds no issue in $site', ({ options }) => {
    const { issues, states } = check(generateTerminal(options).xodr);
    expect(issues).toEqual([]);
    expect(Object.keys(states).length).toBeGreaterThan(20);
    // One rule is of version 1.8 only; all others must have run to their end.
    expect(Object.entries(states).filter(([, state]) => state !== 'completed')).toEqual([['check_asam_xodr_junctions_connection_one_link_to_incoming', 'skipped']]);
  }, 300_000);

  it('finds the gap in a map with a lane moved aside, and the type in a map with a type that is none', () => {
    const { xodr } = generateTerminal(terminalDefaults);
    expect(check(spoil.gap(xodr)).issues).toContain('asam.net:xodr:1.7.0:lane_smoothness.contact_point_no_horizontal_gaps');
    expect(check(spoil.schema(xodr)).issues).toContain('asam.net:xodr:1.0.0:xml.valid_schema');
  }, 300_000);
});
