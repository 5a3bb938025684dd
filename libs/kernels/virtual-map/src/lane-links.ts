import type { LaneDraft } from './lane-mesh';
import type { Road, RoadLink, RoadNetwork } from './road-network';
import { hasLength, shapeOfSection } from './section-shape';
import type { MapFault } from './virtual-map';

/** Which end of a road. */
type RoadEnd = 'start' | 'end';

/** Rows of drivable lanes by road, section and lane id. */
export class LaneIndex {
  private readonly rows = new Map<string, number>();

  constructor(private readonly network: RoadNetwork, readonly lanes: readonly LaneDraft[]) {
    lanes.forEach(({ strip, laneIndex }, row) => this.rows.set(`${strip.roadIndex}/${strip.sectionIndex}/${strip.lanes[laneIndex]!.id}`, row));
  }

  /** Row of a drivable lane that has a surface; -1 for all others. */
  find(roadIndex: number, sectionIndex: number, laneId: number): number {
    return this.rows.get(`${roadIndex}/${sectionIndex}/${laneId}`) ?? -1;
  }

  where(row: number): string {
    const { strip, laneIndex } = this.lanes[row]!;
    return `road ${this.network.roads[strip.roadIndex]!.id}, section ${strip.sectionIndex}, lane ${strip.lanes[laneIndex]!.id}`;
  }
}

/**
 * Lanes that can be driven into from the end of each lane, ascending.
 *
 * Both directions of every link are followed, so a link that a file states on one side only counts. Links to lanes that are driven the other way, or to
 * roads and lanes that do not exist, go to `warnings`.
 */
export function linkLanes(network: RoadNetwork, index: LaneIndex, warnings: MapFault[]): number[][] {
  const linker = new LaneLinker(network, index, warnings);
  for (let row = 0; row < index.lanes.length; row += 1) linker.followEnds(row);
  linker.followJunctions();
  return linker.successors.map((set) => [...set].sort((a, b) => a - b));
}

class LaneLinker {
  readonly successors: Set<number>[];
  private readonly roadIndex = new Map<string, number>();

  constructor(private readonly network: RoadNetwork, private readonly index: LaneIndex, private readonly warnings: MapFault[]) {
    this.successors = index.lanes.map(() => new Set());
    network.roads.forEach((road, i) => this.roadIndex.set(road.id, i));
  }

  followEnds(row: number): void {
    const { strip, laneIndex } = this.index.lanes[row]!;
    const lane = strip.lanes[laneIndex]!;
    if (lane.successorId !== null) this.followEnd(row, 'end', lane.successorId);
    if (lane.predecessorId !== null) this.followEnd(row, 'start', lane.predecessorId);
  }

  /** Every lane link of every junction: from the end of the incoming road to the end of the connecting road that it names. */
  followJunctions(): void {
    for (const junction of this.network.junctions) {
      for (const connection of junction.connections) {
        const incoming = this.roadIndex.get(connection.incomingRoadId);
        const connecting = this.roadIndex.get(connection.connectingRoadId);
        if (incoming === undefined || connecting === undefined) {
          const missing = incoming === undefined ? connection.incomingRoadId : connection.connectingRoadId;
          this.warn(`junction ${junction.id}, connection ${connection.id}`, `names road ${missing}, which does not exist`);
          continue;
        }
        const end = this.endAtJunction(incoming, connecting, connection.contactPoint, junction.id);
        if (end === null) {
          this.warn(`junction ${junction.id}, connection ${connection.id}`, `road ${connection.incomingRoadId} does not touch this junction`);
          continue;
        }
        for (const link of connection.laneLinks) {
          const from = this.enter(incoming, sectionAtEnd(this.network.roads[incoming]!, end), link.fromLaneId, end);
          const to = this.enter(
            connecting, sectionAtEnd(this.network.roads[connecting]!, connection.contactPoint), link.toLaneId, connection.contactPoint,
          );
          if (from >= 0 && to >= 0) this.join(from, end, to, connection.contactPoint);
        }
      }
    }
  }

