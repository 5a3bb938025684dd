import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from './index';

interface Run { readonly status: number; readonly out: string; readonly notes: readonly string[] }

let dir: string;
let map: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'quaymaster-cli-'));
  map = join(dir, 'terminal.xodr');
  expect((await run(['map', 'generate', ...SMALL, '--out', map])).status).toBe(0);
});

afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

const SMALL = ['--cranes', '1', '--yard-blocks', '2', '--slots', '8'];

/** The command line with everything it writes. A site that starts where none may has a store of its own and is asked to end at once. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  let out = '';
  const notes: string[] = [];
  const status = await main(args, { QM_STORE_DIR: join(dir, 'store'), ...env }, {
    out: (text) => { out += text; }, note: (text) => { notes.push(text); }, onEnd: (callback) => { callback(); return () => undefined; },
  });
  return { status, out, notes };
}

/** Exit status 2, nothing on standard output, and one line that names the offender. */
async function expectRefused(args: readonly string[], offender: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { status, out, notes } = await run(args, env);
  expect([status, out, notes.length]).toEqual([2, '', 1]);
  expect(notes[0]).toMatch(/^quaymaster: [^\n]+\n$/);
  expect(notes[0]).toContain(offender);
}

it('map generate says how a semitrailer gets through the junctions', async () => {
  const { status, out } = await run(['map', 'generate', ...SMALL, '--out', join(dir, 'other.xodr'), '--json']);
  expect(status).toBe(0);
  const { connectingRoads, semitrailerTurns } = JSON.parse(out) as { connectingRoads: number; semitrailerTurns: { connections: number; marginM: number; where: string } };
  expect(semitrailerTurns.connections).toBe(connectingRoads);
  expect(semitrailerTurns.marginM).toBeGreaterThan(0.3);
  expect(semitrailerTurns.marginM).toBeLessThan(1);
  expect(semitrailerTurns.where).toMatch(/^road \d+, lane -1$/);
});

const headless = (...more: string[]): string[] => ['up', '--headless', '--scenario', 'breakdown', ...more];

