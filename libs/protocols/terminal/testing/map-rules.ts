import { childrenOf, textOf } from './xml-tree';
import type { Place, WalkedMap, WalkedRoad } from './walked-map';
import { connectingRoads, laneAt, onPiece, ordinaryRoads } from './walked-map';

/** Each rule gives what breaks it, in words; none is a pass. */
const SAME_PLACE_M = 1e-6;
const SAME_HEADING_RAD = 1e-6;

function misfit(a: Place, b: Place): boolean {
  const turnRad = Math.atan2(Math.sin(a.headingRad - b.headingRad), Math.cos(a.headingRad - b.headingRad));
  return Math.hypot(a.xM - b.xM, a.yM - b.yM) > SAME_PLACE_M || Math.abs(turnRad) > SAME_HEADING_RAD;
}

/** Pieces of a reference line follow one another without gap, kink or doubled length. */
export function brokenReferenceLines(map: WalkedMap): string[] {
  return [...map.roads.values()].flatMap(({ name, pieces, lengthM }) => {
    const broken: string[] = [];
    let sM = 0;
    pieces.forEach((piece, i) => {
      if (Math.abs(piece.sM - sM) > SAME_PLACE_M) broken.push(`${name}: piece ${i} starts at s ${piece.sM}, not ${sM}`);
      const next = pieces[i + 1];
      if (next !== undefined && misfit(onPiece(piece, piece.lengthM), next.start)) broken.push(`${name}: gap after piece ${i}`);
      sM += piece.lengthM;
    });
    if (Math.abs(sM - lengthM) > SAME_PLACE_M) broken.push(`${name}: ${sM} m of pieces in a road of ${lengthM} m`);
    return broken;
  });
}

/** Every connecting road meets the lanes that it names, with their width, and roads, junctions and connections name each other. */
export function brokenLinks(map: WalkedMap): string[] {
  return [...connectingRoads(map).flatMap((road) => brokenConnection(map, road)), ...ordinaryRoads(map).flatMap((road) => brokenRoad(map, road))];
}

function brokenConnection(map: WalkedMap, road: WalkedRoad): string[] {
  const broken: string[] = [];
  const expectThat = (holds: boolean, what: string): void => { if (!holds) broken.push(`${road.name}: ${what}`); };
  const incoming = map.roads.get(road.predecessor['elementId'] ?? '');
  const outgoing = map.roads.get(road.successor['elementId'] ?? '');
  const junction = map.junctions.get(road.junctionId!);
  if (incoming === undefined || outgoing === undefined || junction === undefined) return [`${road.name}: links lead nowhere`];
  expectThat(road.predecessor['contactPoint'] === 'end' && road.successor['contactPoint'] === 'start', 'contact points');
  expectThat(incoming.successor['elementType'] === 'junction' && incoming.successor['elementId'] === road.junctionId, `${incoming.name} does not end in its junction`);
  expectThat(outgoing.predecessor['elementType'] === 'junction' && outgoing.predecessor['elementId'] === road.junctionId, `${outgoing.name} does not start in its junction`);
  const from = incoming.lanes.findIndex(({ id }) => id === road.lanes[0]!.predecessor);
  const to = outgoing.lanes.findIndex(({ id }) => id === road.lanes[0]!.successor);
  if (from === -1 || to === -1) return [...broken, `${road.name}: no such lane`];
  for (const [mine, theirs] of [
    [laneAt(road, 0, 0), laneAt(incoming, from, incoming.lengthM)], [laneAt(road, 0, road.lengthM), laneAt(outgoing, to, 0)],
  ] as const) {
    expectThat(!misfit(mine, theirs), `lane misses its neighbour at ${mine.xM}, ${mine.yM}`);
    expectThat(Math.abs(mine.widthM - theirs.widthM) < SAME_PLACE_M, `width ${mine.widthM} meets ${theirs.widthM}`);
  }
  const connections = childrenOf(junction, 'connection').filter((connection) => connection.attributes['connectingRoad'] === road.id);
  expectThat(connections.length === 1, `${connections.length} connections`);
  for (const connection of connections) {
    expectThat(textOf(connection, 'incomingRoad') === incoming.id && textOf(connection, 'contactPoint') === 'start', 'connection names another road or end');
    const links = childrenOf(connection, 'laneLink').map(({ attributes }) => attributes);
    expectThat(links.length === 1 && links[0]!['from'] === road.lanes[0]!.predecessor && links[0]!['to'] === road.lanes[0]!.id, 'lane links');
  }
  return broken;
}

function brokenRoad(map: WalkedMap, road: WalkedRoad): string[] {
  const ends = [road.predecessor, road.successor];
  return ends.every((end) => end['elementType'] === 'junction' && map.junctions.has(end['elementId'] ?? '')) ? [] : [`${road.name}: an end without junction`];
}

/** Lanes, as road/lane, from which not all others can be reached or that cannot be reached from all others. */
export function strandedLanes(map: WalkedMap): string[] {
  const lanes = ordinaryRoads(map).flatMap((road) => road.lanes.map(({ id }) => `${road.id}/${id}`));
  const ahead = new Map<string, string[]>(lanes.map((lane) => [lane, []]));
  const behind = new Map<string, string[]>(lanes.map((lane) => [lane, []]));
  for (const road of connectingRoads(map)) {
    const from = `${road.predecessor['elementId']}/${road.lanes[0]!.predecessor}`;
    const to = `${road.successor['elementId']}/${road.lanes[0]!.successor}`;
    ahead.get(from)?.push(to);
    behind.get(to)?.push(from);
  }
  const reached = [ahead, behind].map((links) => {
    const seen = new Set([lanes[0]!]);
    // A set grows while it is walked.
    for (const lane of seen) for (const next of links.get(lane) ?? []) seen.add(next);
    return seen;
  });
  return lanes.filter((lane) => reached.some((seen) => !seen.has(lane)));
}