  private followEnd(row: number, end: RoadEnd, laneId: number): void {
    const { strip } = this.index.lanes[row]!;
    const road = this.network.roads[strip.roadIndex]!;
    const beside = strip.sectionIndex + (end === 'end' ? 1 : -1);
    if (beside >= 0 && beside < road.sections.length) {
      const contact = end === 'end' ? 'start' : 'end';
      const other = this.enter(strip.roadIndex, beside, laneId, contact);
      if (other >= 0) this.join(row, end, other, contact);
      return;
    }
    const link = end === 'end' ? road.successor : road.predecessor;
    if (link?.kind !== 'road') return;
    const other = this.roadIndex.get(link.roadId);
    if (other === undefined) {
      this.warn(this.index.where(row), `its road leads on to road ${link.roadId}, which does not exist`);
      return;
    }
    const target = this.enter(other, sectionAtEnd(this.network.roads[other]!, link.contactPoint), laneId, link.contactPoint);
    if (target >= 0) this.join(row, end, target, link.contactPoint);
  }

  /** Row of a lane that is come upon from one end of its section, through sections without length if need be; -1 where there is none. */
  private enter(roadIndex: number, sectionIndex: number, laneId: number, contact: RoadEnd): number {
    const road = this.network.roads[roadIndex]!;
    let section = sectionIndex;
    let id: number | null = laneId;
    while (id !== null && section >= 0 && section < road.sections.length) {
      const shape = shapeOfSection(road, section);
      if (hasLength(shape)) return this.index.find(roadIndex, section, id);
      const lane = shape.lanes.find((candidate) => candidate.id === id);
      id = (contact === 'start' ? lane?.successorId : lane?.predecessorId) ?? null;
      section += contact === 'start' ? 1 : -1;
    }
    return -1;
  }

  /** Joins the ends of two lanes, in whichever direction they are driven. */
  private join(a: number, endOfA: RoadEnd, b: number, endOfB: RoadEnd): void {
    const laneA = this.index.lanes[a]!;
    const laneB = this.index.lanes[b]!;
    const aLeaves = laneA.forward === (endOfA === 'end');
    const bEnters = laneB.forward === (endOfB === 'start');
    if (aLeaves !== bEnters) {
      this.warnings.push({
        code: 'QM_MAP_LANE_DIRECTION', where: this.index.where(a),
        message: `is linked with ${this.index.where(b)}, but the two are driven ${aLeaves ? 'towards' : 'away from'} each other`,
      });
      return;
    }
    const [from, to] = aLeaves ? [a, b] : [b, a];
    if (this.index.lanes[from]!.opensAtEnd && this.index.lanes[to]!.opensAtStart) this.successors[from]!.add(to);
  }

  /** End of the incoming road that lies at the junction; the connecting road's own link decides where both do. */
  private endAtJunction(incoming: number, connecting: number, contactPoint: RoadEnd, junctionId: string): RoadEnd | null {
    const road = this.network.roads[incoming]!;
    const entered = this.network.roads[connecting]!;
    const back = contactPoint === 'start' ? entered.predecessor : entered.successor;
    if (back?.kind === 'road' && back.roadId === road.id) return back.contactPoint;
    if (leadsTo(road.successor, junctionId)) return 'end';
    return leadsTo(road.predecessor, junctionId) ? 'start' : null;
  }

  private warn(where: string, message: string): void {
    this.warnings.push({ code: 'QM_MAP_LINK_MISSING', where, message });
  }
}

function leadsTo(link: RoadLink | null, junctionId: string): boolean {
  return link?.kind === 'junction' && link.junctionId === junctionId;
}

function sectionAtEnd(road: Road, end: RoadEnd): number {
  return end === 'start' ? 0 : road.sections.length - 1;
}