describe('wrong usage', () => {
  it.each<{ args: string[]; offender: string }>([
    { args: ['fly'], offender: 'fly is not a command' },
    { args: ['toString'], offender: 'toString is not a command' },
    { args: [''], offender: ' is not a command' },
    { args: ['map'], offender: 'map is not a command' },
    { args: ['map', 'fold'], offender: 'map fold is not a command' },
    { args: ['--seed', '1'], offender: '--seed is not a command' },
    { args: ['up', '--altitude', '9'], offender: '--altitude is not a flag' },
    { args: ['up', '--altitude=9'], offender: '--altitude is not a flag' },
    { args: ['up', '-z'], offender: '-z is not a flag' },
    { args: ['up', '--no-headless'], offender: '--no-headless is not a flag' },
    { args: ['map', 'generate', '--constructor=1'], offender: '--constructor is not a flag' },
    { args: ['map', 'generate', '--toString', '1'], offender: '--toString is not a flag' },
    { args: ['map', 'generate', '--__proto__=1'], offender: '--__proto__ is not a flag' },
    { args: ['up', '--headless=yes'], offender: '--headless takes no value' },
    { args: ['up', '--seed'], offender: '--seed needs a value' },
    { args: ['up', '--seed='], offender: '--seed needs a value' },
    { args: ['up', 'now'], offender: 'now is not expected here' },
    { args: ['map', 'generate', 'site.xodr'], offender: 'site.xodr is not expected here' },
    { args: ['map', 'inspect'], offender: 'FILE is missing' },
    { args: ['map', 'inspect', 'a.xodr', 'b.xodr'], offender: 'b.xodr is not expected here' },
    { args: ['map', 'locate', '--points', 'p.csv'], offender: 'FILE is missing' },
    { args: ['map', 'locate', 'a.xodr'], offender: '--points is missing' },
  ])('of `$args` is told as: $offender', async ({ args, offender }) => {
    await expectRefused(args, offender);
  });

  it.each<{ args: string[]; offender: string }>([
    { args: ['up', '--seed', 'abc'], offender: '--seed: abc ' },
    { args: ['up', '--seed', '-1'], offender: '--seed: -1 ' },
    { args: ['up', '--seed', '1.5'], offender: '--seed: 1.5 ' },
    { args: ['up', '--seed', '2147483648'], offender: '--seed: 2147483648 ' },
    { args: ['up', '--seed', '0x10'], offender: '--seed: 0x10 ' },
    { args: ['up', '--seed', '1e3'], offender: '--seed: 1e3 ' },
    { args: headless('--seed', 'abc'), offender: '--seed: abc ' },
    { args: headless('--seed', '-1'), offender: '--seed: -1 ' },
    { args: ['map', 'generate', '--seed', 'abc'], offender: '--seed: abc ' },
    { args: ['map', 'generate', '--seed', '-1'], offender: '--seed: -1 ' },
    { args: ['map', 'generate', '--seed', '1.5'], offender: '--seed: 1.5 ' },
    { args: ['map', 'generate', '--cranes', '0'], offender: '--cranes: 0 ' },
    { args: ['map', 'generate', '--lanes', '5'], offender: '--lanes: 5 ' },
    { args: ['map', 'generate', '--slots', '999999999999999999999'], offender: '--slots: 999999999999999999999 ' },
    { args: ['up', '--vehicles', '1001'], offender: '--vehicles: 1001 ' },
    { args: ['up', '--http-port', '65536'], offender: '--http-port: 65536 ' },
    { args: ['up', '--mqtt-port', 'mqtt'], offender: '--mqtt-port: mqtt ' },
    { args: headless('--rate', '0'), offender: '--rate: 0 ' },
    { args: headless('--rate', 'NaN'), offender: '--rate: NaN ' },
    { args: headless('--rate', 'Infinity'), offender: '--rate: Infinity ' },
    { args: ['up', '--scenario', 'earthquake'], offender: '--scenario: earthquake is not one of ' },
    { args: ['up', '--scenario', 'breakdown', '--until', 'dawn'], offender: '--until: dawn is not one of closed' },
  ])('of `$args` names the value: $offender', async ({ args, offender }) => {
    await expectRefused(args, offender);
  });

  it('names a chord error out of range of a map that is there', async () => {
    await expectRefused(['map', 'inspect', map, '--eps', '0'], '--eps: 0 ');
  });

  it.each<{ args: string[]; offender: string }>([
    { args: ['up', '--until', 'closed'], offender: '--until needs --scenario' },
    { args: ['up', '--unsafe-no-stop'], offender: '--unsafe-no-stop needs --scenario' },
    { args: ['up', '--json'], offender: '--json needs --headless and --scenario' },
    { args: ['up', '--headless', '--json'], offender: '--json needs --headless and --scenario' },
    { args: ['up', '--scenario', 'breakdown', '--json'], offender: '--json needs --headless and --scenario' },
    { args: ['up', '--rate', '2'], offender: '--rate needs --headless and --scenario' },
    { args: headless('--host', '0.0.0.0'), offender: '--host does not go with a headless scenario' },
    { args: headless('--store-dir', 'store'), offender: '--store-dir does not go with a headless scenario' },
    { args: headless('--map', 'site.xodr'), offender: '--map does not go with a headless scenario' },
    { args: headless('--http-port', '0'), offender: '--http-port does not go with a headless scenario' },
    { args: headless('--mqtt-port', '0'), offender: '--mqtt-port does not go with a headless scenario' },
    { args: headless('--vehicles', '0'), offender: '--scenario needs simulated vehicles' },
    { args: ['map', 'generate', '--json'], offender: '--json needs --out' },
  ])('of flags together (`$args`) is told as: $offender', async ({ args, offender }) => {
    await expectRefused(args, offender);
  });

  it.each<{ env: Record<string, string>; offender: string }>([
    { env: { QM_FOO: '1' }, offender: 'QM_FOO is not a setting' },
    { env: { QM_HTTP_PORT: '80 80' }, offender: 'QM_HTTP_PORT' },
    { env: { QM_INGEST_RATE_HZ: '0' }, offender: 'QM_INGEST_RATE_HZ' },
    { env: { QM_LOG_LEVEL: 'loud' }, offender: 'QM_LOG_LEVEL' },
  ])('of the environment ($env) names the key, with a site and with a scenario', async ({ env, offender }) => {
    await expectRefused(['up'], offender, env);
    await expectRefused(headless(), offender, env);
  });

  it('of a map that is not there is told before anything is opened', async () => {
    const storeDir = join(dir, 'unused');
    await expectRefused(['up', '--vehicles', '0', '--store-dir', storeDir, '--map', join(dir, 'nowhere.xodr')], 'nowhere.xodr');
    expect(existsSync(join(storeDir, 'relational'))).toBe(false);
  });

  it('of a map that is none is told before anything is opened', async () => {
    const file = join(dir, 'up-rubbish.xodr');
    writeFileSync(file, '<OpenDRIVE/>');
    await expectRefused(['up', '--vehicles', '0', '--store-dir', join(dir, 'unused'), '--map', file], 'up-rubbish.xodr');
  });
});

