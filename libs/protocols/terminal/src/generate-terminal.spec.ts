import fc from 'fast-check';
import { generateTerminal, terminalDefaults, terminalLimits } from '.';
import type { TerminalOptions } from '.';
import { brokenLinks, brokenReferenceLines, strandedLanes } from '../testing/map-rules';
import { sharedSurfaces, steps } from '../testing/shared-surfaces';
import { childrenOf, numberOf, parseXml } from '../testing/xml-tree';
import { connectingRoads, laneAt, objectsWith, ordinaryRoads, walkMap } from '../testing/walked-map';
import type { WalkedMap, WalkedRoad } from '../testing/walked-map';

const terminal = generateTerminal(terminalDefaults);
const map = walkMap(terminal.xodr);

const lengthOf = (roads: readonly WalkedRoad[]): number => roads.reduce((sumM, road) => sumM + road.lanes.length * road.lengthM, 0);
const isBay = (road: WalkedRoad): boolean => road.objects.some(({ type }) => type === 'parkingSpace');

describe('the default terminal', () => {
  it('has reference lines without gap or kink', () => {
    expect(brokenReferenceLines(map)).toEqual([]);
  });

  it('has lanes that meet, as wide as each other, wherever roads and junctions link them', () => {
    expect(brokenLinks(map)).toEqual([]);
  });

  it('lets a vehicle drive from every lane to every lane', () => {
    expect(strandedLanes(map)).toEqual([]);
  });

  it('has at least 8 km of driving lanes, and as many metres as its summary says', () => {
    const drivableM = lengthOf([...map.roads.values()]);
    expect(drivableM).toBeGreaterThan(8000);
    expect(terminal.summary.drivableM).toBeCloseTo(drivableM, 3);
    expect(terminal.summary.outsideJunctionsM).toBeCloseTo(lengthOf(ordinaryRoads(map)), 3);
  });

  it('counts what is in the map in its summary', () => {
    const counts = (code: string, value?: string): number => objectsWith(map, code).filter((one) => value === undefined || one.value === value).length;
    expect(terminal.summary).toMatchObject({
      roads: ordinaryRoads(map).length, connectingRoads: connectingRoads(map).length, junctions: map.junctions.size,
      slots: counts('qm:slot'), chargingSlots: counts('qm:slot', 'charging'), zones: counts('qm:zone'),
      transferPoints: { crane: counts('qm:transferPoint', 'crane'), yard: counts('qm:transferPoint', 'yard'), gate: counts('qm:transferPoint', 'gate') },
    });
    expect(terminal.summary).toMatchObject({ slots: 60, chargingSlots: 12, transferPoints: { crane: 4, yard: 18, gate: 3 }, zones: 10 });
  });

  it('names every object once', () => {
    const names = ordinaryRoads(map).flatMap(({ objects }) => objects.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  it('covers some 500 m by 300 m and lies within the bounds of its header', () => {
    const header = childrenOf(parseXml(terminal.xodr), 'header')[0]!;
    const [westM, eastM, southM, northM] = ['west', 'east', 'south', 'north'].map((side) => numberOf(header, side)) as [number, number, number, number];
    expect(eastM - westM).toBeLessThan(520);
    expect(northM - southM).toBeLessThan(310);
    expect(lanePlaces(map, 5).filter(({ xM, yM }) => xM < westM || xM > eastM || yM < southM || yM > northM)).toEqual([]);
  });
});

describe('vehicles of 16.5 m by 3 m on the default terminal', () => {
  it('turn on radii of at least 15 m everywhere', () => {
    const radiiM = [...map.roads.values()].flatMap(({ pieces }) => pieces.map(({ curvaturePerM }) => 1 / Math.abs(curvaturePerM)));
    expect(Math.min(...radiiM)).toBeGreaterThanOrEqual(15);
  });

  it('find at least 35 m of road between junctions, and 22 m in a bay', () => {
    expect(ordinaryRoads(map).filter((road) => road.lengthM < (isBay(road) ? 22 : 35 - 1e-6)).map(({ name }) => name)).toEqual([]);
  });

  it('stop at transfer points 25 m into a road or more, 10 m or more before its end, on the middle of a lane', () => {
    for (const { road, object } of objectsWith(map, 'qm:transferPoint')) {
      expect(object.sM).toBeGreaterThanOrEqual(25);
      expect(road.lengthM - object.sM).toBeGreaterThanOrEqual(10);
      expect(road.lanes.some((_, i) => Math.abs(object.tM + 4.5 * i) < 1e-9)).toBe(true);
    }
  });

  it('never serve at two transfer points of one lane nearer than 20 m', () => {
    for (const road of ordinaryRoads(map)) {
      const points = road.objects.filter(({ userData }) => userData['qm:transferPoint'] !== undefined);
      for (const [i, a] of points.entries()) {
        for (const b of points.slice(i + 1)) expect(a.tM === b.tM ? Math.abs(a.sM - b.sM) : Infinity).toBeGreaterThanOrEqual(20);
      }
    }
  });

  it('park within straight bays, in spaces of at least 19 m by 3.5 m on the middle of the lane', () => {
    for (const { road, object } of objectsWith(map, 'qm:slot')) {
      const lengthM = numberOf(object.element, 'length');
      expect(lengthM).toBeGreaterThanOrEqual(19);
      expect(numberOf(object.element, 'width')).toBeGreaterThanOrEqual(3.5);
      expect(road.pieces.map(({ curvaturePerM }) => curvaturePerM)).toEqual([0]);
      expect([object.tM, object.sM - lengthM / 2 > 1, road.lengthM - object.sM - lengthM / 2 > 1]).toEqual([0, true, true]);
    }
  });

  it('have lanes of 4.5 m on roads, which widen to 5 m to 6 m within junctions', () => {
    for (const road of map.roads.values()) {
      const widthsM = [0, 0.25, 0.5, 0.75, 1].map((ratio) => laneAt(road, 0, road.lengthM * ratio).widthM);
      const [leastM, mostM] = road.junctionId === null ? [4.5, 4.5] : [5, 6];
      expect(widthsM[2]).toBeGreaterThanOrEqual(leastM - 1e-6);
      expect(widthsM[2]).toBeLessThanOrEqual(mostM + 1e-6);
      for (const widthM of widthsM) expect(widthM).toBeGreaterThanOrEqual(4.5 - 1e-6);
    }
  });

  it('meet: streams of different roads cross in some junctions and merge in many', () => {
    const crossed = new Set<string>();
    const merged = new Set<string>();
    const squareOn = new Set<string>();
    for (const a of connectingRoads(map)) {
      for (const b of connectingRoads(map)) {
        if (a.junctionId !== b.junctionId || a.predecessor['elementId'] === b.predecessor['elementId']) continue;
        if (a.successor['elementId'] === b.successor['elementId']) merged.add(a.junctionId!);
        else if (centreLinesMeet(a, b)) {
          crossed.add(a.junctionId!);
          const turnRad = a.pieces[0]!.start.headingRad - b.pieces[0]!.start.headingRad;
          if (a.pieces.length === 1 && b.pieces.length === 1 && Math.abs(Math.cos(turnRad)) < 1e-9) squareOn.add(a.junctionId!);
        }
      }
    }
    expect(squareOn.size).toBeGreaterThanOrEqual(1);
    expect(crossed.size).toBeGreaterThanOrEqual(5);
    expect(merged.size).toBeGreaterThanOrEqual(10);
  });

  it('never stand, on any road or bay, on the surface of another lane', () => {
    expect(sharedSurfaces(map)).toEqual([]);
  });
});

describe('generateTerminal', () => {
  it('gives the same bytes for the same options', () => {
    expect(generateTerminal({ ...terminalDefaults }).xodr).toBe(terminal.xodr);
  });

  it('gives another site for another seed: cranes, chargers and columns elsewhere', () => {
    const other = walkMap(generateTerminal({ ...terminalDefaults, seed: 2 }).xodr);
    const places = (of: WalkedMap, code: string): string => JSON.stringify(objectsWith(of, code).map(({ object, value }) => [object.name, object.sM, value]));
    const ends = (of: WalkedMap): string => JSON.stringify(ordinaryRoads(of).map(({ pieces }) => pieces[0]!.start));
    expect(places(other, 'qm:transferPoint')).not.toBe(places(map, 'qm:transferPoint'));
    expect(places(other, 'qm:slot')).not.toBe(places(map, 'qm:slot'));
    expect(ends(other)).not.toBe(ends(map));
  });

  const names = Object.keys(terminalLimits) as (keyof TerminalOptions)[];
  const refusals = names.flatMap((name) => {
    const { min, max } = terminalLimits[name];
    return [
      { name, value: min - 1, because: `${name} must be at least ${min}, got ${min - 1}` },
      { name, value: max + 1, because: `${name} must be at most ${max}, got ${max + 1}` },
      { name, value: min + 0.5, because: `${name} must be a whole number from ${min} to ${max}, got ${min + 0.5}` },
      { name, value: NaN, because: `${name} must be a whole number from ${min} to ${max}, got NaN` },
    ];
  });
  it.each(refusals)('refuses: $because', ({ name, value, because }) => {
    expect(() => generateTerminal({ ...terminalDefaults, [name]: value })).toThrow(new RangeError(because));
  });

  it('keeps all this at the least and the greatest of every option but the number of slots and blocks together', () => {
    for (const pick of ['min', 'max'] as const) {
      const options = Object.fromEntries(names.map((name) => [name, terminalLimits[name][pick]])) as unknown as TerminalOptions;
      expectSound({ ...options, slots: Math.min(options.slots, 600), yardBlocks: Math.min(options.yardBlocks, 48) });
    }
  });

  it('keeps all this for any options', () => {
    const options = fc.record({
      cranes: fc.integer({ min: 1, max: 24 }), yardBlocks: fc.integer({ min: 1, max: 48 }), lanes: fc.integer({ min: 1, max: 4 }),
      slots: fc.integer({ min: 8, max: 300 }), seed: fc.integer({ min: 0, max: 4_294_967_295 }),
    });
    fc.assert(fc.property(options, expectSound), { numRuns: 8 });
  });
});

function expectSound(options: TerminalOptions): void {
  const generated = walkMap(generateTerminal(options).xodr);
  expect([...brokenReferenceLines(generated), ...brokenLinks(generated), ...strandedLanes(generated)]).toEqual([]);
  expect(ordinaryRoads(generated).filter((road) => road.lengthM < (isBay(road) ? 22 : 35 - 1e-6)).map(({ name }) => name)).toEqual([]);
  const points = objectsWith(generated, 'qm:transferPoint');
  expect(points.filter(({ value }) => value === 'crane')).toHaveLength(options.cranes);
  expect(points.filter(({ road, object }) => object.sM < 25 || road.lengthM - object.sM < 10)).toEqual([]);
  expect(objectsWith(generated, 'qm:zone').filter(({ value }) => value === 'yard')).toHaveLength(options.yardBlocks);
  expect(objectsWith(generated, 'qm:slot').length).toBeGreaterThanOrEqual(options.slots);
}

function lanePlaces(of: WalkedMap, stepM: number): { xM: number; yM: number }[] {
  return [...of.roads.values()].flatMap((road) => road.lanes.flatMap((_, lane) => steps(road, stepM).map((sM) => laneAt(road, lane, sM))));
}

function centreLinesMeet(a: WalkedRoad, b: WalkedRoad): boolean {
  const ofB = steps(b, 1).map((sM) => laneAt(b, 0, sM));
  return steps(a, 1).some((sM) => {
    const at = laneAt(a, 0, sM);
    return ofB.some(({ xM, yM }) => Math.hypot(xM - at.xM, yM - at.yM) < 0.75);
  });
}
