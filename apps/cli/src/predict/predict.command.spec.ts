import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../index';

let dir = '';
beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'quaymaster-predict-')); });
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

async function predict(scenario: unknown): Promise<{ status: number; out: string; notes: string }> {
  const file = join(dir, 'scenario.json');
  writeFileSync(file, typeof scenario === 'string' ? scenario : JSON.stringify(scenario));
  let out = '';
  let notes = '';
  const status = await main(['predict', file, '--json'], {}, { out: (text) => { out += text; }, note: (text) => { notes += text; }, onEnd: () => () => undefined });
  return { status, out, notes };
}

const SQUARE = [[-1, -1], [1, -1], [1, 1], [-1, 1]];
const at = (tS: number, xM: number, yM = 0, headingRad = 0) => ({ tS, xM, yM, headingRad });
const body = (id: string, trajectory: unknown[], polygonM: unknown = SQUARE) => ({ id, parts: [{ polygonM }], trajectory });
const alone = (one: unknown) => ({ horizonS: 8, bodies: [one] });

describe('quaymaster predict', () => {
  it('prints every pair that touches, by their names, with the first time and a point of both', async () => {
    const { status, out } = await predict({
      horizonS: 8, bodies: [body('b', [at(0, 10), at(4, 10)]), body('Z', [at(-1, -2), at(4, 8)]), body('a', [at(0, 10, 2), at(4, 10, 2)]), body('far', [at(0, 900), at(8, 950)])],
    });
    expect(status).toBe(0);
    const { contacts, pairsChecked, timingMs } = JSON.parse(out) as { contacts: { a: string; b: string; firstContactS: number; pointM: number[] }[]; pairsChecked: number; timingMs: object };
    // Capitals come first by code units. Z drives 2 m/s from 0 at the start: its front is at 9 m after 4 s; it touches a at the corner.
    expect(contacts.map(({ a, b, firstContactS }) => [a, b, firstContactS])).toEqual([['Z', 'a', expect.closeTo(4, 9)], ['Z', 'b', expect.closeTo(4, 9)], ['a', 'b', 0]]);
    expect(contacts[0]!.pointM).toEqual([expect.closeTo(9, 6), expect.closeTo(1, 6)]);
    expect(pairsChecked).toBe(3);
    expect(Object.keys(timingMs)).toEqual(['read', 'search']);
  });
  it('moves parts by their own poses where a sample gives them', async () => {
    const truck = { id: 'truck', parts: [{ polygonM: SQUARE }, { polygonM: SQUARE }], trajectory: [{ ...at(0, 0), partPosesM: [[0, 0, 0], [-3, 0, 0]] }, { ...at(1, 0), partPosesM: [[0, 0, 0], [-3, 8, 0]] }] };
    const { out } = await predict({ horizonS: 8, bodies: [truck, body('post', [at(0, -3, 6), at(1, -3, 6)])] });
    expect((JSON.parse(out) as { contacts: unknown[] }).contacts).toEqual([{ a: 'post', b: 'truck', firstContactS: expect.closeTo(0.5, 9) as number, pointM: [expect.closeTo(-3, 6), expect.closeTo(5, 6)] }]);
  });
  it('takes no bodies, one body and a horizon of nothing', async () => {
    for (const bodies of [[], [body('a', [at(0, 0)])]]) expect(JSON.parse((await predict({ horizonS: 0, bodies })).out)).toMatchObject({ contacts: [], pairsChecked: 0 });
    expect(JSON.parse((await predict({ horizonS: 0, bodies: [body('a', [at(0, 0)]), body('b', [at(0, 2)])] })).out)).toMatchObject({ contacts: [{ a: 'a', b: 'b', firstContactS: 0 }] });
  });
  it.each<[string, unknown, string]>([
    ['no JSON', '{"horizonS": 8', 'it is not JSON'],
    ['NaN', '{"horizonS": NaN, "bodies": []}', 'it is not JSON'],
    ['a number out of range', '{"horizonS": 1e999, "bodies": []}', 'horizonS: null is no finite number'],
    ['no object', '[]', 'it is no object'],
    ['a missing field', { horizonS: 8 }, 'bodies: it is missing'],
    ['an unknown field', { horizonS: 8, bodies: [], stepS: 1 }, 'stepS: there is no such field'],
    ['a negative horizon', { horizonS: -1, bodies: [] }, 'horizonS: -1 is negative'],
    ['a duplicate id', { horizonS: 8, bodies: [body('a', [at(0, 0)]), body('a', [at(0, 9)])] }, 'bodies[1].id: "a" is already the id of bodies[0]'],
    ['an id that is no text', alone({ ...body('a', [at(0, 0)]), id: 1 }), 'bodies[0].id: it is no text'],
    ['no parts', alone({ id: 'a', parts: [], trajectory: [at(0, 0)] }), 'bodies[0].parts: it is empty'],
    ['no samples', alone(body('a', [])), 'bodies[0].trajectory: it is empty'],
    ['two points', alone(body('a', [at(0, 0)], [[0, 0], [1, 1]])), 'bodies[0].parts[0].polygonM: a polygon has 3 points or more, not 2'],
    ['no area', alone(body('a', [at(0, 0)], [[0, 0], [1, 1], [3, 3]])), 'bodies[0].parts[0].polygonM: the polygon has no area'],
    ['a polygon that crosses itself', alone(body('a', [at(0, 0)], [[0, 0], [2, 2], [2, 0], [0, 2]])), 'bodies[0].parts[0].polygonM: the polygon crosses or touches itself'],
    ['a point of three', alone(body('a', [at(0, 0)], [[0, 0, 0], [1, 0, 0], [0, 1, 0]])), 'bodies[0].parts[0].polygonM[0]: a point has 2 coordinates, not 3'],
    ['times that stand', alone(body('a', [at(0, 0), at(0, 1)])), 'bodies[0].trajectory[1].tS: 0 does not come after 0'],
    ['a missing heading', alone(body('a', [{ tS: 0, xM: 0, yM: 0 }])), 'bodies[0].trajectory[0].headingRad: it is missing'],
    ['text for a number', alone(body('a', [{ ...at(0, 0), xM: '1' }])), 'bodies[0].trajectory[0].xM: "1" is no finite number'],
    ['poses that are too many', alone(body('a', [{ ...at(0, 0), partPosesM: [[0, 0, 0], [1, 0, 0]] }])), 'bodies[0].trajectory[0].partPosesM: there are 2 poses for 1 parts'],
    ['a pose of two', alone(body('a', [{ ...at(0, 0), partPosesM: [[0, 0]] }])), 'bodies[0].trajectory[0].partPosesM[0]: a pose is [x, y, heading], not 2 numbers'],
  ])('refuses %s with the place', async (_, scenario, expected) => {
    const { status, out, notes } = await predict(scenario);
    expect([status, out]).toEqual([2, '']);
    expect(notes).toMatch(/^quaymaster: [^\n]+\n$/);
    expect(notes).toContain(expected);
  });
});