describe('help', () => {
  it.each([[], ['--help'], ['-h'], ['help']])('lists every command (%s)', async (...args: string[]) => {
    const { status, out, notes } = await run(args);
    expect([status, notes]).toEqual([0, []]);
    for (const words of ['up', 'map generate', 'map inspect FILE', 'map locate FILE', 'map render FILE']) expect(out).toContain(`  ${words} `);
  });

  it.each([['up', '--vehicles'], ['map generate', '--cranes'], ['map inspect', '--eps'], ['map locate', '--points'], ['map render', '--mesh']])('of %s tells its flags', async (words, flag) => {
    const { status, out, notes } = await run([...words.split(' '), '--help']);
    expect([status, notes]).toEqual([0, []]);
    expect(out).toContain(`quaymaster ${words}`);
    expect(out).toContain(`  ${flag} `);
  });

  it('tells the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ status: 0, out: `${version}\n`, notes: [] });
  });
});

describe('map generate', () => {
  it('writes the same bytes for the same parameters, to standard output and to a file', async () => {
    const [first, second] = [await run(['map', 'generate', ...SMALL]), await run(['map', 'generate', ...SMALL])];
    expect([first.status, first.notes]).toEqual([0, []]);
    expect(first.out).toMatch(/^<\?xml/);
    expect(second.out).toBe(first.out);
    expect(readFileSync(map, 'utf8')).toBe(first.out);
  });

  it('writes other bytes for another seed', async () => {
    expect((await run(['map', 'generate', ...SMALL, '--seed', '2'])).out).not.toBe(readFileSync(map, 'utf8'));
  });

  it('tells the totals as one JSON object when the map goes to a file', async () => {
    const file = join(dir, 'again.xodr');
    const { status, out, notes } = await run(['map', 'generate', ...SMALL, '--out', file, '--json']);
    expect([status, notes, out.trimEnd().split('\n').length]).toEqual([0, [], 1]);
    const inspected = (await run(['map', 'inspect', file])).out;
    const { slots, transferPoints, zones } = JSON.parse(out) as { slots: number; zones: number; transferPoints: { crane: number; yard: number; gate: number } };
    expect(inspected).toContain(` ${slots} slots, ${transferPoints.crane + transferPoints.yard + transferPoints.gate} transfer points, ${zones} zones\n`);
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(map, 'utf8'));
  });

  it('says where it cannot write', async () => {
    await expectRefused(['map', 'generate', ...SMALL, '--out', join(dir, 'no', 'such', 'folder.xodr')], '--out: ');
  });
});

