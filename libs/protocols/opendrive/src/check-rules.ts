import type { Junction, Road, RoadLane, RoadLaneSection, RoadLink, RoadNetwork } from '@quaymaster/virtual-map';
import { valueAt } from './attributes';
import type { FaultLog } from './fault-log';

/** Borders that cross by less are rounding of the writer [m]. */
const CROSSING_M = 1e-7;
/** Places at which the borders of a section are compared. */
const PLACES = 32;

/** Rules of ASAM's checker that a network of links and borders can break although each of its parts can be read. Nothing is changed. */
export function checkRules({ revision, roads, junctions }: Pick<RoadNetwork, 'revision' | 'roads' | 'junctions'>, log: FaultLog): void {
  const byId = new Map(roads.map((road) => [road.id, road]));
  for (const junction of junctions) checkConnections(junction, byId, log);
  if (revision.minor <= 7) checkUsedOnce(junctions, log);
  checkEndsNamedTwice(roads, log);
  for (const road of roads) {
    road.sections.forEach((section, i) => {
      const where = `road ${road.id}, section ${i}`;
      checkCrossing(section, (road.sections[i + 1]?.sM ?? road.lengthM) - section.sM, where, log);
      const next = road.sections[i + 1];
      if (next) checkLinkedBack(section, next, where, log);
    });
    checkRoadLinkedBack(road, byId, log);
  }
}

/** junctions.connection.one_connection_element: up to 1.7 a connecting road is one connection's; since 1.8 each of its directions may be. */
function checkUsedOnce(junctions: readonly Junction[], log: FaultLog): void {
  const uses = new Map<string, number>();
  for (const { connections } of junctions) for (const { connectingRoadId } of connections) uses.set(connectingRoadId, (uses.get(connectingRoadId) ?? 0) + 1);
  for (const [roadId, count] of uses) if (count > 1) log.add('QM_MAP_CONNECTION_TWICE', `road ${roadId}`, `${count} connections lead over it`);
}

/** junctions.connection: from a road that is no connecting road, at the end that the connecting road links with it, into lanes that are driven away from there. */
function checkConnections({ id, connections }: Junction, roads: ReadonlyMap<string, Road>, log: FaultLog): void {
  for (const { id: connectionId, incomingRoadId, connectingRoadId, contactPoint, laneLinks } of connections) {
    const where = `junction ${id}, connection ${connectionId}`;
    const connecting = roads.get(connectingRoadId);
    const ofJunction = roads.get(incomingRoadId)?.junctionId;
    if (typeof ofJunction === 'string') log.add('QM_MAP_CONNECTION_INNER', where, `its incoming road ${incomingRoadId} is itself a connecting road of junction ${ofJunction}`);
    for (const { toLaneId } of laneLinks) {
      const forward = toLaneId < 0 !== (connecting?.leftHandTraffic ?? false);
      if (connecting?.junctionId === id && forward !== (contactPoint === 'start')) {
        log.add('QM_MAP_LANE_LINK_AGAINST', where, `lane ${toLaneId} of road ${connectingRoadId} is driven towards the ${contactPoint} at which it is said to be entered`);
      }
    }
    const link = contactPoint === 'start' ? connecting?.predecessor : connecting?.successor;
    if (connecting?.junctionId === id && link?.kind === 'road' && link.roadId !== incomingRoadId) {
      log.add('QM_MAP_CONNECTION_LINKAGE', where, `road ${connectingRoadId} is entered at its ${contactPoint}, which it links with road ${link.roadId}, not with ${incomingRoadId}`);
    }
  }
}

/** road.linkage.is_junction_needed: an end that several ordinary roads lead to needs a junction. */
function checkEndsNamedTwice(roads: readonly Road[], log: FaultLog): void {
  const namedBy = new Map<string, string>();
  for (const road of roads) {
    if (road.junctionId !== null) continue;
    for (const link of [road.predecessor, road.successor]) {
      if (link?.kind !== 'road') continue;
      const end = `the ${link.contactPoint} of road ${link.roadId}`;
      const other = namedBy.get(end);
      if (other !== undefined && other !== road.id) log.add('QM_MAP_JUNCTION_NEEDED', `road ${road.id}`, `it and road ${other} are both linked with ${end}: that takes a junction`);
      namedBy.set(end, road.id);
    }
  }
}

