import type { Junction, JunctionConnection, Road, RoadLane, RoadLaneSection, RoadLink } from '@quaymaster/virtual-map';
import type { FaultLog } from './fault-log';

/** Links that lead nowhere are reported and cut, so that every reference in what is handed on can be followed. */
export function cutDanglingLinks(roads: ReadonlyMap<string, Road>, junctions: readonly Junction[], log: FaultLog): { roads: Road[]; junctions: Junction[] } {
  const laneIds = new LaneIds();
  const junctionIds = new Set(junctions.map((junction) => junction.id));
  const kept = [...roads.values()].map((road): Road => {
    const where = `road ${road.id}`;
    const exists = (link: RoadLink | null, name: string): RoadLink | null => {
      if (!link || (link.kind === 'road' ? roads.has(link.roadId) : junctionIds.has(link.junctionId))) return link;
      log.add('QM_MAP_LINK', where, `its ${name} ${link.kind} ${link.kind === 'road' ? link.roadId : link.junctionId} is not in the map; the link is cut`);
      return null;
    };
    if (road.junctionId !== null && !junctionIds.has(road.junctionId)) log.add('QM_MAP_LINK', where, `it belongs to junction ${road.junctionId}, which is not in the map`);
    const [predecessor, successor] = [exists(road.predecessor, 'predecessor'), exists(road.successor, 'successor')];
    const before = lanesAt(roads, predecessor, laneIds);
    const after = lanesAt(roads, successor, laneIds);
    const sections = road.sections.map((section, i) => cutLaneLinks(
      section, i === 0 ? before : laneIds.of(road.sections[i - 1]), i === road.sections.length - 1 ? after : laneIds.of(road.sections[i + 1]), `${where}, section ${i}`, log,
    ));
    return { ...road, predecessor, successor, sections };
  });
  return { roads: kept, junctions: junctions.map((junction) => ({ ...junction, connections: junction.connections.map((one) => cutConnection(one, junction.id, roads, laneIds, log)) })) };
}

/** Lanes that a link of a road can lead to; null when it leads into a junction or nowhere, where lanes are linked by the junction or not at all. */
function lanesAt(roads: ReadonlyMap<string, Road>, link: RoadLink | null, laneIds: LaneIds): ReadonlySet<number> | null {
  return link?.kind === 'road' ? laneIds.of(sectionAt(roads.get(link.roadId), link.contactPoint)) : null;
}

function sectionAt(road: Road | undefined, end: 'start' | 'end'): RoadLaneSection | undefined {
  return end === 'start' ? road?.sections[0] : road?.sections.at(-1);
}

const NO_LANES: ReadonlySet<number> = new Set();

/** Lane ids by section. Many connections ask for the same section, which may have many lanes. */
class LaneIds {
  private readonly known = new Map<RoadLaneSection, ReadonlySet<number>>();

  of(section: RoadLaneSection | undefined): ReadonlySet<number> {
    if (!section) return NO_LANES;
    let ids = this.known.get(section);
    if (!ids) this.known.set(section, ids = new Set(section.lanes.map((lane) => lane.id)));
    return ids;
  }
}

function cutLaneLinks(section: RoadLaneSection, before: ReadonlySet<number> | null, after: ReadonlySet<number> | null, where: string, log: FaultLog): RoadLaneSection {
  const exists = (laneId: number | null, ids: ReadonlySet<number> | null, lane: RoadLane, name: string): number | null => {
    if (laneId === null || ids === null || ids.has(laneId)) return laneId;
    log.add('QM_MAP_LINK', `${where}, lane ${lane.id}`, `its ${name} lane ${laneId} does not exist; the link is cut`);
    return null;
  };
  return {
    ...section,
    lanes: section.lanes.map((lane) => ({
      ...lane, predecessorId: exists(lane.predecessorId, before, lane, 'predecessor'), successorId: exists(lane.successorId, after, lane, 'successor'),
    })),
  };
}

function cutConnection(connection: JunctionConnection, junctionId: string, roads: ReadonlyMap<string, Road>, laneIds: LaneIds, log: FaultLog): JunctionConnection {
  const incoming = roads.get(connection.incomingRoadId);
  const into = laneIds.of(sectionAt(roads.get(connection.connectingRoadId), connection.contactPoint));
  const joins = (link: RoadLink | null) => link?.kind === 'junction' ? link.junctionId === junctionId : link?.roadId === connection.connectingRoadId;
  const out: ReadonlySet<number>[] = [];
  if (incoming) {
    const ends = [...(joins(incoming.predecessor) ? ['start' as const] : []), ...(joins(incoming.successor) ? ['end' as const] : [])];
    for (const end of ends.length > 0 ? ends : ['start', 'end'] as const) out.push(laneIds.of(sectionAt(incoming, end)));
    if (ends.length === 0) log.add('QM_MAP_CONNECTION', `junction ${junctionId}, connection ${connection.id}`, `neither end of road ${incoming.id} is linked to the junction`);
  }
  const laneLinks = connection.laneLinks.filter(({ fromLaneId, toLaneId }) => {
    if (out.some((ids) => ids.has(fromLaneId)) && into.has(toLaneId)) return true;
    log.add('QM_MAP_LINK', `junction ${junctionId}, connection ${connection.id}`, `lane link ${fromLaneId} to ${toLaneId} names a lane that does not exist; it is cut`);
    return false;
  });
  return { ...connection, laneLinks };
}