describe('map inspect', () => {
  it('of a good map ends with 0 and tells its totals as one JSON object', async () => {
    const { status, out, notes } = await run(['map', 'inspect', map, '--json']);
    expect([status, notes, out.trimEnd().split('\n').length]).toEqual([0, [], 1]);
    const report = JSON.parse(out) as { mesh: { triangles: number; maxChordErrorM: number }; blocks: { count: number }; roads: number; parkingSlots: number };
    expect(report).toMatchObject({ file: map, openDriveVersion: '1.7', mesh: { degenerateTriangles: 0, gapsReported: 0 }, errors: [] });
    expect(report.mesh.triangles).toBeGreaterThan(100);
    expect(report.mesh.maxChordErrorM).toBeLessThanOrEqual(0.02);
    expect(report.blocks.count).toBeGreaterThanOrEqual(report.roads);
    expect(report.parkingSlots).toBeGreaterThanOrEqual(8);
    expect(Object.keys(report)).toEqual([
      'file', 'openDriveVersion', 'name', 'roads', 'junctions', 'junctionConnections', 'laneSections', 'roadLengthM', 'geometryLengthM', 'geometries', 'lanesByType',
      'maxJointGapM', 'maxJointHeadingGapRad', 'drivableAreaM2', 'mesh', 'blocks', 'parkingSlots', 'objects', 'boundsM', 'timingMs', 'warnings', 'errors',
    ]);
    expect(Object.keys(report.mesh)).toEqual([
      'vertices', 'triangles', 'degenerateTriangles', 'areaM2', 'maxChordErrorM', 'tJunctions', 'weldedVertices', 'gapsReported',
    ]);
  });

  it('meshes finer for a smaller chord error', async () => {
    const triangles = async (eps: string): Promise<number> => (JSON.parse((await run(['map', 'inspect', map, '--eps', eps, '--json'])).out) as { mesh: { triangles: number } }).mesh.triangles;
    expect(await triangles('0.002')).toBeGreaterThan(await triangles('0.1'));
  });

  it('tells people the same in words', async () => {
    const { status, out } = await run(['map', 'inspect', map]);
    expect(status).toBe(0);
    expect(out.split('\n')[0]).toMatch(/: OpenDRIVE 1\.7 "/);
  });

  it.each<[string, string | Uint8Array]>([
    ['text that is no XML', 'rubbish'], ['an empty file', ''], ['another document', '<svg/>'], ['a document without roads', '<OpenDRIVE><header revMajor="1" revMinor="7"/></OpenDRIVE>'],
    ['bytes that are no text', Uint8Array.from([0xff, 0xfe, 0x00, 0xd8, 0x80])], ['a map that is cut off', '<OpenDRIVE><header revMajor="1" revMinor="7"/><road id="1"'],
  ])('refuses %s', async (_what, content) => {
    const file = join(dir, 'rubbish.xodr');
    writeFileSync(file, content);
    await expectRefused(['map', 'inspect', file], file);
    await expectRefused(['map', 'inspect', file, '--json'], file);
  });

  it('names a file that is not there, and a folder', async () => {
    await expectRefused(['map', 'inspect', join(dir, 'nowhere.xodr')], 'nowhere.xodr cannot be read');
    await expectRefused(['map', 'inspect', dir], `${dir} cannot be read`);
  });
});

describe('map render', () => {
  it('draws every block once with its direction, every slot and transfer point, and the triangles when asked', async () => {
    const { status, out } = await run(['map', 'render', map]);
    const report = JSON.parse((await run(['map', 'inspect', map, '--json'])).out) as { blocks: { count: number }; parkingSlots: number; mesh: { triangles: number } };
    expect(status).toBe(0);
    expect(out).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(out.match(/<path class="centre"/g)).toHaveLength(report.blocks.count);
    const outlines = [...out.matchAll(/<path class="(?:lane|junction|slot)" d="([^"]*)"/g)].map(([, d]) => d!).join('');
    expect(outlines.match(/Z/g)).toHaveLength(report.blocks.count);
    expect(out.match(/<circle class="(?:parking|charging)"/g)).toHaveLength(report.parkingSlots);
    expect(out).not.toContain('class="mesh"');
    expect(out).not.toContain('NaN');
    const meshed = /<path class="mesh" d="([^"]*)"/.exec((await run(['map', 'render', map, '--mesh'])).out)![1]!;
    expect(meshed.match(/Z/g)).toHaveLength(report.mesh.triangles);
  });

  it('writes to a file, names what it cannot write and refuses a map that is none', async () => {
    const file = join(dir, 'map.svg');
    expect((await run(['map', 'render', map, '--out', file])).out).toMatch(/map\.svg: \d+ blocks\n$/);
    expect(readFileSync(file, 'utf8')).toContain('</svg>');
    await expectRefused(['map', 'render', map, '--out', join(dir, 'no', 'such', 'folder.svg')], '--out: ');
    await expectRefused(['map', 'render', file], file);
  });
});