/** road.lane.link.lanes_across_lane_sections: a lane that is led to knows of it. */
function checkLinkedBack(before: RoadLaneSection, after: RoadLaneSection, where: string, log: FaultLog): void {
  const [beforeById, afterById] = [lanesById(before.lanes), lanesById(after.lanes)];
  for (const lane of before.lanes) {
    const next = lane.successorId === null ? undefined : afterById.get(lane.successorId);
    if (next?.predecessorId === null) oneSided(`${where}, lane ${lane.id}`, `lane ${next.id} of the next section`, log);
  }
  for (const lane of after.lanes) {
    const previous = lane.predecessorId === null ? undefined : beforeById.get(lane.predecessorId);
    if (previous?.successorId === null) oneSided(`${where}, lane ${previous.id}`, `lane ${lane.id} of the next section`, log);
  }
}

function checkRoadLinkedBack(road: Road, roads: ReadonlyMap<string, Road>, log: FaultLog): void {
  const check = (link: RoadLink | null, section: RoadLaneSection | undefined, name: 'predecessorId' | 'successorId'): void => {
    if (link?.kind !== 'road' || section === undefined || road.junctionId !== null) return;
    const other = roads.get(link.roadId);
    if (other === undefined || other.junctionId !== null) return;
    const back = link.contactPoint === 'start' ? other.predecessor : other.successor;
    if (back?.kind !== 'road' || back.roadId !== road.id) {
      log.add('QM_MAP_LINK_ONE_SIDED', `road ${road.id}`, `it is linked with the ${link.contactPoint} of road ${other.id}, which is not linked with it`);
      return;
    }
    const lanes = lanesById((link.contactPoint === 'start' ? other.sections[0] : other.sections.at(-1))?.lanes ?? []);
    for (const lane of section.lanes) {
      const laneId = lane[name];
      const next = laneId === null ? undefined : lanes.get(laneId);
      if (next?.[link.contactPoint === 'start' ? 'predecessorId' : 'successorId'] === null) oneSided(`road ${road.id}, lane ${lane.id}`, `lane ${next.id} of road ${other.id}`, log);
    }
  };
  check(road.predecessor, road.sections[0], 'predecessorId');
  check(road.successor, road.sections.at(-1), 'successorId');
}

function lanesById(lanes: readonly RoadLane[]): ReadonlyMap<number, RoadLane> {
  return new Map(lanes.map((lane) => [lane.id, lane]));
}

function oneSided(where: string, to: string, log: FaultLog): void {
  log.add('QM_MAP_LINK_ONE_SIDED', where, `only one of it and ${to} names the other`);
}

/** road.lane.border.overlap_with_inner_lanes, for lanes that are described by borders. */
function checkCrossing(section: RoadLaneSection, lengthM: number, where: string, log: FaultLog): void {
  for (const side of [1, -1]) {
    const lanes = section.lanes.filter(({ id }) => Math.sign(id) === side).sort((a, b) => Math.abs(a.id) - Math.abs(b.id));
    if (!lanes.some(({ borders }) => borders.length > 0)) continue;
    const crossed = new Set<number>();
    for (let place = 0; place <= PLACES; place += 1) {
      const sM = lengthM * place / PLACES;
      let innerM = 0;
      for (const { id, widths, borders } of lanes) {
        const outerM = borders.length > 0 ? side * valueAt(lastAt(borders, sM), sM) : innerM + valueAt(lastAt(widths, sM), sM);
        if (outerM < innerM - CROSSING_M && !crossed.has(id)) {
          crossed.add(id);
          log.add('QM_MAP_BORDER_CROSSED', `${where}, lane ${id}, s ${(section.sM + sM).toFixed(2)} m`, 'its outer border lies inside of its inner one');
        }
        innerM = Math.max(innerM, outerM);
      }
    }
  }
}

function lastAt<T extends { readonly sM: number }>(records: readonly T[], sM: number): T {
  let last = records[0]!;
  for (const record of records) if (record.sM <= sM) last = record;
  return last;
}
