import { childrenOf, numberOf, parseXml, textOf } from './xml-tree';
import type { XmlElement } from './xml-tree';

/**
 * A generated map read back by a reader that shares nothing with the product's: lines and arcs, cubic widths, one lane section a road, lanes right of the
 * reference line. It is the oracle of the specs here, so it computes poses by chords where the generator integrates.
 */
export interface WalkedMap {
  readonly roads: ReadonlyMap<string, WalkedRoad>;
  readonly junctions: ReadonlyMap<string, XmlElement>;
}

export interface WalkedRoad {
  readonly id: string;
  readonly name: string;
  readonly junctionId: string | null;
  readonly lengthM: number;
  readonly pieces: readonly Piece[];
  readonly offsets: readonly Cubic[];
  /** By rising distance from the reference line: lane -1 first. */
  readonly lanes: readonly { readonly id: string; readonly widths: readonly Cubic[]; readonly predecessor: string | null; readonly successor: string | null }[];
  readonly predecessor: Readonly<Record<string, string>>;
  readonly successor: Readonly<Record<string, string>>;
  readonly objects: readonly WalkedObject[];
}

export interface WalkedObject {
  readonly name: string;
  readonly type: string;
  readonly sM: number;
  readonly tM: number;
  readonly element: XmlElement;
  readonly userData: Readonly<Record<string, string>>;
}

interface Piece {
  readonly sM: number;
  readonly lengthM: number;
  readonly start: Place;
  readonly curvaturePerM: number;
}

interface Cubic {
  readonly sM: number;
  readonly coefficients: readonly number[];
}

export interface Place {
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
}

export function walkMap(xodr: string): WalkedMap {
  const root = parseXml(xodr);
  const byId = <T extends { readonly id: string }>(all: readonly T[]): Map<string, T> => {
    const map = new Map(all.map((one) => [one.id, one]));
    if (map.size !== all.length) throw new Error('an id is used twice');
    return map;
  };
  const junctions = childrenOf(root, 'junction').map((element) => ({ id: textOf(element, 'id'), element }));
  return {
    roads: byId(childrenOf(root, 'road').map(walkRoad)),
    junctions: new Map([...byId(junctions)].map(([id, { element }]) => [id, element])),
  };
}

function walkRoad(road: XmlElement): WalkedRoad {
  const end = (tag: string): Readonly<Record<string, string>> => childrenOf(road, 'link', tag)[0]?.attributes ?? {};
  const cubics = (elements: readonly XmlElement[], at: string): Cubic[] => elements.map((element) => ({
    sM: numberOf(element, at), coefficients: ['a', 'b', 'c', 'd'].map((name) => numberOf(element, name)),
  }));
  const lanes = childrenOf(road, 'lanes', 'laneSection', 'right', 'lane').map((lane) => ({
    id: textOf(lane, 'id'), widths: cubics(childrenOf(lane, 'width'), 'sOffset'),
    predecessor: childrenOf(lane, 'link', 'predecessor')[0]?.attributes['id'] ?? null,
    successor: childrenOf(lane, 'link', 'successor')[0]?.attributes['id'] ?? null,
  }));
  const junction = textOf(road, 'junction');
  return {
    id: textOf(road, 'id'), name: textOf(road, 'name'), junctionId: junction === '-1' ? null : junction, lengthM: numberOf(road, 'length'),
    pieces: childrenOf(road, 'planView', 'geometry').map((element) => ({
      sM: numberOf(element, 's'), lengthM: numberOf(element, 'length'),
      start: { xM: numberOf(element, 'x'), yM: numberOf(element, 'y'), headingRad: numberOf(element, 'hdg') },
      curvaturePerM: childrenOf(element, 'arc').map((arc) => numberOf(arc, 'curvature'))[0] ?? 0,
    })),
    offsets: cubics(childrenOf(road, 'lanes', 'laneOffset'), 's'), lanes, predecessor: end('predecessor'), successor: end('successor'),
    objects: childrenOf(road, 'objects', 'object').map((element) => ({
      name: textOf(element, 'name'), type: textOf(element, 'type'), sM: numberOf(element, 's'), tM: numberOf(element, 't'), element,
      userData: Object.fromEntries(childrenOf(element, 'userData').map((data) => [textOf(data, 'code'), textOf(data, 'value')])),
    })),
  };
}

/** Place on a piece, by the chord to it: half the turn lies before the chord, half after. */
export function onPiece({ start, curvaturePerM }: Piece, sM: number): Place {
  const halfTurnRad = curvaturePerM * sM / 2;
  const chordM = halfTurnRad === 0 ? sM : sM * Math.sin(halfTurnRad) / halfTurnRad;
  const alongRad = start.headingRad + halfTurnRad;
  return { xM: start.xM + chordM * Math.cos(alongRad), yM: start.yM + chordM * Math.sin(alongRad), headingRad: alongRad + halfTurnRad };
}

function valueAt(cubics: readonly Cubic[], sM: number): number {
  const cubic = cubics.findLast((one) => one.sM <= sM) ?? cubics[0]!;
  return cubic.coefficients.reduceRight((sum, coefficient) => sum * (sM - cubic.sM) + coefficient, 0);
}

/** Centre and width of a lane. @param index 0 for lane -1 */
export function laneAt(road: WalkedRoad, index: number, sM: number): Place & { readonly widthM: number } {
  const piece = road.pieces.findLast((one) => one.sM <= sM) ?? road.pieces[0]!;
  const { xM, yM, headingRad } = onPiece(piece, sM - piece.sM);
  const inner = road.lanes.slice(0, index).reduce((sumM, lane) => sumM + valueAt(lane.widths, sM), 0);
  const widthM = valueAt(road.lanes[index]!.widths, sM);
  const tM = valueAt(road.offsets, sM) - inner - widthM / 2;
  return { xM: xM - tM * Math.sin(headingRad), yM: yM + tM * Math.cos(headingRad), headingRad, widthM };
}

export function connectingRoads(map: WalkedMap): WalkedRoad[] {
  return [...map.roads.values()].filter((road) => road.junctionId !== null);
}

export function ordinaryRoads(map: WalkedMap): WalkedRoad[] {
  return [...map.roads.values()].filter((road) => road.junctionId === null);
}

/** Objects that carry a piece of user data, with its value. */
export function objectsWith(map: WalkedMap, code: string): { road: WalkedRoad; object: WalkedObject; value: string }[] {
  return ordinaryRoads(map).flatMap((road) => road.objects.flatMap((object) => {
    const value = object.userData[code];
    return value === undefined ? [] : [{ road, object, value }];
  }));
}
