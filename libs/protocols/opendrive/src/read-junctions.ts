import type { Junction, JunctionConnection, Road } from '@quaymaster/virtual-map';
import { childrenOf, integer, shown } from './attributes';
import type { FaultLog } from './fault-log';
import type { XmlElement } from './xml-element';

/**
 * The junctions as written, less the connections that cannot be used. A `direct` junction's linked road takes the place of the connecting road: one
 * drives from the incoming road into it without one between. Connections of `virtual` junctions leave a road in its middle, which no lane graph of whole
 * lanes can say; they are reported and left out.
 */
export function readJunctions(root: XmlElement, roads: ReadonlyMap<string, Road>, log: FaultLog): Junction[] {
  const junctions = new Map<string, Junction>();
  for (const element of childrenOf(root, 'junction')) {
    const id = element.attribute('id')?.trim() ?? '';
    const where = `junction ${id}`;
    if (id === '' || junctions.has(id)) {
      log.add('QM_MAP_JUNCTION', where, id === '' ? 'a junction has no id and is left out' : 'there is another junction of that id; this one is left out');
      continue;
    }
    const type = element.attribute('type')?.trim() ?? 'default';
    if (type !== 'default') log.add('QM_MAP_JUNCTION_TYPE', where, `type "${shown(type)}" is read as far as its connections join whole roads`);
    const connections: JunctionConnection[] = [];
    for (const one of childrenOf(element, 'connection')) {
      const connection = readConnection(one, roads, where, log);
      if (connection) connections.push(connection);
    }
    junctions.set(id, { id, name: element.attribute('name') ?? '', connections });
  }
  return [...junctions.values()];
}

function readConnection(element: XmlElement, roads: ReadonlyMap<string, Road>, junction: string, log: FaultLog): JunctionConnection | null {
  const id = element.attribute('id')?.trim() ?? '';
  const where = `${junction}, connection ${id}`;
  const dropped = (because: string) => {
    log.add('QM_MAP_CONNECTION', where, `${because}; the connection is left out`);
    return null;
  };
  if (element.attribute('type')?.trim() === 'virtual') return dropped('it is virtual');
  const incomingRoadId = element.attribute('incomingRoad')?.trim() ?? '';
  const connectingRoadId = (element.attribute('connectingRoad') ?? element.attribute('linkedRoad'))?.trim() ?? '';
  const incoming = roads.get(incomingRoadId);
  const connecting = roads.get(connectingRoadId);
  if (!incoming) return dropped(incomingRoadId === '' ? 'it names no incoming road' : `there is no road ${shown(incomingRoadId)}`);
  if (!connecting) return dropped(connectingRoadId === '' ? 'it names no connecting road' : `there is no road ${shown(connectingRoadId)}`);
  const contactPoint = contactOf(element, incomingRoadId, connecting);
  if (!contactPoint) return dropped('it names no contact point, and the links of its roads do not say it');
  return { id, incomingRoadId, connectingRoadId, contactPoint, laneLinks: readLaneLinks(element, where, log) };
}

/** As named, else the end at which the connecting road's own link names the incoming road. */
function contactOf(element: XmlElement, incomingRoadId: string, connecting: Road): 'start' | 'end' | null {
  const named = element.attribute('contactPoint')?.trim();
  if (named === 'start' || named === 'end') return named;
  const joins = (link: Road['predecessor']) => link?.kind === 'road' && link.roadId === incomingRoadId;
  if (joins(connecting.predecessor) === joins(connecting.successor)) return null;
  return joins(connecting.predecessor) ? 'start' : 'end';
}

function readLaneLinks(connection: XmlElement, where: string, log: FaultLog): { fromLaneId: number; toLaneId: number }[] {
  const links: { fromLaneId: number; toLaneId: number }[] = [];
  for (const element of childrenOf(connection, 'laneLink')) {
    const fromLaneId = integer(element.attribute('from'));
    const toLaneId = integer(element.attribute('to'));
    if (fromLaneId === null || toLaneId === null) log.add('QM_MAP_CONNECTION', where, 'a lane link does not name two lanes and is left out');
    else links.push({ fromLaneId, toLaneId });
  }
  return links;
}