describe('map locate', () => {
  const points = (text: string): string => {
    const file = join(dir, 'points.csv');
    writeFileSync(file, text);
    return file;
  };

  /** A point in the middle of a lane: the start of the first road, whose lane `laneOffset` centres on the reference line. */
  const onLane = (): readonly [number, number] => {
    const xodr = readFileSync(map, 'utf8');
    const geometry = /<geometry s="[^"]*" x="([^"]*)" y="([^"]*)" hdg="([^"]*)" length="([^"]*)">\s*<line/.exec(xodr)!;
    const [xM, yM, headingRad, lengthM] = geometry.slice(1).map(Number) as [number, number, number, number];
    return [xM + Math.cos(headingRad) * lengthM / 2, yM + Math.sin(headingRad) * lengthM / 2];
  };

  it('tells block, road and lane of a point on a lane, and nulls of one beside all lanes, a line each', async () => {
    const [xM, yM] = onLane();
    const { status, out, notes } = await run(['map', 'locate', map, '--points', points(`${xM},${yM}\r\n\n -90000 , 90000\n`), '--json']);
    expect([status, notes]).toEqual([0, []]);
    const found = out.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(found).toEqual([
      { xM, yM, blockId: expect.any(Number) as number, roadId: expect.any(String) as string, laneId: expect.any(Number) as number, sM: expect.any(Number) as number, tM: expect.any(Number) as number },
      { xM: -90000, yM: 90000, blockId: null, roadId: null, laneId: null, sM: null, tM: null },
    ]);
    expect(found[0]!['laneId']).toBeLessThan(0);
  });

  it('tells people the same in words', async () => {
    const [xM, yM] = onLane();
    const { out } = await run(['map', 'locate', map, '--points', points(`${xM},${yM}\n-90000,90000\n`)]);
    expect(out.split('\n')).toEqual([expect.stringMatching(/ block \d+ road \S+ lane -\d+ s [\d.]+ t -?[\d.]+$/), '-90000,90000 on no lane', '']);
  });

  it('writes nothing for a file without points', async () => {
    expect(await run(['map', 'locate', map, '--points', points('\n\n'), '--json'])).toEqual({ status: 0, out: '', notes: [] });
  });

  it.each(['1', '1,2,3', 'x,y', '1,', ',', '1;2', 'NaN,1', '1,Infinity'])('names the line that is no point: %s', async (line) => {
    await expectRefused(['map', 'locate', map, '--points', points(`0,0\n${line}\n`)], `line 2: ${line} is not "x,y"`);
  });

  it('names a file of points that is not there', async () => {
    await expectRefused(['map', 'locate', map, '--points', join(dir, 'nowhere.csv')], 'nowhere.csv cannot be read');
  });

  it('refuses a map that is none', async () => {
    const file = join(dir, 'rubbish.xodr');
    writeFileSync(file, 'rubbish');
    await expectRefused(['map', 'locate', file, '--points', points('0,0')], file);
  });
});
